#include "lib/capture/recording_sink.h"

#include <fmt/format.h>

#include <utility>

#include "lib/abi/perf_event.h"
#include "lib/base/check.h"
#include "lib/base/cursor.h"
#include "lib/capture/build_id.h"
#include "lib/capture/record_time.h"
#include "lib/model/own_record.h"

namespace simdprof {
namespace {

constexpr std::size_t kMaxFiles = 100000;  // a target that maps new names for ever must not fill our memory

// Calls `take` for every record of a run of whole records.
template <class Take>
void for_each_record(std::span<const std::byte> records, Take take) {
  while (records.size() >= abi::kRecordHeaderBytes) {
    Cursor header{records};
    header.skip(6);
    const std::size_t size = header.u16();
    if (size < abi::kRecordHeaderBytes || size > records.size()) return;
    take(records.first(size));
    records = records.subspan(size);
  }
}

}  // namespace

RecordingSink::RecordingSink(RecordSink& inner, std::optional<KernelVectorFilter> kernel_vectors)
    : inner_(&inner), kernel_vectors_(std::move(kernel_vectors)) {}

StreamId RecordingSink::open_stream(const StreamInfo& info) {
  const StreamId stream = inner_->open_stream(info);
  const std::lock_guard lock(mutex_);
  if (kinds_.size() <= stream) kinds_.resize(stream + std::size_t{1}, StreamKind::metadata);
  kinds_[stream] = info.kind;
  return stream;
}

Status RecordingSink::write(StreamId stream, std::span<const std::byte> records, std::uint32_t record_count,
                            std::uint64_t first_time_ns, std::uint64_t last_time_ns) {
  std::vector<std::byte> filtered;
  {
    const std::lock_guard lock(mutex_);
    const StreamKind kind = kinds_[stream];
    if (kind == StreamKind::ring || kind == StreamKind::synthesized) {
      for_each_record(records, [&](auto record) { observe(record); });
    }
    if (kernel_vectors_ && kind == StreamKind::metadata) {
      for_each_record(records, [&](auto record) { learn_event_id(record); });
    }
    if (kernel_vectors_ && kind == StreamKind::ring) {
      for_each_record(records, [&](auto record) {
        if (kernel_vectors_->append(record, filtered)) return;
        --record_count;
        ++left_out_;
      });
      records = filtered;
    }
  }
  return inner_->write(stream, records, record_count, first_time_ns, last_time_ns);
}

Status RecordingSink::write_parts(StreamId stream, std::span<const std::span<const std::byte>> parts,
                                  std::uint32_t record_count) {
  {
    const std::lock_guard lock(mutex_);
    SIMDPROF_ASSERT(kinds_[stream] == StreamKind::aux);
  }
  return inner_->write_parts(stream, parts, record_count);
}

std::uint64_t RecordingSink::left_out() const {
  const std::lock_guard lock(mutex_);
  return left_out_;
}

void RecordingSink::observe(std::span<const std::byte> record) {
  const std::uint32_t type = record_type(record);
  const bool build_id_inside = (record_misc(record) & abi::PERF_RECORD_MISC_MMAP_BUILD_ID) != 0;
  if (type == abi::PERF_RECORD_MMAP2) observe_mapping(record, !build_id_inside);
  if (type == abi::PERF_RECORD_MMAP) observe_mapping(record, false);
}

void RecordingSink::learn_event_id(std::span<const std::byte> record) {
  if (record_type(record) != kRecordEventId) return;
  Cursor in{record};
  in.skip(abi::kRecordHeaderBytes);
  const std::uint32_t event = in.u32();
  in.skip(12);  // cpu, tid, padding
  kernel_vectors_->learn(in.u64(), event);
}

void RecordingSink::observe_mapping(std::span<const std::byte> record, bool has_inode) {
  Cursor in{record};
  in.skip(abi::kRecordHeaderBytes);
  MappedFile file;
  file.pid = in.i32();
  in.skip(4 + 24);  // tid; address, length, offset
  if (record_type(record) == abi::PERF_RECORD_MMAP2) {
    in.skip(8);  // device
    const std::uint64_t inode = in.u64();
    file.inode = has_inode ? inode : 0;
    in.skip(16);  // generation; protection, flags
  }
  if (in.failed() || in.remaining() <= kTrailerBytes) return;
  const std::string_view path = in.padded_text(in.remaining() - kTrailerBytes);
  if (path.empty() || mapped_.size() >= kMaxFiles) return;
  mapped_.try_emplace(std::string(path), file);
}

std::map<std::string, std::vector<std::byte>> RecordingSink::load_build_ids() const {
  const std::lock_guard lock(mutex_);
  std::map<std::string, std::vector<std::byte>> ids;
  const auto keep = [&](const std::string& path, Result<std::vector<std::byte>> id) {
    if (id && !id->empty()) ids[path] = std::move(*id);
  };
  keep("[kernel.kallsyms]", load_kernel_build_id());
  for (const auto& [path, file] : mapped_) {
    if (path == "[vdso]") keep(path, load_vdso_build_id());
    if (path.front() != '/' || path.starts_with("//")) continue;
    auto id = load_build_id(path, file.inode);
    // Another mount namespace: the same path means another file there.
    if (!id && file.pid > 0) id = load_build_id(fmt::format("/proc/{}/root{}", file.pid, path), file.inode);
    keep(path, std::move(id));
  }
  return ids;
}

}  // namespace simdprof
