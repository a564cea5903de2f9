#include "lib/symbols/address_spaces.h"

#include <fmt/format.h>

#include <deque>
#include <optional>
#include <string>
#include <unordered_map>
#include <variant>

#include "lib/symbols/interned_text.h"
#include "lib/symbols/map_table.h"

namespace simdprof {
namespace {

// The kernel may sample a task once more after its EXIT record, so names and mappings outlive it; this many ended
// processes, and ended threads, are kept.
constexpr std::size_t kEndedKept = 1024;
constexpr std::uint16_t kKsymbolUnregister = 1;  // PERF_RECORD_KSYMBOL_FLAGS_UNREGISTER

std::string hex_of(std::span<const std::byte> bytes) {
  std::string text;
  for (const std::byte byte : bytes) text += fmt::format("{:02x}", std::to_integer<unsigned>(byte));
  return text;
}

/// [start, start + length), cut at the end of the address space.
VirtAddr end_of(VirtAddr start, std::uint64_t length) {
  const VirtAddr end = start + length;
  return end < start ? ~VirtAddr{0} : end;
}

}  // namespace

struct AddressSpaces::State {
  /// Shared between a process and its children until one of them changes it.
  struct Space {
    MapTable maps;
    std::uint64_t generation = 0;
  };
  struct Process {
    std::shared_ptr<Space> space;
    std::size_t threads = 0;  ///< threads that were told and have not ended
  };
  struct Thread {
    Pid pid = 0;
    std::string_view comm;
    bool ended = false;
  };

  InternedText text;
  std::unordered_map<Pid, Process> processes;
  std::unordered_map<Tid, Thread> threads;
  std::deque<Pid> ended_processes;  ///< without live threads, oldest first
  std::deque<Tid> ended_threads;    ///< oldest first
  MapTable kernel;
  std::optional<Mapping> kernel_image;
  std::unordered_map<std::string_view, std::string_view> build_ids;  ///< by path
  std::uint64_t last_generation = 0;

  /// The space of `pid` for a change: made, copied from a shared one, or as it is; with a new generation.
  MapTable& writable(Pid pid) {
    std::shared_ptr<Space>& space = processes[pid].space;
    if (!space) {
      space = std::make_shared<Space>();
    } else if (space.use_count() > 1) {
      space = std::make_shared<Space>(*space);
    }
    space->generation = ++last_generation;
    return space->maps;
  }

  Thread& live_thread(Pid pid, Tid tid) {
    const auto [place, is_new] = threads.try_emplace(tid);
    Thread& thread = place->second;
    if (is_new || thread.ended || thread.pid != pid) {
      if (!is_new && !thread.ended) leave(thread);
      if (!is_new) thread.comm = {};  // the id was reused
      thread.pid = pid;
      thread.ended = false;
      ++processes[pid].threads;
    }
    return thread;
  }

  void leave(Thread& thread) {
    thread.ended = true;
    const auto process = processes.find(thread.pid);
    if (process == processes.end() || process->second.threads == 0) return;
    if (--process->second.threads == 0) ended_processes.push_back(thread.pid);
  }

  void forget_oldest() {
    while (ended_processes.size() > kEndedKept) {
      const auto process = processes.find(ended_processes.front());
      if (process != processes.end() && process->second.threads == 0) processes.erase(process);
      ended_processes.pop_front();
    }
    while (ended_threads.size() > kEndedKept) {
      const auto thread = threads.find(ended_threads.front());
      if (thread != threads.end() && thread->second.ended) threads.erase(thread);
      ended_threads.pop_front();
    }
  }

  Mapping mapping_of(const MmapRecord& record) {
    Mapping mapping;
    mapping.start = record.start;
    mapping.end = end_of(record.start, record.length);
    mapping.file_offset = record.file_offset;
    mapping.path = text.intern(record.path);
    mapping.inode = record.inode;
    mapping.data = record.data;
    if (!record.build_id.empty()) {
      mapping.build_id = text.intern(hex_of(record.build_id));
    } else if (const auto known = build_ids.find(mapping.path); known != build_ids.end()) {
      mapping.build_id = known->second;
    }
    return mapping;
  }

