#include "cmd/repair.h"

#include <fmt/format.h>

#include <filesystem>
#include <map>
#include <memory>
#include <system_error>
#include <tuple>

#include "cmd/exit_code.h"
#include "cmd/option_set.h"
#include "cmd/sample_options.h"
#include "lib/abi/perf_event.h"
#include "lib/base/log.h"
#include "lib/container/reader.h"
#include "lib/container/record_walk.h"
#include "lib/container/writer.h"

namespace simdprof::cmd {
namespace {

struct RepairOptions {
  std::string input = "simdprof.data";
  std::string output;
};

std::string counted(std::uint64_t count, const char* thing) {
  return fmt::format("{} {}{}", count, thing, count == 1 ? "" : "s");
}

std::string records_text(const std::optional<std::uint64_t>& records) {
  return records ? counted(*records, "record") : "an unknown number of records";
}

/// Copies chunk by chunk, and says what cannot be copied.
class Repair {
 public:
  Repair(const ContainerReader& from, ContainerWriter& to) : from_(from), to_(to) {}

  Status run() {
    for (const Gap& gap : from_.gaps()) note_gap(gap);
    for (std::size_t i = 0; i < from_.chunks().size(); ++i) {
      if (auto copied = copy_chunk(i); !copied) return copied;
    }
    if (auto written = write_losses(); !written) return written;
    return to_.finish();
  }
  [[nodiscard]] std::string summary() const;

 private:
  struct Lost {
    std::uint64_t chunks = 0;
    std::uint64_t records = 0;  ///< where the number is known
    bool more = false;          ///< there are chunks whose number of records is not known
  };

  void note_gap(const Gap& gap);
  void note_lost(LossCause cause, const std::optional<std::uint64_t>& records, const std::string& text);
  Status copy_chunk(std::size_t index);
  Status write_losses();
  StreamId stream_of(const StreamStart& start);

  const ContainerReader& from_;
  ContainerWriter& to_;
  std::map<std::tuple<StreamId, StreamKind, std::int32_t, Tid>, StreamId> streams_;
  std::map<LossCause, std::uint64_t> losses_;
  Lost lost_;
  std::uint64_t copied_chunks_ = 0;
  std::uint64_t copied_records_ = 0;
};

void Repair::note_lost(LossCause cause, const std::optional<std::uint64_t>& records, const std::string& text) {
  constexpr std::uint64_t kMostLines = 20;
  if (++lost_.chunks <= kMostLines) log_warning(text);
  if (lost_.chunks == kMostLines + 1) log_warning("more losses are counted, but not shown one by one");
  lost_.records += records.value_or(0);
  lost_.more = lost_.more || !records;
  ++losses_[cause];
}

void Repair::note_gap(const Gap& gap) {
  const char* fact = gap.cause == LossCause::input_truncated ? "the input ends inside a chunk" : "damaged";
  note_lost(gap.cause, gap.records,
            fmt::format("{}: byte {}: {}; lost: {} with {}", from_.name(), gap.file_offset, fact,
                        counted(gap.bytes, "byte"), records_text(gap.records)));
}

/// Stream numbers are given anew: those of the input may have holes.
StreamId Repair::stream_of(const StreamStart& start) {
  const auto key = std::tuple{start.stream, start.info.kind, start.info.cpu, start.info.tid};
  const auto found = streams_.find(key);
  if (found != streams_.end()) return found->second;
  return streams_.emplace(key, to_.open_stream(start.info)).first->second;
}

Status Repair::copy_chunk(std::size_t index) {
  const ChunkInfo& chunk = from_.chunks()[index];
  const auto records = from_.load(index);
  if (!records) {
    note_lost(LossCause::chunk_damaged, chunk.start.record_count,
              fmt::format("{}; lost: {}", render_error(records.error()), records_text(chunk.start.record_count)));
    return {};
  }
  RecordWalk walk{*records, chunk};
  std::uint32_t whole = 0;
  std::size_t bytes = 0;
  auto record = walk.next();
  for (; record && *record; record = walk.next()) {
    ++whole;
    bytes += abi::kRecordHeaderBytes + (*record)->payload.size();
  }
  if (!record) {
    const std::uint64_t rest = chunk.start.record_count - std::min(whole, chunk.start.record_count);
    note_lost(LossCause::chunk_damaged, rest,
              fmt::format("{}; lost: {}", render_error(with_input(record.error(), from_.name())), records_text(rest)));
  }
  if (whole == 0) return {};
  auto written = to_.write(stream_of(chunk.start), std::span(*records).first(bytes), whole, chunk.start.first_time_ns,
                           chunk.start.last_time_ns);
  if (!written) return written;
  ++copied_chunks_;
  copied_records_ += whole;
  return to_.flush();  // the chunks stay as they are
}

/// What is missing stays known: as loss records, in chunks.
Status Repair::write_losses() {
  if (losses_.empty()) return {};
  const StreamId stream = to_.open_stream(StreamInfo{});
  for (const auto& [cause, count] : losses_) {
    auto written = to_.write(stream, encode_loss(cause, -1, -1, count, kNoTime), 1, kNoTime, kNoTime);
    if (!written) return written;
  }
  return {};
}

std::string Repair::summary() const {
  const std::string kept = counted(copied_records_, "record") + " in " + counted(copied_chunks_, "chunk");
  if (lost_.chunks == 0) return kept + ", nothing lost";
  return kept + ", lost: " + (lost_.more ? "at least " : "") + counted(lost_.records, "record") + " in " +
         counted(lost_.chunks, "chunk");
}

/// Making the output moves a file of its name to `.old`: that must not be what is read.
Status check_names(const RepairOptions& options) {
  std::error_code none;
  const std::string old_name = options.output + ".old";
  if (!std::filesystem::exists(options.output, none)) return {};
  if (!std::filesystem::equivalent(options.input, old_name, none)) return {};
  return fail(Errc::usage,
              fmt::format("{} is there, and would be kept over the input; choose another -o", options.output));
}

Status run_repair(const RepairOptions& options) {
  if (auto checked = check_names(options); !checked) return checked;
  Ledger ledger;
  const auto reader = ContainerReader::open(options.input, ledger);
  if (!reader) return fail(reader.error());
  const auto writer = ContainerWriter::create(options.output, {});
  if (!writer) return fail(writer.error());
  Repair repair{*reader, **writer};
  if (auto done = repair.run(); !done) return done;
  log_note(fmt::format("{}: {}", options.output, repair.summary()));
  return {};
}

}  // namespace

int repair_verb(const std::vector<std::string>& words) {
  RepairOptions options;
  OptionSet set("repair", "Writes a finished recording of what is whole in a damaged or unfinished one.");
  set.add_option("-i,--input", options.input, "recording, or - for standard input").shows_default();
  set.add_option("-o,--output", options.output, "file to write, or - for standard output").required();
  if (const auto status = set.parse(words)) return *status;
  if (const auto done = run_repair(options); !done) return report_error(done.error());
  return kExitOk;
}

}  // namespace simdprof::cmd
