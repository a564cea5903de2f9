#pragma once

#include <memory>
#include <optional>

#include "lib/abi/registers.h"
#include "lib/abi/xsave.h"
#include "lib/base/result.h"
#include "lib/model/own_record.h"
#include "lib/model/register_set.h"
#include "lib/model/sample.h"

namespace simdprof {

/// Rebuilds both register sets of each sample: from its own sections (general registers, legacy XMM bits 32..63, SIMD
/// ABI) and, for the user set, from the register image of its thread.
///
/// Records come in time order. An image stands in that order at its window_start_ns, before the samples it belongs to:
/// those of its thread with window_start_ns <= time <= time_ns.
class RegisterStage {
 public:
  /// @param table            component offsets of the recording machine; absent: images cannot be decoded
  /// @param images_expected  the recording was made with the ptrace source
  RegisterStage(abi::Arch arch, std::optional<abi::XsaveTable> table, bool images_expected);
  RegisterStage(RegisterStage&&) noexcept;
  RegisterStage& operator=(RegisterStage&&) noexcept;
  ~RegisterStage();

  /// @return malformed when the image contradicts the table; it is then not used
  Status observe(const RegisterImage& image);
  /// The thread executed a new program or ended: its image no longer holds.
  void forget(Tid tid);
  /// Fills `out` for one sample (all of it is overwritten).
  void build(const Sample& sample, RegisterSets& out);

  struct Counts {
    std::uint64_t images = 0;              ///< observed
    std::uint64_t images_unmatched = 0;    ///< replaced or left without ever having met a sample
    std::uint64_t images_at_other_ip = 0;  ///< met a sample whose user ip was another: values untrusted
    std::uint64_t samples_without = 0;     ///< samples that expected an image and had none
  };
  [[nodiscard]] Counts counts() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace simdprof
