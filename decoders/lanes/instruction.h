#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "decoders/lanes/text_buffer.h"
#include "lib/abi/registers.h"
#include "lib/base/units.h"

namespace simdprof {

/// The longest instruction of any machine. Source: Intel SDM volume 2, 2.3.11.
inline constexpr std::size_t kMostInstructionBytes = 15;

/// What can be told of a machine's code: nothing; how long an instruction is; and what it says.
enum class InstructionKnowledge : std::uint8_t { none, length, text };
InstructionKnowledge instruction_knowledge(abi::Arch arch);

/// Bytes of the instruction that `code` begins with; 0 when it is none, is cut off, or its machine is not known.
unsigned instruction_length(abi::Arch arch, std::span<const std::byte> code);

/// That instruction in AT&T syntax, as the kernel's tool writes it; nothing where there is none.
///
/// @param address  of its first byte: branches and data relative to the instruction are shown by their address
void append_instruction(TextBuffer& out, abi::Arch arch, VirtAddr address, std::span<const std::byte> code);

/// "Zydis 4.0.0"; empty when simdprof was built without it.
std::string instruction_library();

}  // namespace simdprof
