#pragma once

#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "cmd/sample_source.h"
#include "lib/model/event.h"

namespace simdprof::cmd {

/// Takes a sample with the counts of its whole group (`perf record -e '{cycles,instructions}:S'`) apart, as perf does:
/// into one of each event that has counted since the sample before, whose period is what it has counted.
class GroupSamples {
 public:
  struct Member {
    std::uint32_t event = 0;
    std::uint64_t count = 0;
  };

  /// @param events  must outlive this
  explicit GroupSamples(const EventTable& events) : events_(events) {}

  /// Whether samples of the event have the counts of a group.
  static bool has_group(const EventDesc& event);
  /// The events of the sample's group that have counted since the last, in the order of the group. An id that belongs
  /// to no event is passed over. Holds until the next call.
  const std::vector<Member>& take_apart(const Sample& sample);

 private:
  const EventTable& events_;
  std::unordered_map<std::uint64_t, std::uint64_t> last_;  ///< by id; no more than the recording has
  std::vector<Member> members_;
};

}  // namespace simdprof::cmd
