#include "lib/capture/record_batch.h"

#include <algorithm>

#include "lib/capture/record_time.h"

namespace simdprof {

RecordBatch::RecordBatch(RecordSink& sink, StreamId stream, std::size_t limit_bytes)
    : sink_(&sink), stream_(stream), limit_bytes_(limit_bytes) {}

void RecordBatch::add(std::span<const std::byte> record, std::uint64_t time_ns) {
  bytes_.insert(bytes_.end(), record.begin(), record.end());
  ++count_;
  if (time_ns != kNoTime) {
    first_time_ns_ = std::min(first_time_ns_, time_ns);  // kNoTime is the largest value
    last_time_ns_ = last_time_ns_ == kNoTime ? time_ns : std::max(last_time_ns_, time_ns);
  }
  if (bytes_.size() >= limit_bytes_ && status_) status_ = hand_over();
}

void RecordBatch::add_kernel(std::span<const std::byte> record) { add(record, record_time_ns(record)); }

Status RecordBatch::hand_over() {
  if (!status_) return status_;
  if (count_ == 0) return {};
  const Status written = sink_->write(stream_, bytes_, count_, first_time_ns_, last_time_ns_);
  bytes_.clear();
  count_ = 0;
  first_time_ns_ = last_time_ns_ = kNoTime;
  return written;
}

}  // namespace simdprof
