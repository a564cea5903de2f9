#include "decoders/validity/validity_stage.h"

#include <variant>

#include "decoders/validity/neighbour_rules.h"
#include "decoders/validity/rule_table.h"
#include "decoders/validity/section_rules.h"
#include "decoders/validity/thread_rules.h"

namespace simdprof {
namespace {

constexpr std::size_t kMaxEvents = 65536;

/// Whether any rule has something to look at.
bool worth_checking(const SampleToCheck& input) {
  constexpr std::uint64_t kLookedAt =
      abi::PERF_SAMPLE_REGS_USER | abi::PERF_SAMPLE_REGS_INTR | abi::PERF_SAMPLE_CALLCHAIN;
  return input.sample.has(kLookedAt) || !input.attr.samples_kernel();
}

void fill_ref(const SampleToCheck& input, std::uint64_t number, SampleRef& ref) {
  const Sample& sample = input.sample;
  ref.number = number;
  ref.event = sample.event;
  ref.has_cpu = sample.has(abi::PERF_SAMPLE_CPU);
  ref.cpu = sample.cpu;
  ref.mode = sample.mode;
  ref.pid = sample.pid;
  ref.tid = sample.tid;
  ref.time_ns = sample.has(abi::PERF_SAMPLE_TIME) ? sample.time_ns : kNoTime;
  ref.ip = sample.ip;
  ref.place = input.place;
}

}  // namespace

struct ValidityStage::State {
  explicit State(abi::Arch recorded) : arch(recorded), history(recorded) {}

  abi::Arch arch;
  RuleHistory history;
  std::uint64_t next_number = 0;
  CheckedSample checked;  ///< of the sample at hand

