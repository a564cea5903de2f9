#pragma once

#include <bit>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lib/base/input_file.h"
#include "lib/model/ledger.h"
#include "lib/model/record_input.h"
#include "lib/perfdata/aux_run.h"
#include "lib/perfdata/inflate.h"
#include "lib/perfdata/metadata.h"
#include "lib/perfdata/record_scan.h"
#include "lib/perfdata/time_rule.h"

namespace simdprof::perfdata {

/// One chunk and where its records come from.
struct IndexedRun {
  ChunkInfo chunk;
  std::size_t file = 0;       ///< which of the files
  std::optional<AuxRun> aux;  ///< absent: kernel records as they stand in the file
};

/// Finds the runs of all files of a recording, and gathers the metadata that stands between the records.
class RunIndex final : public ScanSink {
 public:
  RunIndex(std::string name, std::endian order, Metadata& metadata, Ledger& ledger)
      : name_(std::move(name)), order_(order), metadata_(metadata), ledger_(ledger) {}

  /// Walks the records of one part of a file. COMPRESSED records are decompressed into another file, which is walked
  /// afterwards; it is appended to `files`.
  Status add_part(std::vector<InputFile>& files, std::size_t file, std::uint64_t begin, std::uint64_t end);

  [[nodiscard]] std::vector<IndexedRun>& runs() { return runs_; }
  [[nodiscard]] std::vector<Gap>& gaps() { return gaps_; }
  [[nodiscard]] bool compressed() const { return compressed_; }
  [[nodiscard]] std::uint64_t records() const { return records_; }  ///< of any kind that were met

  void add_run(const RecordRun& run) override;
  std::uint64_t find_time(std::uint32_t type, std::span<const std::byte> payload) override;
  Status add_tool_record(const RecordFrame& frame, std::span<const std::byte> head, std::uint64_t offset) override;
  void add_damage(std::uint32_t type, const Error& error, std::uint64_t bytes) override;

 private:
  /// Bytes that came out of COMPRESSED records without a break.
  struct Inflated {
    std::uint64_t begin = 0, end = 0;
  };
  Status inflate(std::uint32_t type, std::span<const std::byte> head, std::uint64_t offset);
  void add_aux(const RecordFrame& frame, Cursor in, std::uint64_t offset);
  void add_tracing_data(const RecordFrame& frame, Cursor in, std::uint64_t offset);
  void skip(std::uint32_t type, Error error);
  [[nodiscard]] StreamId aux_stream(const AuxRun& run);

  std::string name_;
  std::endian order_;
  Metadata& metadata_;
  Ledger& ledger_;
  std::vector<IndexedRun> runs_;
  std::vector<Gap> gaps_;
  TimeRule rule_;
  std::size_t rule_events_ = 0;  ///< events that rule_ was made for
  std::uint64_t records_ = 0;
  bool compressed_ = false;
  std::vector<AuxRun> aux_streams_;  ///< one of each AUX area

  // Of the part at hand.
  std::size_t file_ = 0;
  const InputFile* scanned_ = nullptr;
  StreamId stream_ = 1;
  std::optional<StreamInflater> inflater_;
  std::vector<Inflated> inflated_;
};

}  // namespace simdprof::perfdata
