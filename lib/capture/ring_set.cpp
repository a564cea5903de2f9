#include "lib/capture/ring_set.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
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

bool follows_cpu(const EventPlan& event) { return event.role == EventRole::text_poke; }

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
  Sizes sizes;

  [[nodiscard]] abi::EventAttr attr_for(const EventPlan& event, bool follower) const {
    abi::EventAttr attr = event.attr;
    const auto page_bytes = static_cast<std::uint32_t>(::sysconf(_SC_PAGESIZE));
    if (!set.counts_lost_) attr.read_format &= ~std::uint64_t{abi::PERF_FORMAT_LOST};
    attr.flags |= abi::kAttrWatermark;
    attr.wakeup_events_or_watermark = static_cast<std::uint32_t>(sizes.ring_pages) * page_bytes / 4;
    if (follower) return attr;
    // No exec enables what follows a CPU, and it has nothing to do but to report.
    if (follows_cpu(event) && enable_on_exec) return attr;
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
    auto ring = Ring::map(fd, sizes.ring_pages);
    const bool over_limit = !ring && ring.error().code == Errc::permission;
    if (!over_limit) return ring;
    return fail(Errc::limit, "no room for rings: raise kernel.perf_event_mlock_kb or ulimit -l");
  }

  // The first event with an AUX area maps it; those of other tasks on the CPU write to it too.
  [[nodiscard]] Status map_aux(CpuRing& ring, int fd) const {
    const auto mode = plan.aux.use == AuxUse::full_trace ? AuxRing::Mode::full_trace : AuxRing::Mode::overwrite;
    auto mapped = AuxRing::map(fd, ring.ring, sizes.aux_pages, mode);
    if (!mapped && mapped.error().code == Errc::limit) {
      return fail(Errc::limit, fmt::format("{}: give less with -m ,SIZE, or raise kernel.perf_event_mlock_kb or "
                                           "ulimit -l",
                                           mapped.error().fact));
    }
    if (!mapped) return fail(mapped.error());
    ring.aux = std::move(*mapped);
    return {};
  }

  static Status filter_error(int error_number, const EventPlan& event, bool whole_cpus) {
    const std::string refused = fmt::format("--filter: the kernel does not take '{}' for {}", event.filter, event.name);
    switch (error_number) {
      case EINVAL:
        return fail(Errc::usage, refused + "; examples: 'filter 0x1000/0x200@/bin/app', 'start 0x1000@/bin/app'");
      case EOPNOTSUPP:
        if (whole_cpus && event.filter.find('@') != std::string::npos) {
          return fail(Errc::usage, refused + ": filters with a file are for commands, -p and -t, not for whole CPUs");
        }
        return fail(Errc::unsupported, refused + ": the PMU has no such filters, or fewer than these");
      case ENOENT: return fail(Errc::not_found, refused + ": there is no such file");
      default: return fail_errno(error_number, refused);
    }
  }

  static Status set_filter(const Member& member, const EventPlan& event) {
    if (event.filter.empty()) return {};
    if (::ioctl(member.fd.get(), abi::PERF_EVENT_IOC_SET_FILTER, event.filter.c_str()) == 0) return {};
    return filter_error(errno, event, member.tid < 0);
  }

  Status attach(CpuRing& ring, Member member) {
    const EventPlan& event = plan.events[member.event];
    if (ring.members.empty()) {
      auto mapped = map_ring(member.fd.get());
      if (!mapped) return fail(mapped.error());
      ring.ring = std::move(*mapped);
    } else if (::ioctl(member.fd.get(), abi::PERF_EVENT_IOC_SET_OUTPUT, ring.ring.fd()) != 0) {
      return fail_errno(errno, "cannot share a ring between events");
    }
    if (member.aux && !ring.aux.valid()) {
      if (const Status mapped = map_aux(ring, member.fd.get()); !mapped) return mapped;
    }
    if (const Status filtered = set_filter(member, event); !filtered) return filtered;
    const auto id = load_event_id(member.fd.get());
    if (!id) return fail(id.error());
    member.id = *id;
    ring.members.push_back(std::move(member));
    return {};
  }

  [[nodiscard]] bool wanted(const EventPlan& event, const CpuRing& ring, bool first_task) const {
    if (event.role == EventRole::snapshot_point) return false;
    if (follows_cpu(event)) return first_task && ring.cpu >= 0;
    return event.cpus.empty() || ring.cpu < 0 ||
           std::find(event.cpus.begin(), event.cpus.end(), ring.cpu) != event.cpus.end();
  }

  static bool nothing_open(const std::vector<int>& fds) {
    return std::all_of(fds.begin(), fds.end(), [](int fd) { return fd < 0; });
  }

  // All events for one task on one CPU. @return whether the task and the CPU are there
  Result<bool> open_task(CpuRing& ring, Tid tid, bool first_task) {
    std::vector<int> fds(plan.events.size(), -1);
    for (std::size_t i = 0; i < plan.events.size(); ++i) {
      const EventPlan& event = plan.events[i];
      if (!wanted(event, ring, first_task)) continue;
      const bool follower = event.group >= 0 && static_cast<std::size_t>(event.group) != i;
      const int group_fd = follower ? fds[static_cast<std::size_t>(event.group)] : -1;
      OpenedEvent opened = open_one(event, follows_cpu(event) ? -1 : tid, ring.cpu, group_fd);
      const bool gone = opened.error_number == ESRCH || opened.error_number == ENODEV;
      if (gone && nothing_open(fds)) return false;
      if (opened.error_number != 0) {
        return fail(open_error(opened, event.attr, fmt::format("cannot open event {}", event.name)));
      }
      fds[i] = opened.fd.get();
      Member member{std::move(opened.fd), static_cast<std::uint32_t>(i), follows_cpu(event) ? -1 : tid, 0,
                    group_fd >= 0,        event.role == EventRole::aux};
      if (const Status status = attach(ring, std::move(member)); !status) return fail(status.error());
    }
    return true;
  }
};

