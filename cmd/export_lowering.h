#pragma once

#include <cstdint>
#include <optional>

#include "cmd/session.h"
#include "decoders/registers/register_stage.h"
#include "lib/perfdata/features_out.h"
#include "lib/perfdata/sample_encode.h"

namespace simdprof::cmd {

/// Register words that a sample has in perf's format, one mask a section. Empty where the sample has no such section or
/// nothing in it (ABI NONE): any event's mask fits then.
struct RegisterMasks {
  std::optional<std::uint64_t> user;
  std::optional<std::uint64_t> intr;
};

/// What perf's format has no place for, in samples.
struct LoweringCounts {
  std::uint64_t xmm_from_images = 0;  ///< not left out: XMM of the user set that came from a register image
  std::uint64_t wide = 0;             ///< had vectors above the XMM part, or registers 16..31
  std::uint64_t opmask = 0;
  std::uint64_t mxcsr = 0;
  std::uint64_t extended_gprs = 0;  ///< R16..R31, SSP
  std::uint64_t arm64 = 0;          ///< had NEON or SVE registers
  std::uint64_t untrusted = 0;      ///< a register image that may not be the sample's: perf cannot mark it
  std::uint64_t no_section = 0;     ///< a register image, but no user section that could take it
};

/// The event's attributes as perf 6.1 knows them, register masks aside: IDENTIFIER, no SIMD fields, no deferred call
/// chains, no branch counters.
///
/// @param sample_id_all  records of this file that are no samples end with a trailer
abi::EventAttr lower_attr(const abi::EventAttr& attr, bool strip_registers, bool sample_id_all, bool has_format);

/// Masks that samples of the event have when nothing is missing in them.
/// @param makes_images  the recording has register images of the event's samples
RegisterMasks expected_masks(const abi::EventAttr& attr, abi::Arch arch, bool makes_images);

/// Turns the register sections of samples into perf's format (one mask an event, general registers and XMM): the SIMD
/// ABI's part becomes the legacy bits 32..63, and so do the XMM registers of register images. What was not recorded, or
/// is not trusted, gets no word.
/// Source: arch/x86/include/uapi/asm/perf_regs.h.
class SampleLowering {
 public:
  explicit SampleLowering(const RecordingFacts& facts);

  /// Takes register images and what ends their validity, from every record that is no sample.
  /// @return malformed when an image contradicts the recording's table; it is not used
  Status observe(const Record& record);
  /// Fills the sections of `change` that differ from the recording's, and gives the masks of both.
  RegisterMasks lower(const Sample& sample, perfdata::SampleChange& change);
  /// As lower() left it, without its XMM registers: for a sample that has no room for them.
  static RegisterMasks drop_xmm(const Sample& sample, perfdata::SampleChange& change);
  [[nodiscard]] bool makes_images(std::uint32_t event) const;
  [[nodiscard]] const LoweringCounts& counts() const { return counts_; }

 private:
  void add_image(const Sample& sample, perfdata::SampleChange& change);
  void count_simd(const Sample& sample);

  abi::Arch arch_;
  std::vector<EventRegisters> events_;
  RegisterStage stage_;
  RegisterSets sets_;
  LoweringCounts counts_;
};

}  // namespace simdprof::cmd
