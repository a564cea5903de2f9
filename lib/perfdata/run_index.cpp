#include "lib/perfdata/run_index.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "lib/abi/perf_event.h"
#include "lib/abi/perf_file.h"
#include "lib/perfdata/features_in.h"
#include "lib/perfdata/tool_records.h"
#include "lib/perfdata/tracing_data.h"

namespace simdprof::perfdata {
namespace {

constexpr std::size_t kMaxGaps = 4096;  ///< kept one by one; more are counted only
/// Streams of AUX areas are numbered from here: above those of the files.
constexpr StreamId kFirstAuxStream = 0x10000;
constexpr std::size_t kMaxAuxStreams = 4096;

}  // namespace

void RunIndex::skip(std::uint32_t type, Error error) { ledger_.skip(type, with_input(std::move(error), name_)); }

void RunIndex::add_run(const RecordRun& run) {
  IndexedRun indexed;
  StreamStart& start = indexed.chunk.start;
  start.stream = stream_;
  start.info = {StreamKind::ring, -1, -1, order_};
  start.record_count = run.records;
  start.record_bytes = static_cast<std::uint32_t>(run.end - run.begin);
  start.first_time_ns = run.first_time_ns;
  start.last_time_ns = run.last_time_ns;
  indexed.chunk.file_offset = run.begin;
  indexed.chunk.record_offset = run.begin;
  indexed.file = file_;
  records_ += run.records;
  runs_.push_back(indexed);
}

std::uint64_t RunIndex::find_time(std::uint32_t type, std::span<const std::byte> payload) {
  if (rule_events_ != metadata_.events().size()) {
    rule_ = TimeRule(metadata_.events(), order_);
    rule_events_ = metadata_.events().size();
  }
  return rule_.find(type, payload);
}

void RunIndex::add_damage(std::uint32_t type, const Error& error, std::uint64_t bytes) {
  const bool cut = error.code == Errc::truncated;
  if (gaps_.size() < kMaxGaps) {
    gaps_.push_back({cut ? LossCause::input_truncated : LossCause::chunk_damaged, error.offset, bytes, std::nullopt});
  }
  if (cut) {
    ledger_.lose(LossCause::input_truncated, 1);
  } else {
    skip(type, error);
  }
}

StreamId RunIndex::aux_stream(const AuxRun& run) {
  const auto same = [&](const AuxRun& other) {
    return other.index == run.index && other.tid == run.tid && other.cpu == run.cpu;
  };
  const auto found = std::find_if(aux_streams_.begin(), aux_streams_.end(), same);
  const auto place = static_cast<StreamId>(found - aux_streams_.begin());
  if (found == aux_streams_.end() && aux_streams_.size() < kMaxAuxStreams) aux_streams_.push_back(run);
  return kFirstAuxStream + place;
}

void RunIndex::add_aux(const RecordFrame& frame, Cursor in, std::uint64_t offset) {
  const auto run = decode_auxtrace(in, offset + frame.head_bytes);
  if (!run) return skip(frame.type, run.error());
  for (const AuxRun& part : split_aux_run(*run)) {
    IndexedRun indexed;
    StreamStart& start = indexed.chunk.start;
    start.stream = aux_stream(part);
    start.info = {StreamKind::aux, part.cpu, part.tid};
    start.record_count = aux_run_records(part);
    start.record_bytes = aux_run_record_bytes(part);
    indexed.chunk.file_offset = part.file_offset;
    indexed.chunk.record_offset = part.file_offset;
    indexed.file = file_;
    indexed.aux = part;
    runs_.push_back(indexed);
  }
}

/// Behind the record's head, or, in those of simpleperf, in it.
void RunIndex::add_tracing_data(const RecordFrame& frame, Cursor in, std::uint64_t offset) {
  const std::uint64_t size = in.u32();
  const std::uint64_t behind = frame.total_bytes - frame.head_bytes;
  std::vector<std::byte> bytes;
  if (behind == 0) {
    const auto own = in.take(std::min<std::uint64_t>(size, in.remaining()));
    bytes.assign(own.begin(), own.end());
  } else {
    if (behind > kMaxFeatureBytes) {
      return skip(frame.type, Error{Errc::limit, fmt::format("tracing data of {} bytes", behind), offset, {}});
    }
    bytes.resize(static_cast<std::size_t>(behind));
    const auto got = scanned_->read_at(offset + frame.head_bytes, bytes);
    if (!got) return skip(frame.type, got.error());
    bytes.resize(*got);
  }
  auto read = read_tracing_data(Cursor{bytes, offset + frame.head_bytes, order_}, metadata_);
  if (!read) skip(frame.type, std::move(read.error()));
}

Status RunIndex::inflate(std::uint32_t type, std::span<const std::byte> head, std::uint64_t offset) {
  Cursor in{head, offset, order_};
  in.skip(abi::kRecordHeaderBytes);
  std::uint64_t bytes = in.remaining();
  if (type == abi::PERF_RECORD_COMPRESSED2) {
    bytes = in.u64();
    if (bytes > in.remaining()) {
      skip(type, Error{Errc::malformed, "COMPRESSED2 has less data than it says", offset, {}});
      return {};
    }
  }
  if (!inflater_) inflater_.emplace();
  compressed_ = true;
  const std::uint64_t before = inflater_->size();
  const auto added = inflater_->add(in.take(bytes));
  if (!added && added.error().code == Errc::io) return added;
  if (inflated_.empty()) inflated_.push_back({before, before});
  inflated_.back().end = inflater_->size();
  if (!added) {
    Error error = added.error();
    error.offset = offset;
    skip(type, std::move(error));
    inflated_.push_back({inflater_->size(), inflater_->size()});  // what comes now does not follow
  }
  return {};
}

Status RunIndex::add_tool_record(const RecordFrame& frame, std::span<const std::byte> head, std::uint64_t offset) {
  ++records_;
  if (head.size() < frame.head_bytes) {
    ledger_.skip_unknown_type(frame.type);
    return {};
  }
  Cursor in{head, offset, order_};
  in.skip(abi::kRecordHeaderBytes);
  switch (frame.type) {
    case abi::PERF_RECORD_AUXTRACE: add_aux(frame, in, offset); return {};
    case abi::PERF_RECORD_HEADER_TRACING_DATA: add_tracing_data(frame, in, offset); return {};
    case abi::PERF_RECORD_COMPRESSED:
    case abi::PERF_RECORD_COMPRESSED2: return inflate(frame.type, head, offset);
    default: break;
  }
  auto read = read_tool_record(frame.type, in, metadata_);
  if (!read) {
    skip(frame.type, std::move(read.error()));
  } else if (*read == ToolRecord::dropped) {
    ledger_.skip_unknown_type(frame.type);
  }
  return {};
}

Status RunIndex::add_part(std::vector<InputFile>& files, std::size_t file, std::uint64_t begin, std::uint64_t end) {
  file_ = file;
  inflater_.reset();
  inflated_.clear();
  scanned_ = &files[file];
  if (auto walked = RecordScan(files[file], end, order_, *this).walk(begin); !walked) return walked;
  if (inflater_ && inflater_->size() != 0) {
    auto inflated = InputFile::adopt(inflater_->take_file());
    if (!inflated) return fail(inflated.error());
    inflater_.reset();
    files.push_back(std::move(*inflated));
    file_ = files.size() - 1;
    scanned_ = &files[file_];
    for (const Inflated& part : std::vector(inflated_)) {
      if (auto walked = RecordScan(files[file_], part.end, order_, *this).walk(part.begin); !walked) return walked;
    }
  }
  ++stream_;
  return {};
}

}  // namespace simdprof::perfdata
