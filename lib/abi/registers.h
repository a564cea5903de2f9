#pragma once

#include <cstdint>
#include <string_view>

/// Register numbers of sample_regs_user and sample_regs_intr.
/// Source: uapi asm/perf_regs.h of each architecture; names as the kernel's tool spells them.
namespace simdprof::abi {

/// Architecture of a recording; decides register names and call-frame rules.
enum class Arch : std::uint8_t { unknown, x86_64, x86_32, arm64, arm32, riscv64, ppc64, s390 };

constexpr bool is_x86(Arch arch) { return arch == Arch::x86_64 || arch == Arch::x86_32; }

/// Bytes of a C long and of a pointer; of an unknown machine 8.
constexpr unsigned long_bytes(Arch arch) { return arch == Arch::x86_32 || arch == Arch::arm32 ? 4 : 8; }

/// `x86_64`, `aarch64`, ... as uname -m prints it, to Arch; unknown for others.
Arch parse_arch(std::string_view machine);

enum X86Reg : unsigned {
  PERF_REG_X86_AX = 0,
  PERF_REG_X86_BX = 1,
  PERF_REG_X86_CX = 2,
  PERF_REG_X86_DX = 3,
  PERF_REG_X86_SI = 4,
  PERF_REG_X86_DI = 5,
  PERF_REG_X86_BP = 6,
  PERF_REG_X86_SP = 7,
  PERF_REG_X86_IP = 8,
  PERF_REG_X86_FLAGS = 9,
  PERF_REG_X86_CS = 10,
  PERF_REG_X86_SS = 11,
  PERF_REG_X86_R8 = 16,
  PERF_REG_X86_R15 = 23,
  PERF_REG_X86_R16 = 24,   ///< SIMD ABI only: APX general registers
  PERF_REG_X86_SSP = 40,   ///< SIMD ABI only
  PERF_REG_X86_XMM0 = 32,  ///< legacy ABI only: two words a register, low first
};

inline constexpr std::uint64_t kX86GprMask = 0xff0fff;                  ///< the 20 that a 64-bit kernel gives
inline constexpr std::uint64_t kX86LegacyXmmMask = 0xffffffff00000000;  ///< XMM0..15, legacy ABI
inline constexpr std::uint64_t kX86SimdGprMask = 0x1ffff000000;         ///< R16..R31, SSP, SIMD ABI
inline constexpr std::uint64_t kArm64GprMask = 0x1ffffffff;             ///< x0..x29, lr, sp, pc

enum Arm64Reg : unsigned {
  PERF_REG_ARM64_X29 = 29,
  PERF_REG_ARM64_LR = 30,
  PERF_REG_ARM64_SP = 31,
  PERF_REG_ARM64_PC = 32,
  PERF_REG_ARM64_VG = 46,  ///< SVE: 64-bit granules of a vector, where the kernel was asked for it
};

enum PowerReg : unsigned { PERF_REG_POWERPC_NIP = 32, PERF_REG_POWERPC_MMCRA = 44 };
enum S390Reg : unsigned { PERF_REG_S390_FP0 = 16, PERF_REG_S390_PC = 33 };

inline constexpr std::uint64_t kPowerGprMask = 0x1fffffffffff;  ///< r0..mmcra; the PMU's registers are asked for apart
inline constexpr std::uint64_t kS390GprMask = 0x3ffffffff;      ///< r0..r15, fp0..fp15, PSW mask and address

/// Name of general register `number` as perf prints it ("AX", "R8", "x29"); empty when the number is none. `simd_abi`:
/// bits 24..40 mean R16..R31 and SSP.
std::string_view register_name(Arch arch, unsigned number, bool simd_abi = false);

/// Numbers of the program counter and stack pointer.
unsigned ip_register(Arch arch);
unsigned sp_register(Arch arch);

/// All general registers a kernel of this architecture can sample.
std::uint64_t gpr_mask(Arch arch);

}  // namespace simdprof::abi
