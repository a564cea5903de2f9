#pragma once

#include <bit>
#include <cstdint>
#include <span>

#include "lib/base/input_file.h"
#include "lib/base/result.h"
#include "lib/base/units.h"
#include "lib/perfdata/file_window.h"
#include "lib/perfdata/record_frame.h"

namespace simdprof::perfdata {

/// Bytes of the file that hold whole records, each as long as its header says.
struct RecordRun {
  std::uint64_t begin = 0, end = 0;
  std::uint32_t records = 0;  ///< of the kernel
  std::uint64_t first_time_ns = kNoTime, last_time_ns = kNoTime;
};

/// A run is cut when it has so many bytes.
inline constexpr std::uint64_t kRunBytes = std::uint64_t{1} << 20U;

/// What a scan finds, in the order of the file.
class ScanSink {
 public:
  ScanSink() = default;
  ScanSink(const ScanSink&) = delete;
  ScanSink& operator=(const ScanSink&) = delete;
  virtual ~ScanSink() = default;

  virtual void add_run(const RecordRun& run) = 0;
  /// Time of a kernel record, or kNoTime.
  virtual std::uint64_t find_time(std::uint32_t type, std::span<const std::byte> payload) = 0;
  /// A record of the tool.
  /// @param head  its first head_bytes; empty when they are more than FileWindow::kBytes
  /// @return an error ends the scan
  virtual Status add_tool_record(const RecordFrame& frame, std::span<const std::byte> head, std::uint64_t offset) = 0;
  /// Bytes that hold no record: from error.offset, `bytes` of them.
  virtual void add_damage(std::uint32_t type, const Error& error, std::uint64_t bytes) = 0;
};

/// Walks the records of a part of a file by their headers, once, front to back, and cuts it into runs. After a damaged
/// record it goes on at the next place from which some records follow each other.
class RecordScan {
 public:
  RecordScan(const InputFile& file, std::uint64_t end, std::endian order, ScanSink& sink)
      : window_(file, end), order_(order), sink_(sink) {}

  Status walk(std::uint64_t begin);

 private:
  Status step();
  bool take_held_record();
  void take_kernel_record(std::uint32_t type, std::span<const std::byte> record);
  Status take_tool_record(const RecordFrame& frame);
  Status skip_damage(std::uint32_t type, Error error);
  Result<bool> goes_on_at(std::uint64_t offset);
  void close_run();

  FileWindow window_;
  std::endian order_;
  ScanSink& sink_;
  std::uint64_t offset_ = 0;
  RecordRun run_;
};

}  // namespace simdprof::perfdata
