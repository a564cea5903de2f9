#include "cmd/group_samples.h"

namespace simdprof::cmd {

bool GroupSamples::has_group(const EventDesc& event) {
  return (event.attr.sample_type & abi::PERF_SAMPLE_READ) != 0 &&
         (event.attr.read_format & (abi::PERF_FORMAT_GROUP | abi::PERF_FORMAT_ID)) ==
             (abi::PERF_FORMAT_GROUP | abi::PERF_FORMAT_ID);
}

// A counter that goes back was reset: it then counts from 0.
const std::vector<GroupSamples::Member>& GroupSamples::take_apart(const Sample& sample) {
  members_.clear();
  for (const ReadValue& value : sample.read.values) {
    const auto event = events_.event_of_id.find(value.id);
    if (event == events_.event_of_id.end() || event->second >= events_.events.size()) continue;
    std::uint64_t& last = last_[value.id];
    const std::uint64_t count = value.value >= last ? value.value - last : value.value;
    last = value.value;
    if (count != 0) members_.push_back({event->second, count});
  }
  return members_;
}

}  // namespace simdprof::cmd
