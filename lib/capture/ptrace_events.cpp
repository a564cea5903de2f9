#include "lib/capture/ptrace_events.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <sys/resource.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "lib/capture/attr_build.h"
#include "lib/capture/cpu_list.h"
#include "lib/capture/event_open.h"
#include "lib/capture/open_error.h"
#include "lib/capture/ptrace_stop.h"

namespace simdprof {
namespace {

constexpr std::uint64_t kTaskFlags =
    abi::kAttrMmap | abi::kAttrMmap2 | abi::kAttrComm | abi::kAttrCommExec | abi::kAttrTask;

// Threads times CPUs times events pass the usual soft limit of 1024 descriptors.
bool raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == limit.rlim_max) return false;
  limit.rlim_cur = limit.rlim_max;
  return ::setrlimit(RLIMIT_NOFILE, &limit) == 0;
}

abi::EventAttr make_task_attr(const CapturePlan& plan, bool inherit) {
  abi::EventAttr attr;
  attr.type = abi::PERF_TYPE_SOFTWARE;
  attr.config = abi::PERF_COUNT_SW_DUMMY;
  attr.size = abi::PERF_ATTR_SIZE_VER7;
  attr.sample_type = kBaseSampleType;
  attr.read_format = abi::PERF_FORMAT_ID;
  attr.flags = kTaskFlags | abi::kAttrSampleIdAll | abi::kAttrUseClockid | abi::kAttrExcludeKernel |
               abi::kAttrExcludeHv | abi::kAttrWatermark;
  if (!plan.events.empty()) attr.flags |= plan.events.front().attr.flags & abi::kAttrMmapData;
  if (inherit) attr.flags |= abi::kAttrInherit;
  attr.clockid = plan.clockid;
  return attr;
}

// Nobody waits on the rings: a wakeup would be a wasted interrupt on the target's CPU.
void silence_wakeups(abi::EventAttr& attr, std::size_t ring_bytes) {
  attr.flags |= abi::kAttrWatermark;
  attr.wakeup_events_or_watermark = static_cast<std::uint32_t>(std::min<std::size_t>(ring_bytes, 1U << 30U));
}

}  // namespace

TracedEvents::TracedEvents(const CapturePlan& plan, bool inherit)
    : plan_(plan),
      inherit_(inherit),
      every_id_stops_(plan.events.size() == 1),
      task_attr_(make_task_attr(plan, inherit)),
      ring_pages_(plan.ring_pages) {}

abi::EventAttr TracedEvents::sample_attr(std::size_t event, bool enabled) const {
  abi::EventAttr attr = plan_.events[event].attr;
  attr.flags &= ~(kTaskFlags | abi::kAttrMmapData | abi::kAttrEnableOnExec | abi::kAttrDisabled | abi::kAttrInherit);
  attr.flags |= abi::kAttrRemoveOnExec;
  if (inherit_) attr.flags |= abi::kAttrInherit;
  if (!enabled) attr.flags |= abi::kAttrDisabled;
  if (event == 0) {
    attr.flags |= abi::kAttrSigtrap;
    attr.sig_data = sigtrap_cookie();
  }
  attr.size = std::max(attr.size, abi::PERF_ATTR_SIZE_VER7);
  return attr;
}

Result<UniqueFd> TracedEvents::open_one(const abi::EventAttr& attr, std::string_view name, Tid tid, const CpuRing& ring,
                                        int group_fd) {
  abi::EventAttr passed = attr;
  silence_wakeups(passed, ring_pages_ * 4096);
  if (!counts_lost_) passed.read_format &= ~std::uint64_t{abi::PERF_FORMAT_LOST};
  OpenedEvent opened = open_event(passed, tid, ring.cpu, group_fd);
  if (opened.error_number == EMFILE && raise_descriptor_limit()) opened = open_event(passed, tid, ring.cpu, group_fd);
  if (opened.error_number == EINVAL && (passed.read_format & abi::PERF_FORMAT_LOST) != 0) {
    passed.read_format &= ~std::uint64_t{abi::PERF_FORMAT_LOST};
    opened = open_event(passed, tid, ring.cpu, group_fd);
    if (opened.error_number == 0) counts_lost_ = false;
  }
  if (opened.error_number == ESRCH) return fail(Errc::not_found, fmt::format("no process or thread {}", tid));
  if (opened.error_number == ENODEV) return UniqueFd();  // the CPU went offline
  if (opened.error_number != 0) {
    return fail(open_error(opened, passed, fmt::format("cannot open event {} with sigtrap", name)));
  }
  return std::move(opened.fd);
}

