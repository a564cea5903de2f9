#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <variant>

#include "lib/model/own_record.h"
#include "lib/model/sample.h"

/// Typed records: what decoders/record makes of a RawRecord. Text and spans point into the record's bytes.
namespace simdprof {

/// sample_id trailer of a non-sample record; a field is empty when attr.sample_type lacks it.
struct SampleId {
  std::optional<Pid> pid;
  std::optional<Tid> tid;
  std::uint64_t time_ns = kNoTime;
  std::optional<std::uint64_t> id;
  std::optional<std::uint32_t> cpu;
};

struct MmapRecord {
  Pid pid = 0;
  Tid tid = 0;
  VirtAddr start = 0;
  std::uint64_t length = 0;    ///< bytes
  FileOffset file_offset = 0;  ///< pgoff, in bytes
  std::uint32_t major = 0, minor = 0;
  std::uint64_t inode = 0, inode_generation = 0;
  std::span<const std::byte> build_id;  ///< empty when the record carries none
  std::uint32_t prot = 0;               ///< PROT_*; 0 with flags 0 in the older MMAP record
  std::uint32_t flags = 0;
  bool kernel = false;  ///< cpumode kernel: kernel image or module
  bool data = false;    ///< not executable
  std::string_view path;
};
struct CommRecord {
  Pid pid = 0;
  Tid tid = 0;
  bool exec = false;
  std::string_view comm;
};
/// FORK and EXIT.
struct TaskRecord {
  Pid pid = 0, parent_pid = 0;
  Tid tid = 0, parent_tid = 0;
  std::uint64_t time_ns = 0;
};
struct ForkRecord : TaskRecord {};
struct ExitRecord : TaskRecord {};
struct LostRecord {
  std::uint64_t id = 0;
  std::uint64_t lost = 0;  ///< records
};
struct LostSamplesRecord {
  std::uint64_t lost = 0;
};
struct ThrottleRecord {
  bool throttled = true;  ///< false: UNTHROTTLE
  std::uint64_t time_ns = 0, id = 0, stream_id = 0;
};
struct SwitchRecord {
  bool out = false;
  bool preempted = false;
  std::optional<Pid> next_prev_pid;
  std::optional<Tid> next_prev_tid;
};
struct ReadRecord {
  Pid pid = 0;
  Tid tid = 0;
  ReadValues values;
};
struct AuxRecord {
  std::uint64_t aux_offset = 0, aux_bytes = 0, flags = 0;
};
struct ItraceStartRecord {
  Pid pid = 0;
  Tid tid = 0;
};
struct AuxOutputHwIdRecord {
  std::uint64_t hw_id = 0;
};
struct NamespacesRecord {
  Pid pid = 0;
  Tid tid = 0;
  WordView links;  ///< pairs: device, inode
};
struct KsymbolRecord {
  VirtAddr address = 0;
  std::uint32_t length = 0;           ///< bytes
  std::uint16_t type = 0, flags = 0;  ///< flags bit 0: unregistered
  std::string_view name;
};
struct BpfEventRecord {
  std::uint16_t type = 0, flags = 0;
  std::uint32_t id = 0;
};
struct CgroupRecord {
  std::uint64_t id = 0;
  std::string_view path;
};
struct TextPokeRecord {
  VirtAddr address = 0;
  std::span<const std::byte> old_bytes, new_bytes;
};
struct DeferredCallchainRecord {
  std::uint64_t cookie = 0;
  WordView addresses;
};

// simdprof's own records.
struct StreamRecord {
  StreamStart start;
};
struct EventDescRecord {
  std::uint32_t event = 0;
  abi::EventAttr attr;
  std::string_view name;
};
struct EventIdRecord {
  std::uint32_t event = 0;
  std::int32_t cpu = -1;
  Tid tid = -1;
  std::uint64_t id = 0;
};
struct HostFactRecord {
  std::string_view key, value;
};
/// The table is larger than a sample, and a recording has one: it stands beside, so that records stay small.
struct XsaveTableRecord {
  std::shared_ptr<const abi::XsaveTable> table;  ///< of a decoded record never nullptr
};
struct RegisterImageRecord {
  RegisterImage image;
};
struct LossRecord {
  LossCause cause = LossCause::ring_full;
  std::int32_t cpu = -1;
  Tid tid = -1;
  std::uint64_t count = 0, time_ns = kNoTime;
};
struct BuildIdRecord {
  std::span<const std::byte> id;
  std::string_view path;
};
struct SourceRecord {
  SourceKind kind = SourceKind::gpr;
  std::int32_t error_number = 0;  ///< 0: this source was taken
  std::string_view explanation;
};
struct EndRecord {
  std::uint64_t start_ns = 0, end_ns = 0;
  std::int32_t wait_status = -1;
};
struct AuxtraceInfoRecord {
  std::uint32_t type = 0;  ///< PERF_AUXTRACE_*
  WordView words;
};
struct AuxtraceRecord {
  AuxPiece piece;
};
struct TracepointInfoRecord {
  TracepointInfo info;
};

using RecordBody =
    std::variant<Sample, MmapRecord, CommRecord, ForkRecord, ExitRecord, LostRecord, LostSamplesRecord, ThrottleRecord,
                 SwitchRecord, ReadRecord, AuxRecord, ItraceStartRecord, AuxOutputHwIdRecord, NamespacesRecord,
                 KsymbolRecord, BpfEventRecord, CgroupRecord, TextPokeRecord, DeferredCallchainRecord, StreamRecord,
                 EventDescRecord, EventIdRecord, HostFactRecord, XsaveTableRecord, RegisterImageRecord, LossRecord,
                 BuildIdRecord, SourceRecord, EndRecord, AuxtraceInfoRecord, AuxtraceRecord, TracepointInfoRecord>;

/// One decoded record.
struct Record {
  std::uint32_t type = 0;
  std::uint16_t misc = 0;
  std::uint64_t offset = 0;  ///< place in the decompressed input, in bytes
  StreamId stream = 0;
  std::uint64_t time_ns = kNoTime;  ///< what the time order sorts by
  SampleId sample_id;               ///< trailer; empty for samples and own records
  RecordBody body;
};

}  // namespace simdprof
