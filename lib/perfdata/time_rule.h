#pragma once

#include <bit>
#include <cstdint>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "lib/base/units.h"
#include "lib/perfdata/metadata.h"

namespace simdprof::perfdata {

/// Finds the time of a record without decoding it: TIME stands at a fixed word of a sample, counted from the front, and
/// of a trailer, counted from the end. decoders/record has the whole rule; this one is for the index, which looks at
/// every record of a file once.
class TimeRule {
 public:
  TimeRule() = default;
  TimeRule(const std::vector<Metadata::Event>& events, std::endian order);

  /// @param payload  of a kernel record
  /// @return the time, or kNoTime when the record has none or it cannot be told
  [[nodiscard]] std::uint64_t find(std::uint32_t type, std::span<const std::byte> payload) const;

 private:
  struct Words {
    std::optional<std::size_t> sample;  ///< index of the TIME word in a sample
    std::optional<std::size_t> after;   ///< words after TIME in a trailer
    std::size_t trailer = 0;            ///< words of a trailer
  };
  [[nodiscard]] const Words* words_of(std::uint64_t id) const;
  [[nodiscard]] std::uint64_t find_in_trailer(std::uint32_t type, std::span<const std::byte> payload) const;

  std::endian order_ = std::endian::little;
  std::vector<Words> words_;                       ///< by event
  bool uniform_ = true;                            ///< all events have the same
  std::optional<std::size_t> id_word_, id_after_;  ///< where the id stands, when it is needed
  std::unordered_map<std::uint64_t, std::size_t> event_of_id_;
};

}  // namespace simdprof::perfdata
