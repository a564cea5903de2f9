#include "lib/abi/registers.h"

#include <array>
#include <span>

namespace simdprof::abi {
namespace {

using Names = std::span<const std::string_view>;

constexpr std::array<std::string_view, 24> kX86 = {"AX", "BX",    "CX",  "DX",  "SI",  "DI",  "BP",  "SP",
                                                   "IP", "FLAGS", "CS",  "SS",  "DS",  "ES",  "FS",  "GS",
                                                   "R8", "R9",    "R10", "R11", "R12", "R13", "R14", "R15"};
constexpr std::array<std::string_view, 17> kX86Simd = {"R16", "R17", "R18", "R19", "R20", "R21", "R22", "R23", "R24",
                                                       "R25", "R26", "R27", "R28", "R29", "R30", "R31", "SSP"};
constexpr std::array<std::string_view, 33> kArm64 = {"x0",  "x1",  "x2",  "x3",  "x4",  "x5",  "x6",  "x7",  "x8",
                                                     "x9",  "x10", "x11", "x12", "x13", "x14", "x15", "x16", "x17",
                                                     "x18", "x19", "x20", "x21", "x22", "x23", "x24", "x25", "x26",
                                                     "x27", "x28", "x29", "lr",  "sp",  "pc"};
constexpr std::array<std::string_view, 16> kArm32 = {"r0", "r1", "r2",  "r3", "r4", "r5", "r6", "r7",
                                                     "r8", "r9", "r10", "fp", "ip", "sp", "lr", "pc"};
constexpr std::array<std::string_view, 32> kRiscv = {"pc", "ra", "sp", "gp", "tp",  "t0",  "t1", "t2", "s0", "s1", "a0",
                                                     "a1", "a2", "a3", "a4", "a5",  "a6",  "a7", "s2", "s3", "s4", "s5",
                                                     "s6", "s7", "s8", "s9", "s10", "s11", "t3", "t4", "t5", "t6"};
// r0..r31, then what a trap saves, then the registers of the PMU (from mmcr0 on in interrupt sets of POWER9 and later).
constexpr std::array<std::string_view, 59> kPower = {
    "r0",    "r1",    "r2",    "r3",    "r4",   "r5",   "r6",    "r7",   "r8",    "r9",    "r10",     "r11",
    "r12",   "r13",   "r14",   "r15",   "r16",  "r17",  "r18",   "r19",  "r20",   "r21",   "r22",     "r23",
    "r24",   "r25",   "r26",   "r27",   "r28",  "r29",  "r30",   "r31",  "nip",   "msr",   "orig_r3", "ctr",
    "link",  "xer",   "ccr",   "softe", "trap", "dar",  "dsisr", "sier", "mmcra", "mmcr0", "mmcr1",   "mmcr2",
    "mmcr3", "sier2", "sier3", "pmc1",  "pmc2", "pmc3", "pmc4",  "pmc5", "pmc6",  "sdar",  "siar"};
constexpr std::array<std::string_view, 34> kS390 = {
    "R0",  "R1",  "R2",   "R3",   "R4",   "R5",   "R6",   "R7",   "R8",   "R9",  "R10", "R11",
    "R12", "R13", "R14",  "R15",  "FP0",  "FP1",  "FP2",  "FP3",  "FP4",  "FP5", "FP6", "FP7",
    "FP8", "FP9", "FP10", "FP11", "FP12", "FP13", "FP14", "FP15", "MASK", "PC"};

Names names_of(Arch arch) {
  switch (arch) {
    case Arch::x86_64:
    case Arch::x86_32: return kX86;
    case Arch::arm64: return kArm64;
    case Arch::arm32: return kArm32;
    case Arch::riscv64: return kRiscv;
    case Arch::ppc64: return kPower;
    case Arch::s390: return kS390;
    case Arch::unknown: return {};
  }
  return {};
}

}  // namespace

Arch parse_arch(std::string_view machine) {
  if (machine == "x86_64" || machine == "amd64") return Arch::x86_64;
  if (machine == "i386" || machine == "i486" || machine == "i586" || machine == "i686" || machine == "x86")
    return Arch::x86_32;
  if (machine == "aarch64" || machine == "arm64") return Arch::arm64;
  if (machine.starts_with("arm")) return Arch::arm32;
  if (machine.starts_with("riscv64")) return Arch::riscv64;
  if (machine.starts_with("ppc64")) return Arch::ppc64;
  if (machine.starts_with("s390")) return Arch::s390;
  return Arch::unknown;
}

std::string_view register_name(Arch arch, unsigned number, bool simd_abi) {
  if (simd_abi && arch == Arch::x86_64 && number >= PERF_REG_X86_R16) {
    return number - PERF_REG_X86_R16 < kX86Simd.size() ? kX86Simd[number - PERF_REG_X86_R16] : std::string_view{};
  }
  if (arch == Arch::arm64 && number == PERF_REG_ARM64_VG) return "vg";
  const auto names = names_of(arch);
  return number < names.size() ? names[number] : std::string_view{};
}

unsigned ip_register(Arch arch) {
  switch (arch) {
    case Arch::arm64: return PERF_REG_ARM64_PC;
    case Arch::arm32: return 15;
    case Arch::riscv64: return 0;
    case Arch::ppc64: return PERF_REG_POWERPC_NIP;
    case Arch::s390: return PERF_REG_S390_PC;
    case Arch::x86_64:
    case Arch::x86_32:
    case Arch::unknown: return PERF_REG_X86_IP;
  }
  return PERF_REG_X86_IP;
}

unsigned sp_register(Arch arch) {
  switch (arch) {
    case Arch::arm64: return PERF_REG_ARM64_SP;
    case Arch::arm32: return 13;
    case Arch::riscv64: return 2;
    case Arch::ppc64: return 1;
    case Arch::s390: return 15;
    case Arch::x86_64:
    case Arch::x86_32:
    case Arch::unknown: return PERF_REG_X86_SP;
  }
  return PERF_REG_X86_SP;
}

std::uint64_t gpr_mask(Arch arch) {
  switch (arch) {
    case Arch::x86_64: return kX86GprMask;
    case Arch::x86_32: return 0xffff;
    case Arch::arm64: return kArm64GprMask;
    case Arch::arm32: return 0xffff;
    case Arch::riscv64: return 0xffffffff;
    case Arch::ppc64: return kPowerGprMask;
    case Arch::s390: return kS390GprMask;
    case Arch::unknown: return 0;
  }
  return 0;
}

}  // namespace simdprof::abi
