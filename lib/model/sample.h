#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "lib/abi/perf_event.h"
#include "lib/base/cursor.h"
#include "lib/base/units.h"

namespace simdprof {

/// What the CPU ran when the sample was taken: low 3 bits of the header's misc.
enum class CpuMode : std::uint8_t {
  unknown = 0,
  kernel = 1,
  user = 2,
  hypervisor = 3,
  guest_kernel = 4,
  guest_user = 5
};

/// "user", "kernel", "guest-kernel", ...
std::string_view cpu_mode_name(CpuMode mode);

/// One PERF_SAMPLE_REGS_USER or _INTR section, as it stands in the record.
struct RegisterBlock {
  std::uint64_t abi = 0;   ///< PERF_SAMPLE_REGS_ABI_*; NONE: no registers were recorded
  std::uint64_t mask = 0;  ///< attr.sample_regs_*: bit n set means register n has a word, ascending
  WordView words;          ///< popcount(mask) words; empty when abi is NONE
  // The SIMD ABI's part (abi & 4): nr_vectors * vector_qwords + nr_pred * pred_qwords words.
  std::uint16_t nr_vectors = 0;
  std::uint16_t vector_qwords = 0;
  std::uint16_t nr_pred = 0;
  std::uint16_t pred_qwords = 0;
  WordView simd;                     ///< vectors ascending, low word first; then predicates
  bool packed_counts = false;        ///< the four counts shared one word: layout of the series before it was merged
  std::span<const std::byte> bytes;  ///< the whole section, its abi word included; empty when it was not asked for

  /// Whether the numbers of `mask` are those of the SIMD ABI, and `simd` is meant.
  [[nodiscard]] bool simd_abi() const { return (abi & abi::PERF_SAMPLE_REGS_ABI_SIMD) != 0; }
  /// Whether both sections have one form and the same words.
  [[nodiscard]] bool says_the_same(const RegisterBlock& other) const;
};

struct ReadValue {
  std::uint64_t value = 0;
  std::uint64_t id = 0;    ///< with PERF_FORMAT_ID
  std::uint64_t lost = 0;  ///< with PERF_FORMAT_LOST
};
struct ReadValues {
  std::uint64_t time_enabled_ns = 0;
  std::uint64_t time_running_ns = 0;
  std::vector<ReadValue> values;  ///< one, or the whole group
};

struct BranchStack {
  std::uint64_t hw_index = 0;  ///< with PERF_SAMPLE_BRANCH_HW_INDEX
  WordView entries;            ///< 3 words each: from, to, flags as recorded
  WordView counters;           ///< with PERF_SAMPLE_BRANCH_COUNTERS
  [[nodiscard]] std::size_t size() const { return entries.size() / 3; }
  [[nodiscard]] VirtAddr from(std::size_t entry) const { return entries[3 * entry]; }
  [[nodiscard]] VirtAddr to(std::size_t entry) const { return entries[3 * entry + 1]; }
  /// Flags as a little-endian machine lays them out: bit 0 mispredicted, 1 predicted, 2 in a transaction, 3
  /// abort, 4..19 cycles, 20..23 type, 24..25 speculation, 26..29 new type, 30..32 privilege. They are bit fields,
  /// which a big-endian machine fills from the highest bit down. Source: uapi linux/perf_event.h, struct
  /// perf_branch_entry.
  [[nodiscard]] std::uint64_t flags(std::size_t entry) const;
};

/// Decoded PERF_RECORD_SAMPLE. A field means something only if its bit is in `present`. Views point into the record.
struct Sample {
  std::uint64_t present = 0;  ///< attr.sample_type of the sample's event
  std::uint16_t misc = 0;
  CpuMode mode = CpuMode::unknown;
  /// regs_user and regs_intr were both recorded and say the same: found by the decoder while their bytes are at hand.
  /// False may also mean that nobody has looked.
  bool same_sections = false;
  std::uint32_t event = 0;  ///< index of the event in the recording

  std::uint64_t ip = 0;
  Pid pid = 0;
  Tid tid = 0;
  std::uint64_t time_ns = 0;
  std::uint64_t addr = 0;
  std::uint64_t id = 0;  ///< of IDENTIFIER or ID
  std::uint64_t stream_id = 0;
  std::uint32_t cpu = 0;
  std::uint64_t period = 0;  ///< events this sample stands for
  ReadValues read;
  WordView callchain;  ///< addresses and PERF_CONTEXT_* markers, innermost first
  std::span<const std::byte> raw;
  BranchStack branches;
  RegisterBlock regs_user;
  std::span<const std::byte> stack_user;  ///< valid bytes only, from the user stack pointer up
  std::uint64_t weight = 0;               ///< WEIGHT; of WEIGHT_STRUCT all three parts, see weight_parts()
  std::uint64_t data_src = 0;
  std::uint64_t transaction = 0;
  RegisterBlock regs_intr;
  std::uint64_t phys_addr = 0;
  std::uint64_t cgroup = 0;
  std::uint64_t data_page_size = 0;
  std::uint64_t code_page_size = 0;
  std::span<const std::byte> aux;

  [[nodiscard]] bool has(std::uint64_t bit) const { return (present & bit) != 0; }
  [[nodiscard]] bool exact_ip() const { return (misc & abi::PERF_RECORD_MISC_EXACT_IP) != 0; }
  /// The parts of WEIGHT_STRUCT: cost of the access (the whole word without it), latency of the instruction, and a
  /// third value that the architecture defines.
  struct WeightParts {
    std::uint64_t cost = 0;
    std::uint16_t instruction_latency = 0;
    std::uint16_t third = 0;
  };
  [[nodiscard]] WeightParts weight_parts() const;
  [[nodiscard]] bool guest() const { return mode == CpuMode::guest_kernel || mode == CpuMode::guest_user; }
};

}  // namespace simdprof
