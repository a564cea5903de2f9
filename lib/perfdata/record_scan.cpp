#include "lib/perfdata/record_scan.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "lib/abi/perf_event.h"
#include "lib/abi/perf_file.h"
#include "lib/base/cursor.h"

namespace simdprof::perfdata {
namespace {

/// So many records must follow each other before a place is believed to be a record's start.
constexpr unsigned kChain = 4;

/// Whether what follows header.size, or header.size itself, keeps a reader that goes by the size from passing it over.
bool breaks_run(const RecordFrame& frame) {
  return frame.total_bytes != frame.head_bytes || frame.head_bytes > 0xffff ||
         frame.type >= abi::kFirstSimpleperfRecord || frame.type == abi::PERF_RECORD_COMPRESSED ||
         frame.type == abi::PERF_RECORD_COMPRESSED2;
}

}  // namespace

void RecordScan::close_run() {
  if (run_.records != 0) sink_.add_run(run_);
  run_ = RecordRun{};
}

void RecordScan::take_kernel_record(std::uint32_t type, std::span<const std::byte> record) {
  const std::uint64_t time_ns = sink_.find_time(type, record.subspan(abi::kRecordHeaderBytes));
  if (run_.records++ == 0) run_.begin = offset_;
  run_.end = offset_ + record.size();
  // Time 0 is that of records which the recorder made before the start: no part of the recording's time.
  if (time_ns != kNoTime && time_ns != 0) {
    run_.first_time_ns = std::min(run_.first_time_ns, time_ns);
    run_.last_time_ns = run_.last_time_ns == kNoTime ? time_ns : std::max(run_.last_time_ns, time_ns);
  }
  if (run_.end - run_.begin >= kRunBytes) close_run();
  offset_ += record.size();
}

// Nearly all records are the kernel's, and whole in the window: this is the walk of a large file. All else, and all
// that is wrong, is for step().
bool RecordScan::take_held_record() {
  const auto held = window_.held(offset_);
  if (held.size() < abi::kRecordHeaderBytes) return false;
  const auto type = load_integer<std::uint32_t>(held, order_);
  const auto bytes = load_integer<std::uint16_t>(held.subspan(6), order_);
  if (type >= abi::kFirstToolRecord || bytes < abi::kRecordHeaderBytes || bytes > held.size()) return false;
  take_kernel_record(type, held.first(bytes));
  return true;
}

Status RecordScan::take_tool_record(const RecordFrame& frame) {
  // Records of the tool count for the length of a run that they stand in, so that what is loaded at once is bounded.
  if (breaks_run(frame) || (run_.records != 0 && offset_ - run_.begin >= kRunBytes)) close_run();
  std::span<const std::byte> head;
  if (frame.head_bytes <= FileWindow::kBytes) {
    const auto bytes = window_.at(offset_, static_cast<std::size_t>(frame.head_bytes));
    if (!bytes) return fail(bytes.error());
    head = *bytes;
  }
  return sink_.add_tool_record(frame, head, offset_);
}

Status RecordScan::step() {
  const auto start = window_.at(offset_, kFrameBytes);
  if (!start) return fail(start.error());
  const std::uint64_t left = window_.end() - offset_;
  auto frame = decode_frame(start->first(std::min<std::size_t>(start->size(), left)), order_, offset_);
  if (!frame) return skip_damage(start->size() < 4 ? 0 : Cursor{*start, 0, order_}.u32(), frame.error());
  if (frame->total_bytes > left) {
    const auto fact = fmt::format("record of {} bytes, {} are left", frame->total_bytes, left);
    return skip_damage(frame->type, Error{Errc::truncated, fact, offset_, {}});
  }
  if (frame->type < abi::kFirstToolRecord) {
    const auto record = window_.at(offset_, static_cast<std::size_t>(frame->head_bytes));
    if (!record) return fail(record.error());
    if (record->size() < frame->head_bytes) return fail(Errc::io, "the file became shorter", offset_);
    take_kernel_record(frame->type, *record);
    return {};
  }
  if (auto taken = take_tool_record(*frame); !taken) return taken;
  offset_ += frame->total_bytes;
  return {};
}

/// Whether kChain plausible records follow each other from here, or fewer that end where the part ends.
Result<bool> RecordScan::goes_on_at(std::uint64_t offset) {
  for (unsigned seen = 0; seen < kChain; ++seen) {
    if (offset == window_.end()) return seen != 0;
    const auto bytes = window_.at(offset, kFrameBytes);
    if (!bytes) return fail(bytes.error());
    if (!plausible_frame(*bytes, order_)) return false;
    const auto frame = decode_frame(*bytes, order_, offset);
    if (!frame || frame->total_bytes > window_.end() - offset) return false;
    offset += frame->total_bytes;
  }
  return true;
}

Status RecordScan::skip_damage(std::uint32_t type, Error error) {
  close_run();
  const std::uint64_t from = offset_;
  std::uint64_t next = from + 1;
  for (; next < window_.end(); ++next) {
    const auto bytes = window_.at(next, kFrameBytes);
    if (!bytes) return fail(bytes.error());
    if (!plausible_frame(*bytes, order_)) continue;
    const auto found = goes_on_at(next);
    if (!found) return fail(found.error());
    if (*found) break;
  }
  offset_ = std::min(next, window_.end());
  // A record that is cut off, with nothing after it, is where the file ends.
  if (offset_ < window_.end() && error.code == Errc::truncated) error.code = Errc::malformed;
  sink_.add_damage(type, error, offset_ - from);
  return {};
}

Status RecordScan::walk(std::uint64_t begin) {
  offset_ = begin;
  while (offset_ < window_.end()) {
    if (take_held_record()) continue;
    if (auto stepped = step(); !stepped) return stepped;
  }
  close_run();
  return {};
}

}  // namespace simdprof::perfdata
