#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "decoders/lanes/lane_text.h"
#include "lib/abi/registers.h"
#include "lib/base/result.h"

namespace simdprof {

/// Registers of one kind and width. xmm, ymm and zmm are views of different width on the same register, and so are neon
/// and sve.
enum class RegisterClass : std::uint8_t {
  gpr,
  xmm,
  ymm,
  zmm,
  opmask,
  mxcsr,
  neon,       ///< arm64: v0..v31, the low 128 bits of z0..z31
  sve,        ///< arm64: z0..z31
  predicate,  ///< arm64: p0..p15
  ffr,        ///< arm64: the first fault register
  fpsr,
  fpcr,
};
inline constexpr std::size_t kRegisterClasses = 12;

/// "gpr", "xmm", ...
std::string_view register_class_name(RegisterClass kind);
/// Bits of one register of the class; of sve, predicate and ffr, whose length is the recording's, the most.
unsigned register_class_bits(RegisterClass kind);
/// xmm, ymm, zmm, neon or sve.
bool is_vector_class(RegisterClass kind);

/// One register. `number` of a gpr is the kernel's (PERF_REG_X86_AX); 0 for those that there is but one of.
struct RegisterRef {
  RegisterClass kind = RegisterClass::gpr;
  unsigned number = 0;
  friend bool operator==(const RegisterRef&, const RegisterRef&) = default;
};

/// `rax`, `rip`, `r16`, `x29`, `xmm0`, `ymm31`, `k1`, `mxcsr`; `eax`, `eip` in a recording of a 32-bit x86 machine;
/// `v0`, `z31`, `p15`, `ffr`, `fpsr`, `fpcr` in one of arm64.
void append_register_name(TextBuffer& out, abi::Arch arch, RegisterRef ref);

/// The inverse, upper or lower case; general registers also by the kernel tool's names (`AX`, `IP`) and, on x86, by
/// their 32-bit and 64-bit names (`eax`, `rax`).
/// @return usage when there is no such register
Result<RegisterRef> parse_register(std::string_view name, abi::Arch arch);
/// A comma-separated list of names.
Result<std::vector<RegisterRef>> parse_register_list(std::string_view list, abi::Arch arch);

}  // namespace simdprof
