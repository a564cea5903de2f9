#include "decoders/lanes/instruction.h"

#include <optional>

#if SIMDPROF_HAVE_ZYDIS
#include <Zydis/Zydis.h>
#endif

namespace simdprof {
namespace {

constexpr unsigned kArm64Bytes = 4;

#if SIMDPROF_HAVE_ZYDIS

struct Decoded {
  ZydisDecodedInstruction instruction;
  ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
};

std::optional<Decoded> decode_x86(abi::Arch arch, std::span<const std::byte> code) {
  const bool wide = arch == abi::Arch::x86_64;
  ZydisDecoder decoder;
  if (!ZYAN_SUCCESS(ZydisDecoderInit(&decoder, wide ? ZYDIS_MACHINE_MODE_LONG_64 : ZYDIS_MACHINE_MODE_LEGACY_32,
                                     wide ? ZYDIS_STACK_WIDTH_64 : ZYDIS_STACK_WIDTH_32))) {
    return std::nullopt;
  }
  Decoded decoded;
  if (!ZYAN_SUCCESS(
          ZydisDecoderDecodeFull(&decoder, code.data(), code.size(), &decoded.instruction, decoded.operands))) {
    return std::nullopt;
  }
  return decoded;
}

unsigned x86_length(abi::Arch arch, std::span<const std::byte> code) {
  const auto decoded = decode_x86(arch, code);
  return decoded ? decoded->instruction.length : 0;
}

void append_x86(TextBuffer& out, abi::Arch arch, VirtAddr address, std::span<const std::byte> code) {
  const auto decoded = decode_x86(arch, code);
  ZydisFormatter formatter;
  if (!decoded || !ZYAN_SUCCESS(ZydisFormatterInit(&formatter, ZYDIS_FORMATTER_STYLE_ATT))) return;
  char text[256];
  if (!ZYAN_SUCCESS(ZydisFormatterFormatInstruction(&formatter, &decoded->instruction, decoded->operands,
                                                    decoded->instruction.operand_count_visible, text, sizeof text,
                                                    address, nullptr))) {
    return;
  }
  append_text(out, text);
}

constexpr InstructionKnowledge kOfX86 = InstructionKnowledge::text;

#else

unsigned x86_length(abi::Arch /*arch*/, std::span<const std::byte> /*code*/) { return 0; }
void append_x86(TextBuffer& /*out*/, abi::Arch /*arch*/, VirtAddr /*address*/, std::span<const std::byte> /*code*/) {}

constexpr InstructionKnowledge kOfX86 = InstructionKnowledge::none;

#endif

}  // namespace

InstructionKnowledge instruction_knowledge(abi::Arch arch) {
  if (abi::is_x86(arch)) return kOfX86;
  return arch == abi::Arch::arm64 ? InstructionKnowledge::length : InstructionKnowledge::none;
}

unsigned instruction_length(abi::Arch arch, std::span<const std::byte> code) {
  if (abi::is_x86(arch)) return x86_length(arch, code);
  return arch == abi::Arch::arm64 && code.size() >= kArm64Bytes ? kArm64Bytes : 0;
}

void append_instruction(TextBuffer& out, abi::Arch arch, VirtAddr address, std::span<const std::byte> code) {
  if (abi::is_x86(arch)) append_x86(out, arch, address, code);
}

std::string instruction_library() {
#if SIMDPROF_HAVE_ZYDIS
  const std::uint64_t version = ZydisGetVersion();
  return fmt::format("Zydis {}.{}.{}", ZYDIS_VERSION_MAJOR(version), ZYDIS_VERSION_MINOR(version),
                     ZYDIS_VERSION_PATCH(version));
#else
  return {};
#endif
}

}  // namespace simdprof
