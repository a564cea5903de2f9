#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "lib/base/result.h"
#include "lib/perfdata/features_out.h"
#include "lib/perfdata/ordered_bytes.h"
#include "lib/perfdata/out_file.h"

namespace simdprof::perfdata {

/// Most bytes of one record's payload: the header's size has 16 bits, and records are multiples of 8.
inline constexpr std::size_t kMaxPayloadBytes = 65528 - 8;

/// Writes a perf.data, record by record: memory does not grow with the records.
///
/// A regular file is written in file mode: header, records, feature sections, ids, attributes; the header, which
/// points at the rest, is patched at the end, so that events may be added until then. What can only be written in
/// order gets pipe mode: there an event must be added before its first record, features before all records.
/// Source: tools/perf/Documentation/perf.data-file-format.txt.
class Writer {
 public:
  static Result<Writer> create(const std::string& path, std::endian order);

  [[nodiscard]] bool pipe_mode() const { return file_.sequential(); }
  [[nodiscard]] std::endian order() const { return order_; }

  /// Adds an event; its number is that of the call, from 0. The first is the one that records without an id belong to.
  /// @return limit in pipe mode when it has more ids than a record holds
  Status add_event(OutEvent event);
  /// An event that was added, for changes. In pipe mode changes are too late.
  OutEvent& event(std::size_t number) { return events_[number]; }
  /// @return limit in pipe mode when it is larger than a record
  Status add_feature(abi::PerfFeature feature, std::vector<std::byte> content);
  /// What encode_tracing_data() made: a feature section, or in pipe mode a record with its bytes behind it.
  Status add_tracing_data(std::vector<std::byte> content);
  Status add_build_id(const OutBuildId& entry);

  /// Appends one record. Records come in time order.
  /// @param payload  what follows the 8-byte header: at most kMaxPayloadBytes, a multiple of 8
  Status write(std::uint32_t type, std::uint16_t misc, std::span<const std::byte> payload);
  /// Ends what is ordered: every record before this one was earlier than every record after it.
  Status finish_round();
  /// Writes what is left; the file gets its name. Nothing may be written afterwards.
  Status finish();

  [[nodiscard]] std::uint64_t records() const { return records_; }  ///< that write() got
  [[nodiscard]] std::uint64_t file_bytes() const { return file_.size() + buffer_.size(); }

 private:
  Writer(OutFile file, std::endian order) : file_(std::move(file)), order_(order), buffer_(order) {}
  Status put(std::span<const std::byte> bytes);
  Status put_record(std::uint32_t type, std::uint16_t misc, std::span<const std::byte> payload);
  Status flush();
  Status write_features();
  Status write_attrs(std::uint64_t& attrs_offset);
  Status patch_header(std::uint64_t data_end, std::uint64_t attrs_offset);

  OutFile file_;
  std::endian order_;
  OrderedBytes buffer_;
  std::vector<OutEvent> events_;
  std::map<abi::PerfFeature, std::vector<std::byte>> features_;  ///< file mode
  std::vector<std::byte> build_ids_;                             ///< file mode: entries of the BUILD_ID section
  std::uint64_t records_ = 0;
  std::uint64_t round_bytes_ = 0;  ///< since the last FINISHED_ROUND
};

}  // namespace simdprof::perfdata
