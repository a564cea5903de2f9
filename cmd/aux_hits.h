#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "cmd/aux_itrace.h"
#include "cmd/aux_reading.h"
#include "cmd/aux_recording.h"
#include "decoders/aux/aux_decoder.h"

namespace simdprof::cmd {

/// The hits that --itrace makes of a recording's traces, in time order over all areas.
class AuxHits {
 public:
  /// @param recording  must outlive this
  static Result<std::unique_ptr<AuxHits>> open(const AuxRecording& recording, const ItraceOptions& options);
  AuxHits(const AuxHits&) = delete;
  AuxHits& operator=(const AuxHits&) = delete;

  struct Item {
    AuxHit hit;
    std::uint64_t time_ns = 0;  ///< by which they are sorted; see settle_times
    std::string_view text;      ///< of an error; until the next call of pop()
  };
  /// The next one; nullptr at the end.
  [[nodiscard]] const Item* front() const { return item_ ? &*item_ : nullptr; }
  void pop();
  /// What could not be decoded so far.
  [[nodiscard]] std::uint64_t errors() const { return reading_->error_filter().told(); }

 private:
  explicit AuxHits(const ItraceOptions& options) : options_(options) {}

  ItraceOptions options_;
  std::unique_ptr<AuxDecoder> decoder_;
  std::optional<Item> item_;
  std::unique_ptr<AuxReading> reading_;  ///< last: its threads use what stands above
};

}  // namespace simdprof::cmd
