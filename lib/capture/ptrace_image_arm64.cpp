#include "lib/capture/ptrace_image_arm64.h"

#include <elf.h>

#include <array>

#include "lib/base/cursor.h"
#include "lib/capture/ptrace_requests.h"
#include "lib/capture/ptrace_standstill.h"

namespace simdprof {
namespace {

constexpr std::size_t kGeneralBytes = abi::kArm64UserRegsWords * 8;

}  // namespace

bool read_arm64_general(std::span<const std::byte> block, RegisterImage& image) {
  if (block.size() != kGeneralBytes) return false;
  image.ip = Cursor{block.subspan(abi::kArm64UserRegsPc * 8, 8)}.u64();
  image.syscall = -1;
  return true;
}

Arm64ImageReader::Arm64ImageReader(abi::Arm64Simd machine, const VectorPlan& vectors)
    : sve_(machine.sve && vectors.sve) {
  set_.resize(abi::SveLayout(abi::kSveMostVectorBytes).size);
}

bool Arm64ImageReader::load(Tid tid, RegisterImage& image) {
  std::array<std::byte, kGeneralBytes> general{};
  const std::size_t general_bytes = ptrace::load_regset(tid, NT_PRSTATUS, general);
  if (!read_arm64_general(std::span(general).first(general_bytes), image)) return false;
  general_hash_ = hash_general_registers(general);
  if (sve_) {
    const std::size_t bytes = ptrace::load_regset(tid, NT_ARM_SVE, set_);
    if (take_sve(std::span(set_).first(bytes), image)) return true;
  }
  const std::size_t bytes = ptrace::load_regset(tid, NT_PRFPREG, set_);
  image.format = RegisterImage::kArm64Fpsimd;
  image.data = std::span(set_).first(bytes);
  return bytes == abi::kFpsimdBytes;
}

bool Arm64ImageReader::take_sve(std::span<const std::byte> set, RegisterImage& image) {
  const std::uint32_t size = Cursor{set}.u32();
  if (size <= abi::kSveHeaderBytes || size > set.size()) return false;
  image.format = RegisterImage::kArm64Sve;
  image.data = set.first(size);
  return true;
}

}  // namespace simdprof
