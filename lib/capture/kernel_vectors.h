#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "lib/abi/perf_event.h"

namespace simdprof {

/// A register section of a sample record.
struct RegisterSection {
  std::size_t offset = 0;      ///< of the abi word, in bytes from the record's header
  std::uint64_t abi = 0;       ///< PERF_SAMPLE_REGS_ABI_*
  std::size_t word_bytes = 0;  ///< words of the mask, after the abi word
  std::size_t simd_bytes = 0;  ///< SIMD part after them, its four counts included; 0: none
};

/// Finds the REGS_INTR section of a sample record, which must have one by its attribute.
/// @return empty when the record contradicts the attribute
std::optional<RegisterSection> locate_intr_section(std::span<const std::byte> record, const abi::EventAttr& attr);

/// Leaves the vector registers of the interrupt set out of samples that hit the kernel or a guest: there they are the
/// kernel's, or whoever was last, and can hold keys. In the SIMD ABI the section loses its SIMD part. Legacy XMM words
/// cannot be left out, the attribute's mask counts them: they become 0, and the recording's metadata says so.
class KernelVectorFilter {
 public:
  /// @param attrs  of all events of the recording
  explicit KernelVectorFilter(std::vector<abi::EventAttr> attrs) : attrs_(std::move(attrs)) {}

  /// Whether samples of this attribute carry interrupt vectors.
  [[nodiscard]] static bool applies_to(const abi::EventAttr& attr);

  /// Tells whose samples carry `id`.
  void learn(std::uint64_t id, std::uint32_t event) { event_of_id_[id] = event; }

  /// Appends the record to `out`, changed where it must be.
  /// @return false when it was left out: a kernel hit whose registers cannot be found
  [[nodiscard]] bool append(std::span<const std::byte> record, std::vector<std::byte>& out) const;

 private:
  std::vector<abi::EventAttr> attrs_;
  std::unordered_map<std::uint64_t, std::uint32_t> event_of_id_;
};

}  // namespace simdprof