  void fill(const SampleToCheck& input, std::uint64_t number);
  void remember();
  ThreadHistories::Close closer(FindingSink& sink);
};

void ValidityStage::State::fill(const SampleToCheck& input, std::uint64_t number) {
  checked.sample = &input.sample;
  checked.sets = input.sets;
  checked.attr = &input.attr;
  checked.arch = arch;
  checked.symbol = input.symbol;
  fill_ref(input, number, checked.ref);
  const bool user = input.sets != nullptr && read_by_kernel(input.sets->user);
  const bool intr = input.sets != nullptr && read_by_kernel(input.sets->intr);
  if (user) checked.user = make_vector_block(input.sets->user);
  if (!user && !checked.user.empty()) checked.user = {};
  if (user && intr && input.sample.same_sections) {
    checked.intr = checked.user;
  } else if (intr) {
    checked.intr = make_vector_block(input.sets->intr);
  } else if (!checked.intr.empty()) {
    checked.intr = {};
  }
}

ThreadHistories::Close ValidityStage::State::closer(FindingSink& sink) {
  return [this, &sink](ThreadHistory& thread) {
    close_pending(thread, sink);
    close_thread(thread, history, sink);
  };
}

/// Takes the judged sample into the history of its thread and CPU.
void ValidityStage::State::remember() {
  if (history.thread == nullptr) return;
  if (checked.sets != nullptr && checked.ref.has_cpu) {
    const SampleRef& before = history.thread->last_sample;
    if (before.has_cpu && before.cpu != checked.ref.cpu) history.cpus.release(before.cpu, checked.ref.tid);
    history.cpus.note_thread(checked.ref.cpu, checked.ref.tid, checked.user_mode());
  }
  count_for_thread(checked, *history.thread);
  const bool any_vector =
      (!checked.user.empty() && !checked.user.zero) || (!checked.intr.empty() && !checked.intr.zero);
  const std::uint32_t event = checked.ref.event;
  if (any_vector && event < kMaxEvents) {
    if (event >= history.event_has_vectors.size()) history.event_has_vectors.resize(event + 1);
    history.event_has_vectors[event] = true;
  }
  if (!checked.user.empty()) {
    history.thread->add_block(checked.user, checked.user_mode(), checked.ref.ip);
    if (checked.user_mode()) history.thread->last_user_hit = {checked.ref.time_ns, checked.user.rich};
  }
  if (!checked.ref.has_cpu) return;
  const bool user_mode = checked.user_mode();
  if (checked.sets != nullptr && checked.user.rich && !is_doubted(*history.thread, checked.ref.number)) {
    const VirtAddr user_ip = checked.sets->user.general(abi::ip_register(arch)).value_or(0);
    history.cpus.add(checked.ref.cpu, {checked.user.hash, checked.ref.pid, true, user_mode, user_ip});
  }
  if (checked.intr.rich && checked.intr.hash != checked.user.hash) {
    const VirtAddr user_ip = user_mode ? checked.ref.ip : 0;
    history.cpus.add(checked.ref.cpu, {checked.intr.hash, checked.ref.pid, user_mode, user_mode, user_ip});
  }
}

ValidityStage::ValidityStage(abi::Arch arch) : state_(std::make_unique<State>(arch)) {}
ValidityStage::ValidityStage(ValidityStage&&) noexcept = default;
ValidityStage& ValidityStage::operator=(ValidityStage&&) noexcept = default;
ValidityStage::~ValidityStage() = default;

void ValidityStage::observe(const Record& record, std::vector<Finding>& out) {
  State& state = *state_;
  FindingSink sink{out};
  state.history.programs.observe(record);
  if (const auto* map = std::get_if<MmapRecord>(&record.body)) {
    state.history.ranges.observe(*map);
  } else if (const auto* comm = std::get_if<CommRecord>(&record.body)) {
    ThreadHistory* thread = comm->exec ? state.history.threads.find(comm->tid) : nullptr;
    if (thread == nullptr) return;
    close_pending(*thread, sink);
    thread->blocks.clear();  // of another program
  } else if (const auto* fork = std::get_if<ForkRecord>(&record.body)) {
    for (const Tid tid : {fork->tid, fork->parent_tid}) {
      if (ThreadHistory* thread = state.history.threads.find(tid)) part_from_neighbours(*thread);
    }
  } else if (const auto* exit = std::get_if<ExitRecord>(&record.body)) {
    state.history.threads.remove(exit->tid, state.closer(sink));
  }
}

void ValidityStage::check(const SampleToCheck& input, std::vector<Finding>& out) {
  State& state = *state_;
  const std::uint64_t number = state.next_number++;
  if (!worth_checking(input)) return;
  FindingSink sink{out};
  state.fill(input, number);
  const bool keeps_thread = input.sample.has(abi::PERF_SAMPLE_TID) && !input.sample.guest() &&
                            (input.sample.has(abi::PERF_SAMPLE_REGS_USER) || !state.checked.intr.empty());
  RuleHistory& history = state.history;
  history.thread = keeps_thread ? &history.threads.at(input.sample.tid, number, state.closer(sink)) : nullptr;
  if (history.thread != nullptr) decide_pending(state.checked, *history.thread, sink);
  const bool vectors = !state.checked.user.empty() || !state.checked.intr.empty();
  for (const Rule& rule : rule_table()) {
    if (rule.judge != nullptr && (vectors || !rule.of_vectors)) rule.judge(state.checked, history, sink);
  }
  state.remember();
}

void ValidityStage::count(const SampleToCheck& input, std::vector<Finding>& out) {
  State& state = *state_;
  const std::uint64_t number = state.next_number++;
  if (!input.sample.has(abi::PERF_SAMPLE_REGS_USER)) return;
  note_user_set(input.sample, state.history);
  if (!input.sample.has(abi::PERF_SAMPLE_TID)) return;
  FindingSink sink{out};
  ThreadHistory& thread = state.history.threads.at(input.sample.tid, number, state.closer(sink));
  state.checked.sample = &input.sample;
  fill_ref(input, number, state.checked.ref);
  if (!state.checked.user.empty()) state.checked.user = {};
  if (!state.checked.intr.empty()) state.checked.intr = {};
  count_for_thread(state.checked, thread);
}

bool ValidityStage::is_plain(const Sample& sample, const abi::EventAttr& attr, abi::Arch arch) {
  return !any_section_rule_speaks(sample, attr, arch);
}

void ValidityStage::finish(std::vector<Finding>& out) {
  FindingSink sink{out};
  state_->history.threads.close_all(state_->closer(sink));
  tell_zero_threads(state_->history, sink);
  state_->history.thread = nullptr;
}

std::uint64_t ValidityStage::next_number() const { return state_->next_number; }
std::size_t ValidityStage::kept_threads() const { return state_->history.threads.size(); }

}  // namespace simdprof
