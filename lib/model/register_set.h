#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "lib/abi/registers.h"
#include "lib/base/units.h"
#include "lib/model/arm64_vectors.h"
#include "lib/model/presence.h"

namespace simdprof {

/// Where a value comes from.
enum class Origin : std::uint8_t {
  none,
  gpr,        ///< saved registers of the interrupt or of the kernel entry
  pebs,       ///< PEBS record
  pmi_xsave,  ///< XSAVES at the interrupt
  xstate,     ///< ptrace stop, NT_X86_XSTATE
  frame,      ///< signal frame (agent)
  regset,     ///< ptrace stop on arm64, NT_PRFPREG or NT_ARM_SVE
};
std::string_view origin_name(Origin origin);

/// One 512-bit register in three parts, as XSAVE keeps them.
struct VectorRegister {
  std::array<std::uint64_t, 8> words{};   ///< qword 0 is lane 0..63 bits; only words of present parts mean something
  Presence xmm = Presence::not_recorded;  ///< words 0..1
  Presence ymm_high = Presence::not_recorded;  ///< words 2..3
  Presence zmm_high = Presence::not_recorded;  ///< words 4..7
  /// Bit n: words[n] was recorded. A part whose words were recorded only in half (legacy bits 32..63 can ask for one
  /// half of an XMM register) is not_recorded; the half is found by its bit.
  std::uint8_t recorded_words = 0;
};

/// Width in use, from XSTATE_BV / XINUSE; on arm64 from the layout of NT_ARM_SVE. Nothing there says whether NEON is
/// used, so that it is the least.
/// From `sve` on the value is the number of bits of an SVE vector, a multiple of 128 up to 2048.
enum class SimdWidth : std::uint16_t { unknown, none, xmm, ymm, zmm, neon, sve = 128 };
inline constexpr bool is_sve(SimdWidth width) { return width >= SimdWidth::sve; }
/// "SVE" for all lengths.
std::string_view simd_width_name(SimdWidth width);

/// All registers of one set (user or interrupt) of one sample.
struct RegisterSet {
  abi::Arch arch = abi::Arch::unknown;
  std::uint64_t abi = 0;                ///< PERF_SAMPLE_REGS_ABI_*; 0: the section was empty or not asked for
  std::uint64_t gpr_present = 0;        ///< bit n: gpr[n] was recorded
  std::array<std::uint64_t, 64> gpr{};  ///< by perf register number; 24..40 are R16..R31 and SSP
  Origin gpr_origin = Origin::none;

  std::array<VectorRegister, 32> vector{};
  Origin vector_origin = Origin::none;
  std::array<std::uint64_t, 8> opmask{};
  Presence opmask_presence = Presence::not_recorded;
  std::uint32_t mxcsr = 0;
  Presence mxcsr_presence = Presence::not_recorded;
  std::optional<std::uint64_t> xstate_in_use;  ///< XSTATE_BV, when the source has it

  Arm64Vectors arm64;  ///< in place of the vectors above in sets of origin regset

  /// Holds nothing any more, of the same architecture. General registers keep their words, of which nothing tells.
  void clear();
  [[nodiscard]] std::optional<std::uint64_t> general(unsigned number) const {
    if (number >= gpr.size() || ((gpr_present >> number) & 1U) == 0) return std::nullopt;
    return gpr[number];
  }
  [[nodiscard]] bool has_vectors() const { return vector_origin != Origin::none; }
  /// Whether the vectors come from a register image of a ptrace stop.
  [[nodiscard]] bool from_image() const { return vector_origin == Origin::xstate || vector_origin == Origin::regset; }
};

/// How many vector registers a task of this set's bitness has: 8 for 32-bit x86.
unsigned vector_count(const RegisterSet& set);

/// Widest state in use by XSTATE_BV: ZMM when ZMM_Hi256 or Hi16_ZMM is in use, else YMM, else XMM; unknown when the
/// source does not tell. On arm64 SVE when the thread has SVE state, else NEON, also where SVE was not recorded.
SimdWidth widest_in_use(const RegisterSet& set);
/// Whether upper halves are dirty: some component above XMM is not in INIT state. Empty when the source does not tell.
std::optional<bool> dirty_upper(const RegisterSet& set);

inline constexpr std::uint32_t kMxcsrDaz = 1U << 6U;
inline constexpr std::uint32_t kMxcsrFtz = 1U << 15U;

/// Both sets of one sample. They stay apart: nothing fills a hole of one with the other.
struct RegisterSets {
  /// For the next sample: to make all anew takes as long as to fill it.
  void clear();

  RegisterSet user;
  RegisterSet intr;
  bool guest_dropped = false;   ///< guest hit: its sections were recorded, but are the host's (vectors: anyone's)
  bool image_expected = false;  ///< the recording's source makes register images; an absent one is a loss
  bool image_late = false;      ///< the image was taken late, after SIGTRAP was unblocked
  bool image_at_syscall_exit = false;  ///< kernel-mode hit: taken on the way back to user mode
  bool image_ip_differs = false;       ///< the image was taken at another user ip: its values are untrusted
};

}  // namespace simdprof
