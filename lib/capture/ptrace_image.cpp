#include "lib/capture/ptrace_image.h"

#include <elf.h>

#include <algorithm>
#include <array>

#include "lib/base/cursor.h"
#include "lib/capture/ptrace_requests.h"
#include "lib/capture/ptrace_standstill.h"

namespace simdprof {
namespace {

// Source: arch/x86/include/asm/user_64.h and user_32.h, order of user_regs_struct.
constexpr std::size_t kRegs64Bytes = std::size_t{27} * 8;
constexpr std::size_t kRegs64OrigRax = std::size_t{15} * 8;
constexpr std::size_t kRegs64Rip = std::size_t{16} * 8;
constexpr std::size_t kRegs32Bytes = std::size_t{17} * 4;
constexpr std::size_t kRegs32OrigEax = std::size_t{11} * 4;
constexpr std::size_t kRegs32Eip = std::size_t{12} * 4;

constexpr std::uint64_t bit(unsigned component) { return std::uint64_t{1} << component; }

std::uint64_t wanted_components(const VectorPlan& vectors) {
  std::uint64_t wanted = bit(abi::kXsaveX87);
  if (vectors.xmm || vectors.ymm || vectors.zmm) wanted |= bit(abi::kXsaveSse);
  if (vectors.ymm || vectors.zmm) wanted |= bit(abi::kXsaveYmmHi128);
  if (vectors.zmm) wanted |= bit(abi::kXsaveZmmHi256) | bit(abi::kXsaveHi16Zmm);
  if (vectors.opmask) wanted |= bit(abi::kXsaveOpmask);
  // PKRU and the tiles stay out: no register of theirs is shown, and tiles alone are 8 KiB.
  return wanted | bit(abi::kXsaveApx);
}

std::uint64_t word_at(std::span<const std::byte> bytes, std::size_t offset) {
  return Cursor{bytes.subspan(offset, 8)}.u64();
}

std::uint32_t half_at(std::span<const std::byte> bytes, std::size_t offset) {
  return Cursor{bytes.subspan(offset, 4)}.u32();
}

}  // namespace

bool read_general_registers(std::span<const std::byte> block, RegisterImage& image) {
  if (block.size() == kRegs64Bytes) {
    image.ip = word_at(block, kRegs64Rip);
    image.syscall = std::max<std::int64_t>(-1, static_cast<std::int64_t>(word_at(block, kRegs64OrigRax)));
    return true;
  }
  if (block.size() != kRegs32Bytes) return false;
  image.ip = half_at(block, kRegs32Eip);
  image.syscall = std::max<std::int32_t>(-1, static_cast<std::int32_t>(half_at(block, kRegs32OrigEax)));
  return true;
}

ImageReader::ImageReader(const abi::XsaveTable& table, const VectorPlan& vectors)
    : table_(table), wanted_(wanted_components(vectors)) {
  xsave_.resize(std::max<std::size_t>(table.max_bytes, abi::kXsaveHeaderEnd));
}

bool ImageReader::load(Tid tid, RegisterImage& image) {
  std::array<std::byte, kRegs64Bytes> general{};
  const std::size_t general_bytes = ptrace::load_regset(tid, NT_PRSTATUS, general);
  if (!read_general_registers(std::span(general).first(general_bytes), image)) return false;
  general_hash_ = hash_general_registers(std::span(general).first(general_bytes));
  const std::size_t xsave_bytes = ptrace::load_regset(tid, NT_X86_XSTATE, xsave_);
  return unpack(std::span(xsave_).first(xsave_bytes), image);
}

bool ImageReader::unpack(std::span<const std::byte> xsave, RegisterImage& image) {
  if (xsave.size() < abi::kXsaveHeaderEnd) return false;
  image.format = RegisterImage::kXsave;
  image.available = word_at(xsave, abi::kXsaveSoftwareXcr0);
  image.in_use = word_at(xsave, abi::kXsaveXstateBv);
  image.mxcsr = half_at(xsave, abi::kXsaveMxcsr);
  image.stored = 0;
  data_.clear();
  for (unsigned i = 0; i < abi::kXsaveComponents; ++i) {
    if ((image.in_use & wanted_ & bit(i)) == 0) continue;
    const auto& component = table_.components[i];
    if (component.size == 0) continue;
    if (component.offset > xsave.size() || component.size > xsave.size() - component.offset) return false;
    const auto bytes = xsave.subspan(component.offset, component.size);
    data_.insert(data_.end(), bytes.begin(), bytes.end());
    image.stored |= bit(i);
  }
  image.data = data_;
  return true;
}

}  // namespace simdprof
