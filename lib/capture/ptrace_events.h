#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "lib/base/fd.h"
#include "lib/base/result.h"
#include "lib/capture/plan.h"
#include "lib/capture/ring.h"

namespace simdprof {

/// Events of the ptrace source: for each CPU one ring, and into it the events of any number of threads.
///
/// An event belongs to one thread and one CPU and is inherited: threads and processes that the thread makes have it
/// from their first instruction, without a descriptor of their own, and (other than an inherited event of all CPUs) it
/// may write to a ring. The events of the plan send SIGTRAP (the first) and end with an exec, which the kernel demands
/// of such events; one more, which only reports mappings, names and tasks, lives on and sees the exec itself.
class TracedEvents {
 public:
  /// Open events of one thread. Closing them ends the inherited ones too, so whoever inherits them shares this.
  struct Set {
    std::vector<UniqueFd> fds;
  };
  using SharedSet = std::shared_ptr<const Set>;

  struct Opened {
    std::uint32_t event = 0;  ///< index in CapturePlan::events; one past the last: the task event
    std::int32_t cpu = 0;
    Tid tid = 0;
    std::uint64_t id = 0;
  };

  struct CpuRing {
    std::int32_t cpu = 0;
    Ring ring;
  };

  /// @param inherit  threads and processes made later are recorded too
  TracedEvents(const CapturePlan& plan, bool inherit);

  /// The event that reports mappings, names and tasks, on every CPU; makes the rings. It stays open for good.
  Status open_task_event(Tid tid);
  /// The events of the plan, on every CPU.
  /// @return not_found when the thread is gone
  Result<SharedSet> open_samples(Tid tid, bool enabled);

  static void enable(const Set& set);
  static void disable(const Set& set);
  /// The task events, which belong to no set.
  void disable_task_events() const;

  [[nodiscard]] std::span<CpuRing> rings() { return rings_; }
  /// Whether samples with this id make a stop. From any thread.
  [[nodiscard]] bool makes_stops(std::uint64_t id) const;
  /// What was opened since the last call, for the records that map ids to events.
  std::vector<Opened> take_opened();
  /// Attribute of the task event.
  [[nodiscard]] const abi::EventAttr& task_attr() const { return task_attr_; }

 private:
  Result<UniqueFd> open_one(const abi::EventAttr& attr, std::string_view name, Tid tid, const CpuRing& ring,
                            int group_fd);
  Status make_rings(Tid tid);
  Status keep_task_event(const CpuRing& ring, Tid tid, UniqueFd fd);
  Status map_rings(const std::vector<UniqueFd>& fds);
  static Status add_to_ring(const CpuRing& ring, int fd);
  Status note_opened(std::uint32_t event, std::int32_t cpu, Tid tid, int fd);
  [[nodiscard]] abi::EventAttr sample_attr(std::size_t event, bool enabled) const;

  const CapturePlan& plan_;
  bool inherit_;
  bool counts_lost_ = true;  ///< PERF_FORMAT_LOST is known (Linux 6.0)
  bool every_id_stops_;
  abi::EventAttr task_attr_;
  std::size_t ring_pages_;
  std::vector<CpuRing> rings_;
  std::vector<UniqueFd> task_fds_;  ///< the first of each CPU owns its ring
  mutable std::mutex stop_ids_mutex_;
  std::unordered_set<std::uint64_t> stop_ids_;
  std::vector<Opened> opened_;
};

}  // namespace simdprof