  void apply(const MmapRecord& record) {
    const Mapping mapping = mapping_of(record);
    if (record.kernel) {
      kernel.insert(mapping);
      if (mapping.path.starts_with("[kernel.kallsyms]")) kernel_image = mapping;
    } else {
      writable(record.pid).insert(mapping);
    }
  }

  void apply(const CommRecord& record) {
    live_thread(record.pid, record.tid).comm = text.intern(record.comm);
    // exec: the old program's mappings are gone; those of the new one follow this record.
    if (record.exec) processes[record.pid].space.reset();
  }

  void apply(const ForkRecord& record) {
    const auto parent_thread = threads.find(record.parent_tid);
    const std::string_view comm = parent_thread == threads.end() ? std::string_view{} : parent_thread->second.comm;
    Thread& child = live_thread(record.pid, record.tid);
    child.comm = comm;
    if (record.pid == record.parent_pid) return;  // a new thread: same mappings
    const auto parent = processes.find(record.parent_pid);
    std::shared_ptr<Space> inherited = parent == processes.end() ? nullptr : parent->second.space;
    processes[record.pid].space = std::move(inherited);
  }

  void apply(const ExitRecord& record) {
    const auto thread = threads.find(record.tid);
    if (thread == threads.end() || thread->second.ended) return;
    leave(thread->second);
    ended_threads.push_back(record.tid);
    forget_oldest();
  }

  void apply(const KsymbolRecord& record) {
    const VirtAddr end = end_of(record.address, record.length);
    if ((record.flags & kKsymbolUnregister) != 0) {
      kernel.erase(record.address, end);
      return;
    }
    Mapping mapping;
    mapping.start = record.address;
    mapping.end = end;
    mapping.path = text.intern(record.name);
    mapping.kernel_symbol = true;
    kernel.insert(mapping);
  }

  void apply(const BuildIdRecord& record) {
    if (!record.id.empty()) build_ids[text.intern(record.path)] = text.intern(hex_of(record.id));
  }

  template <class Other>
  void apply(const Other& /*record*/) {}

  [[nodiscard]] const Space* space_of(Pid pid) const {
    const auto process = processes.find(pid);
    return process == processes.end() ? nullptr : process->second.space.get();
  }
};

AddressSpaces::AddressSpaces() : state_(std::make_unique<State>()) {}
AddressSpaces::AddressSpaces(AddressSpaces&&) noexcept = default;
AddressSpaces& AddressSpaces::operator=(AddressSpaces&&) noexcept = default;
AddressSpaces::~AddressSpaces() = default;

void AddressSpaces::observe(const Record& record) {
  // Mappings of a guest's kernel, which the kernel tool writes, are of addresses of another machine.
  const unsigned mode = record.misc & abi::PERF_RECORD_MISC_CPUMODE_MASK;
  const bool is_guest = mode == abi::PERF_RECORD_MISC_GUEST_KERNEL || mode == abi::PERF_RECORD_MISC_GUEST_USER;
  if (is_guest && std::holds_alternative<MmapRecord>(record.body)) return;
  std::visit([this](const auto& body) { state_->apply(body); }, record.body);
}

const Mapping* AddressSpaces::find(Pid pid, VirtAddr address) const {
  const State::Space* space = state_->space_of(pid);
  return space == nullptr ? nullptr : space->maps.find(address);
}

const Mapping* AddressSpaces::find_kernel(VirtAddr address) const { return state_->kernel.find(address); }

const Mapping* AddressSpaces::kernel_image() const { return state_->kernel_image ? &*state_->kernel_image : nullptr; }

std::string_view AddressSpaces::comm(Pid pid, Tid tid) const {
  const auto thread = state_->threads.find(tid);
  if (thread != state_->threads.end() && thread->second.pid == pid && !thread->second.comm.empty()) {
    return thread->second.comm;
  }
  if (tid == 0) return "swapper";  // the idle tasks are never announced
  return state_->text.intern(fmt::format(":{}", tid));
}

std::span<const Mapping> AddressSpaces::mappings(Pid pid) const {
  const State::Space* space = state_->space_of(pid);
  return space == nullptr ? std::span<const Mapping>{} : space->maps.all();
}

std::uint64_t AddressSpaces::generation(Pid pid) const {
  const State::Space* space = state_->space_of(pid);
  return space == nullptr ? 0 : space->generation;
}

}  // namespace simdprof
