#pragma once

#include <string>
#include <utility>
#include <vector>

#include "tests/decoders/validity/stage_input.h"

namespace simdprof::test {

/// A machine of four CPUs that runs threads of several programs and is sampled as a correct kernel does it: the user
/// set is always the thread's own, the interrupt set is what stands in the CPU's registers. Defects are planted by hand
/// between its steps.
///
/// - Registers of a thread change between most of its hits; at times it clears them (vzeroall) or fills them with one
///   byte (memset).
/// - The live registers of a CPU are those of the thread that last ran in user mode there, until the thread at hand
///   goes back to user mode; in a kernel FPU section they are the kernel's.
/// - Kernel hits come from an NMI or a timer, precise or not. Kernel threads have no user set.
/// - Two forked workers of one program have the same data at all times.
class SyntheticMachine {
 public:
  static constexpr std::uint32_t kCpus = 4;

  explicit SyntheticMachine(std::uint64_t seed) : numbers_(seed) {
    for (Pid pid = 1000; pid < 1006; ++pid) {
      run_.process(pid, "/usr/bin/program" + std::to_string(pid));
      add_thread(pid, pid);
      add_thread(pid, pid * 10);
    }
    ForkRecord fork;
    fork.parent_pid = fork.parent_tid = 1005;
    fork.pid = fork.tid = 1006;
    run_.record(fork);
    add_thread(1006, 1006);
    twin_ = threads_.size() - 1;
    cpus_.resize(kCpus);
  }

  /// One or two samples of a correct kernel.
  void step() {
    const auto cpu = static_cast<std::uint32_t>(numbers_.below(kCpus));
    if (numbers_.below(20) == 0) return kernel_thread_hit(cpu);
    if (numbers_.below(4) == 0) cpus_[cpu].thread = numbers_.below(threads_.size());
    const std::size_t index = cpus_[cpu].thread;
    change(index);
    if (numbers_.below(3) != 0) {
      hit_user(cpu, index);
    } else {
      hit_kernel(cpu, index);
    }
  }

  /// A thread of one program in user mode on `cpu`, with rich registers. Gives its index.
  std::size_t settle(std::uint32_t cpu, std::size_t index) {
    threads_[index].lanes = rich_lanes(numbers_.next());
    hit_user(cpu, index);
    return index;
  }

  // Planted defects. Each gives the number of the wrong sample.

  /// D1: a kernel hit repeats the block of another program's thread on that CPU.
  std::uint64_t plant_stale_pointer() {
    const std::size_t other = settle(1, 0), mine = settle(1, 2);
    Hit wrong = kernel_of(1, mine);
    wrong.user = threads_[other].lanes;
    wrong.intr = threads_[mine].lanes;
    return run_.hit(wrong);
  }
  /// D2 and D7: memory that is no register image: kernel stack and heap.
  std::uint64_t plant_foreign_memory(bool user_mode) {
    const std::size_t mine = settle(2, 4);
    Lanes garbage = rich_lanes(numbers_.next());
    for (std::size_t i = 0; i < 6; ++i)
      garbage[2 * i][i % 2] = 0xffff888000000000 + (numbers_.next() >> 28U) + 0x100000;
    Hit wrong = user_mode ? user_of(2, mine) : kernel_of(2, mine);
    wrong.user = garbage;
    wrong.intr = garbage;
    return run_.hit(wrong);
  }
  /// D3: the user set of a precise kernel hit is not read at all.
  std::uint64_t plant_suppressed_read() {
    const std::size_t mine = settle(3, 6);
    Hit wrong = kernel_of(3, mine);
    wrong.exact = true;
    wrong.user = kZeroLanes;
    wrong.intr = threads_[mine].lanes;
    const auto number = run_.hit(wrong);
    settle(3, mine);
    return number;
  }
  /// D4: in a kernel FPU section the user set is the interrupt set.
  std::uint64_t plant_shared_set() {
    const std::size_t mine = settle(0, 8);
    Hit wrong = kernel_of(0, mine);
    wrong.symbol = "aesni_ctr_enc";
    wrong.user = wrong.intr = rich_lanes(numbers_.next());
    return run_.hit(wrong);
  }
  /// D5: what stands in the registers in the kernel is no coherent image.
  std::uint64_t plant_incoherent_registers() {
    const std::size_t mine = settle(0, 8);
    Hit wrong = kernel_of(0, mine);
    wrong.intr = rich_lanes(numbers_.next());
    return run_.hit(wrong);
  }
  /// D6: the image that was saved one time before.
  std::uint64_t plant_stale_image() {
    const std::size_t mine = settle(1, 10);
    const Lanes before = threads_[mine].lanes;
    settle(1, mine);
    Hit wrong = kernel_of(1, mine);
    wrong.user = before;
    wrong.intr = threads_[mine].lanes;
    return run_.hit(wrong);
  }
  /// D8: an event of user mode alone shows the kernel.
  std::uint64_t plant_skid_leak() {
    const std::size_t mine = settle(1, 10);
    Hit wrong = kernel_of(1, mine);
    wrong.attr_flags = abi::kAttrExcludeKernel;
    return run_.hit(wrong);
  }

