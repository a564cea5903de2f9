#pragma once

#include <cstddef>
#include <cstdint>

/// Register sets of arm64 as PTRACE_GETREGSET returns them.
/// Source: arch/arm64/include/uapi/asm/ptrace.h and sigcontext.h; Documentation/arm64/sve.rst.
namespace simdprof::abi {

// NT_PRSTATUS, struct user_pt_regs: x0..x30, sp, pc, pstate.
inline constexpr std::size_t kArm64UserRegsWords = 34;
inline constexpr std::size_t kArm64UserRegsSp = 31;
inline constexpr std::size_t kArm64UserRegsPc = 32;
inline constexpr std::size_t kArm64UserRegsPstate = 33;

inline constexpr unsigned kArm64Vectors = 32;
inline constexpr unsigned kArm64Predicates = 16;

// NT_PRFPREG, struct user_fpsimd_state: 32 registers of 16 bytes, fpsr, fpcr, 8 bytes reserved.
inline constexpr std::size_t kFpsimdVectorBytes = 16;
inline constexpr std::size_t kFpsimdFpsr = kArm64Vectors * kFpsimdVectorBytes;
inline constexpr std::size_t kFpsimdBytes = 528;

// NT_ARM_SVE, struct user_sve_header: u32 size, u32 max_size, u16 vl, u16 max_vl, u16 flags, u16 reserved.
inline constexpr std::size_t kSveHeaderBytes = 16;
inline constexpr std::uint16_t kSveFlagSve = 1;  ///< SVE_PT_REGS_SVE; clear: a user_fpsimd_state follows the header
inline constexpr unsigned kSveGranuleBytes = 16;
inline constexpr unsigned kSveLeastVectorBytes = 16;
inline constexpr unsigned kSveMostVectorBytes = 256;  ///< 2048 bits, the architecture's limit

/// Where the registers lie behind a header whose flags have kSveFlagSve, in bytes from the start of the header.
struct SveLayout {
  /// @param vector  bytes of a Z register: a multiple of 16 from 16 to 256
  explicit constexpr SveLayout(std::size_t vector)
      : vector_bytes(vector),
        predicate_bytes(vector / 8),
        predicates(kSveHeaderBytes + kArm64Vectors * vector),
        ffr(predicates + kArm64Predicates * predicate_bytes),
        fpsr(round_up(ffr + predicate_bytes)),
        size(round_up(fpsr + 8)) {}

  std::size_t vector_bytes;
  std::size_t predicate_bytes;  ///< of P0..P15 and FFR: a bit for each byte of a vector
  std::size_t predicates;
  std::size_t ffr;
  std::size_t fpsr;  ///< u32; FPCR behind it
  std::size_t size;  ///< of the whole set

 private:
  static constexpr std::size_t round_up(std::size_t bytes) {
    return (bytes + kSveGranuleBytes - 1) / kSveGranuleBytes * kSveGranuleBytes;
  }
};

/// Vector registers that programs can use on this machine, by AT_HWCAP; nothing on other architectures.
struct Arm64Simd {
  bool neon = false;
  bool sve = false;
};
Arm64Simd probe_arm64_simd();

/// Bytes of a Z register in a program that does not ask for another length (PR_SVE_GET_VL); 0 without SVE.
unsigned probe_sve_vector_bytes();

}  // namespace simdprof::abi
