#include "lib/capture/snapshot_point.h"

#include <fmt/format.h>
#include <sys/ioctl.h>

#include <algorithm>
#include <cerrno>

#include "lib/base/cursor.h"
#include "lib/capture/event_open.h"
#include "lib/capture/open_error.h"
#include "lib/capture/record_batch.h"
#include "lib/capture/record_time.h"

namespace simdprof {
namespace {

// Tasks of a ring, each once.
std::vector<Tid> tasks_of(const RingSet::CpuRing& ring) {
  std::vector<Tid> tasks;
  for (const RingSet::Member& member : ring.members) {
    if (member.tid >= 0) tasks.push_back(member.tid);
  }
  std::sort(tasks.begin(), tasks.end());
  tasks.erase(std::unique(tasks.begin(), tasks.end()), tasks.end());
  return tasks;
}

}  // namespace

Result<SnapshotPoint> SnapshotPoint::open(const CapturePlan& plan, std::size_t event, VirtAddr address,
                                          std::span<const RingSet::CpuRing> rings, RecordSink& sink) {
  SnapshotPoint point;
  abi::EventAttr attr = plan.events[event].attr;
  attr.config1_or_bp_addr = address;
  attr.wakeup_events_or_watermark = 1;  // every hit
  attr.read_format &= ~std::uint64_t{abi::PERF_FORMAT_LOST};
  RecordBatch ids(sink, sink.open_stream({StreamKind::metadata, -1, -1}));
  ids.add(encode_host_fact("snapshot_at", fmt::format("{} {:#x}", plan.events[event].name, address)), kNoTime);
  for (const RingSet::CpuRing& ring : rings) {
    for (const Tid tid : tasks_of(ring)) {
      OpenedEvent opened = open_event(attr, tid, ring.cpu);
      if (opened.error_number == ESRCH) continue;
      if (opened.error_number != 0) return fail(open_error(opened, attr, "cannot set the breakpoint of --snapshot-at"));
      if (::ioctl(opened.fd.get(), abi::PERF_EVENT_IOC_SET_OUTPUT, ring.ring.fd()) != 0) {
        return fail_errno(errno, "cannot share a ring with a breakpoint");
      }
      const auto id = load_event_id(opened.fd.get());
      if (!id) return fail(id.error());
      ids.add(encode_event_id(static_cast<std::uint32_t>(event), ring.cpu, tid, *id), kNoTime);
      point.ids_.push_back(*id);
      point.fds_.push_back(std::move(opened.fd));
    }
  }
  if (const Status written = ids.hand_over(); !written) return fail(written.error());
  return point;
}

bool SnapshotPoint::is_hit(std::span<const std::byte> record) const {
  if (record_type(record) != abi::PERF_RECORD_SAMPLE) return false;
  Cursor in{record};
  in.skip(abi::kRecordHeaderBytes);
  return std::find(ids_.begin(), ids_.end(), in.u64()) != ids_.end();  // PERF_SAMPLE_IDENTIFIER comes first
}

}  // namespace simdprof
