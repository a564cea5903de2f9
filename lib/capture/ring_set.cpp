#include "lib/capture/ring_set.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <optional>

#include "lib/capture/event_open.h"
#include "lib/capture/open_error.h"

namespace simdprof {
namespace {

// Many threads times many CPUs pass the usual soft limit of 1024 descriptors.
bool raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == limit.rlim_max) return false;
  limit.rlim_cur = limit.rlim_max;
  return ::setrlimit(RLIMIT_NOFILE, &limit) == 0;
}

bool task_ended(int event_fd) {
  pollfd poll_one{event_fd, POLLIN, 0};
  return ::poll(&poll_one, 1, 0) == 1 && (poll_one.revents & POLLHUP) != 0;
}

}  // namespace

// Opens the events of one recording, adapting to what this kernel and user may do.
struct RingSet::Opener {
  const CapturePlan& plan;
  bool enable_on_exec;
  RingSet& set;
  std::size_t ring_pages;

  [[nodiscard]] abi::EventAttr attr_for(const EventPlan& event, bool follower) const {
    abi::EventAttr attr = event.attr;
    const auto page_bytes = static_cast<std::uint32_t>(::sysconf(_SC_PAGESIZE));
    if (!set.counts_lost_) attr.read_format &= ~std::uint64_t{abi::PERF_FORMAT_LOST};
    attr.flags |= abi::kAttrWatermark;
    attr.wakeup_events_or_watermark = static_cast<std::uint32_t>(ring_pages) * page_bytes / 4;
    if (follower) return attr;
    attr.flags |= abi::kAttrDisabled;
    if (enable_on_exec) attr.flags |= abi::kAttrEnableOnExec;
    return attr;
  }

  OpenedEvent open_one(const EventPlan& event, Tid tid, std::int32_t cpu, int group_fd) const {
    OpenedEvent opened = open_event(attr_for(event, group_fd >= 0), tid, cpu, group_fd);
    if (opened.error_number == EMFILE && raise_descriptor_limit()) {
      opened = open_event(attr_for(event, group_fd >= 0), tid, cpu, group_fd);
    }
    if (opened.error_number == EINVAL && set.counts_lost_) {
      set.counts_lost_ = false;  // PERF_FORMAT_LOST came with Linux 6.0
      opened = open_event(attr_for(event, group_fd >= 0), tid, cpu, group_fd);
      if (opened.error_number != 0) set.counts_lost_ = true;
    }
    return opened;
  }

  [[nodiscard]] Result<Ring> map_ring(int fd) const {
    auto ring = Ring::map(fd, ring_pages);
    const bool over_limit = !ring && ring.error().code == Errc::permission;
    if (!over_limit) return ring;
    return fail(Errc::limit, "no room for rings: raise kernel.perf_event_mlock_kb or ulimit -l");
  }

  Status attach(CpuRing& ring, Member member) {
    if (ring.members.empty()) {
      auto mapped = map_ring(member.fd.get());
      if (!mapped) return fail(mapped.error());
      ring.ring = std::move(*mapped);
    } else if (::ioctl(member.fd.get(), abi::PERF_EVENT_IOC_SET_OUTPUT, ring.ring.fd()) != 0) {
      return fail_errno(errno, "cannot share a ring between events");
    }
    const auto id = load_event_id(member.fd.get());
    if (!id) return fail(id.error());
    member.id = *id;
    ring.members.push_back(std::move(member));
    return {};
  }

  // All events for one task on one CPU. @return whether the task and the CPU are there
  Result<bool> open_task(CpuRing& ring, Tid tid) {
    std::vector<int> fds;
    for (std::size_t i = 0; i < plan.events.size(); ++i) {
      const EventPlan& event = plan.events[i];
      const bool follower = event.group >= 0 && static_cast<std::size_t>(event.group) != i;
      const int group_fd = follower ? fds[static_cast<std::size_t>(event.group)] : -1;
      OpenedEvent opened = open_one(event, tid, ring.cpu, group_fd);
      const bool gone = opened.error_number == ESRCH || opened.error_number == ENODEV;
      if (gone && i == 0) return false;
      if (opened.error_number != 0) {
        return fail(open_error(opened, event.attr, fmt::format("cannot open event {}", event.name)));
      }
      fds.push_back(opened.fd.get());
      Member member{std::move(opened.fd), static_cast<std::uint32_t>(i), tid, 0, follower};
      if (const Status status = attach(ring, std::move(member)); !status) return fail(status.error());
    }
    return true;
  }
};

Result<RingSet> RingSet::open_with(const CapturePlan& plan, std::span<const Tid> tasks,
                                   std::span<const std::int32_t> cpus, bool enable_on_exec, std::size_t ring_pages) {
  RingSet set;
  Opener opener{plan, enable_on_exec, set, ring_pages};
  for (const std::int32_t cpu : cpus) {
    CpuRing ring{cpu, Ring::none(), {}, 0, 0};
    for (const Tid tid : tasks) {
      const auto there = opener.open_task(ring, tid);
      if (!there) return fail(there.error());
    }
    if (!ring.members.empty()) set.rings_.push_back(std::move(ring));
  }
  if (set.rings_.empty()) {
    return fail(Errc::not_found, tasks.size() == 1 && tasks[0] > 0 ? fmt::format("no process or thread {}", tasks[0])
                                                                   : "none of the tasks or CPUs is there");
  }
  return set;
}

Result<RingSet> RingSet::open(const CapturePlan& plan, std::span<const Tid> tasks, std::span<const std::int32_t> cpus,
                              bool enable_on_exec) {
  // What may be locked in memory is counted over all rings: the last must find as much room as the first.
  for (std::size_t pages = plan.ring_pages;; pages /= 2) {
    auto set = open_with(plan, tasks, cpus, enable_on_exec, pages);
    const bool over_limit = !set && set.error().code == Errc::limit;
    if (over_limit && pages > 1) continue;
    if (set && pages != plan.ring_pages) Ring::note_smaller(pages, plan.ring_pages);
    return set;
  }
}

void RingSet::enable() const {
  for (const CpuRing& ring : rings_) {
    for (const Member& member : ring.members) {
      if (!member.group_follower) ::ioctl(member.fd.get(), abi::PERF_EVENT_IOC_ENABLE, 0);
    }
  }
}

void RingSet::disable() const {
  for (const CpuRing& ring : rings_) {
    for (const Member& member : ring.members) ::ioctl(member.fd.get(), abi::PERF_EVENT_IOC_DISABLE, 0);
  }
}

std::uint64_t RingSet::load_lost(const CpuRing& ring) const {
  if (!counts_lost_) return 0;
  std::uint64_t lost = 0;
  for (const Member& member : ring.members) {
    std::array<std::uint64_t, 5> words{};  // value, time enabled, time running, id, lost
    const ssize_t got = ::read(member.fd.get(), words.data(), sizeof(words));
    if (got == static_cast<ssize_t>(sizeof(words))) lost += words[4];
  }
  return lost;
}

bool RingSet::all_tasks_ended() const {
  // A task's events end together on all CPUs, so one ring tells.
  for (const Member& member : rings_.front().members) {
    if (!task_ended(member.fd.get())) return false;
  }
  return true;
}

}  // namespace simdprof