  void finish() { run_.finish(); }
  [[nodiscard]] const StageRun& run() const { return run_; }

 private:
  static constexpr std::size_t kNone = ~std::size_t{0};

  struct Thread {
    Pid pid = 0;
    Tid tid = 0;
    Lanes lanes{};
  };
  struct Cpu {
    std::size_t thread = 0;
    std::size_t live_thread = kNone;  ///< whose values of now `live` are
    Lanes live{};
  };

  void add_thread(Pid pid, Tid tid) { threads_.push_back({pid, tid, rich_lanes(static_cast<std::uint64_t>(tid))}); }

  void change(std::size_t index) {
    Lanes& lanes = threads_[index].lanes;
    switch (numbers_.below(10)) {
      case 0: lanes = kZeroLanes; break;
      case 1: lanes = same_lanes(0x0101010101010101 * numbers_.below(256)); break;
      case 2: break;  // a loop that keeps its registers
      case 3: lanes[0] = rich_lanes(numbers_.next())[0]; break;
      default: lanes = rich_lanes(numbers_.next()); break;
    }
    // The forked workers do the same.
    if (threads_[index].pid == 1005) threads_[twin_].lanes = lanes;
  }

  Hit user_of(std::uint32_t cpu, std::size_t index) const {
    Hit hit = user_hit(threads_[index].lanes, threads_[index].tid);
    hit.pid = threads_[index].pid;
    hit.cpu = cpu;
    return hit;
  }
  Hit kernel_of(std::uint32_t cpu, std::size_t index) const {
    Hit hit = kernel_hit(threads_[index].lanes, cpus_[cpu].live, threads_[index].tid);
    hit.pid = threads_[index].pid;
    hit.cpu = cpu;
    return hit;
  }
  void run_in_user_mode(std::uint32_t cpu, std::size_t index) {
    for (Cpu& other : cpus_) {
      if (other.live_thread == index) other.live_thread = kNone;  // it left that CPU with old values
    }
    cpus_[cpu].live_thread = index;
    cpus_[cpu].live = threads_[index].lanes;
  }
  void hit_user(std::uint32_t cpu, std::size_t index) {
    cpus_[cpu].thread = index;
    run_in_user_mode(cpu, index);
    run_.hit(user_of(cpu, index));
  }
  void hit_kernel(std::uint32_t cpu, std::size_t index) {
    // Either the thread was in user mode here before, or it was switched in and has not gone back yet.
    if (cpus_[cpu].live_thread == index || numbers_.below(2) == 0) run_in_user_mode(cpu, index);
    Hit hit = kernel_of(cpu, index);
    hit.exact = numbers_.below(2) == 0;
    if (numbers_.below(2) == 0) hit.user_bx = ~std::uint64_t{0};  // an NMI
    if (numbers_.below(3) == 0) {
      static const std::vector<std::string> kSimd = {"aesni_cbc_enc", "chacha_4block_xor_avx2", "sha256_ni_transform"};
      hit.symbol = kSimd[numbers_.below(kSimd.size())];
      hit.intr = rich_lanes(numbers_.next());
    }
    run_.hit(hit);
  }
  void kernel_thread_hit(std::uint32_t cpu) {
    Hit hit = kernel_hit(kZeroLanes, cpus_[cpu].live, 12);
    hit.cpu = cpu;
    hit.symbol = "process_one_work";
    hit.user_abi = abi::PERF_SAMPLE_REGS_ABI_NONE;
    run_.hit(hit);
  }

  Numbers numbers_;
  StageRun run_;
  std::vector<Thread> threads_;
  std::vector<Cpu> cpus_;
  std::size_t twin_ = 0;
};

}  // namespace simdprof::test
