#include "cmd/merged_records.h"

#include <utility>

namespace simdprof::cmd {

const Record* MergedRecords::next() {
  is_made_ = false;
  if (made_ == nullptr) return session_.next();
  if (waiting_ == nullptr) waiting_ = session_.next();
  if (waiting_ == nullptr || waiting_->time_ns != kNoTime) {
    if (const Record* one = made_->next_before(waiting_ == nullptr ? kNoTime : waiting_->time_ns)) {
      is_made_ = true;
      return one;
    }
  }
  return std::exchange(waiting_, nullptr);
}

}  // namespace simdprof::cmd