// What may be locked in memory is counted over all rings: the last must find as much room as the first.
Status TracedEvents::map_rings(const std::vector<UniqueFd>& fds) {
  for (;; ring_pages_ /= 2) {
    Status status;
    for (std::size_t i = 0; status && i < rings_.size(); ++i) {
      auto mapped = Ring::map(fds[i].get(), ring_pages_);
      if (mapped) {
        rings_[i].ring = std::move(*mapped);
      } else {
        status = fail(mapped.error());
      }
    }
    if (status) break;
    for (CpuRing& ring : rings_) ring.ring = Ring::none();
    if (status.error().code != Errc::permission) return status;
    if (ring_pages_ == 1) {
      return fail(Errc::permission, "no room for rings: raise kernel.perf_event_mlock_kb or ulimit -l");
    }
  }
  if (ring_pages_ != plan_.ring_pages) Ring::note_smaller(ring_pages_, plan_.ring_pages);
  return {};
}

Status TracedEvents::add_to_ring(const CpuRing& ring, int fd) {
  if (::ioctl(fd, abi::PERF_EVENT_IOC_SET_OUTPUT, ring.ring.fd()) == 0) return {};
  return fail_errno(errno, "cannot share a ring between events");
}

Status TracedEvents::note_opened(std::uint32_t event, std::int32_t cpu, Tid tid, int fd) {
  const auto id = load_event_id(fd);
  if (!id) return fail(id.error());
  opened_.push_back({event, cpu, tid, *id});
  if (event == 0 && !every_id_stops_) {
    const std::scoped_lock lock(stop_ids_mutex_);
    stop_ids_.insert(*id);
  }
  return {};
}

bool TracedEvents::makes_stops(std::uint64_t id) const {
  if (every_id_stops_) return true;
  const std::scoped_lock lock(stop_ids_mutex_);
  return stop_ids_.contains(id);
}

Status TracedEvents::open_task_event(Tid tid) {
  if (rings_.empty()) {
    const Status made = make_rings(tid);
    if (!made) rings_.clear();
    return made;
  }
  for (const CpuRing& ring : rings_) {
    auto fd = open_one(task_attr_, "dummy", tid, ring, -1);
    if (!fd) return fail(fd.error());
    if (!fd->valid()) continue;
    if (const Status added = add_to_ring(ring, fd->get()); !added) return added;
    if (const Status kept = keep_task_event(ring, tid, std::move(*fd)); !kept) return kept;
  }
  return {};
}

// The first task event of a CPU owns the CPU's ring.
Status TracedEvents::make_rings(Tid tid) {
  std::vector<UniqueFd> fds;
  for (const std::int32_t cpu : load_online_cpus()) {
    CpuRing ring{cpu, Ring::none()};
    auto fd = open_one(task_attr_, "dummy", tid, ring, -1);
    if (!fd) return fail(fd.error());
    if (!fd->valid()) continue;
    rings_.push_back(std::move(ring));
    fds.push_back(std::move(*fd));
  }
  if (rings_.empty()) return fail(Errc::not_found, "none of the CPUs is online");
  if (const Status mapped = map_rings(fds); !mapped) return mapped;
  for (std::size_t i = 0; i < rings_.size(); ++i) {
    if (const Status kept = keep_task_event(rings_[i], tid, std::move(fds[i])); !kept) return kept;
  }
  return {};
}

Status TracedEvents::keep_task_event(const CpuRing& ring, Tid tid, UniqueFd fd) {
  const auto index = static_cast<std::uint32_t>(plan_.events.size());
  const Status noted = note_opened(index, ring.cpu, tid, fd.get());
  task_fds_.push_back(std::move(fd));
  return noted;
}

Result<TracedEvents::SharedSet> TracedEvents::open_samples(Tid tid, bool enabled) {
  auto set = std::make_shared<Set>();
  for (CpuRing& ring : rings_) {
    std::vector<int> fds;
    for (std::size_t i = 0; i < plan_.events.size(); ++i) {
      const int group = plan_.events[i].group;
      const bool follower = group >= 0 && static_cast<std::size_t>(group) < i;
      const int group_fd = follower ? fds[static_cast<std::size_t>(group)] : -1;
      // A group is switched by its leader.
      auto fd = open_one(sample_attr(i, enabled || follower), plan_.events[i].name, tid, ring, group_fd);
      if (!fd) return fail(fd.error());
      fds.push_back(fd->get());
      if (!fd->valid()) continue;
      if (const Status added = add_to_ring(ring, fd->get()); !added) return fail(added.error());
      const Status noted = note_opened(static_cast<std::uint32_t>(i), ring.cpu, tid, fd->get());
      if (!noted) return fail(noted.error());
      set->fds.push_back(std::move(*fd));
    }
  }
  return set;
}

void TracedEvents::enable(const Set& set) {
  for (const UniqueFd& fd : set.fds) ::ioctl(fd.get(), abi::PERF_EVENT_IOC_ENABLE, 0);
}

void TracedEvents::disable(const Set& set) {
  for (const UniqueFd& fd : set.fds) ::ioctl(fd.get(), abi::PERF_EVENT_IOC_DISABLE, 0);
}

void TracedEvents::disable_task_events() const {
  for (const UniqueFd& fd : task_fds_) ::ioctl(fd.get(), abi::PERF_EVENT_IOC_DISABLE, 0);
}

std::vector<TracedEvents::Opened> TracedEvents::take_opened() { return std::exchange(opened_, {}); }

}  // namespace simdprof