Result<RingSet> RingSet::open_with(const CapturePlan& plan, std::span<const Tid> tasks,
                                   std::span<const std::int32_t> cpus, bool enable_on_exec, Sizes sizes) {
  RingSet set;
  Opener opener{plan, enable_on_exec, set, sizes};
  const std::size_t rings = plan.per_thread ? tasks.size() : cpus.size();
  for (std::size_t i = 0; i < rings; ++i) {
    CpuRing ring;
    ring.cpu = plan.per_thread ? -1 : cpus[i];
    if (plan.per_thread) ring.tid = tasks[i];
    const auto ring_tasks = plan.per_thread ? tasks.subspan(i, 1) : tasks;
    for (const Tid tid : ring_tasks) {
      const auto there = opener.open_task(ring, tid, ring.members.empty());
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
  constexpr std::size_t kLeastAuxPages = 16;
  for (Sizes sizes{plan.ring_pages, plan.aux.pages};;) {
    auto set = open_with(plan, tasks, cpus, enable_on_exec, sizes);
    const bool over_limit = !set && set.error().code == Errc::limit;
    const bool smaller_aux = sizes.aux_pages > kLeastAuxPages && !plan.aux.pages_given;
    if (over_limit && smaller_aux) {
      sizes.aux_pages /= 2;
      continue;
    }
    if (over_limit && sizes.ring_pages > 1) {
      sizes.ring_pages /= 2;
      continue;
    }
    if (set && sizes.ring_pages != plan.ring_pages) Ring::note_smaller(sizes.ring_pages, plan.ring_pages);
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

void RingSet::enable_aux(const CpuRing& ring) {
  for (const Member& member : ring.members) {
    if (member.aux) ::ioctl(member.fd.get(), abi::PERF_EVENT_IOC_ENABLE, 0);
  }
}

void RingSet::disable_aux(const CpuRing& ring) {
  for (const Member& member : ring.members) {
    if (member.aux) ::ioctl(member.fd.get(), abi::PERF_EVENT_IOC_DISABLE, 0);
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
  // A task's events end together on all CPUs, so one ring tells, unless each task has one.
  const auto told_by = rings_.front().cpu < 0 ? rings() : rings().first(1);
  return std::all_of(told_by.begin(), told_by.end(), [](const CpuRing& ring) {
    return std::all_of(ring.members.begin(), ring.members.end(),
                       [](const Member& member) { return member.tid < 0 || task_ended(member.fd.get()); });
  });
}

}  // namespace simdprof
