#pragma once

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "decoders/registers/register_stage.h"
#include "decoders/validity/validity_stage.h"
#include "tests/support/bytes.h"

/// Samples written down as what they hold, put through the register and validity stages.
namespace simdprof::test {

/// Low and high word of xmm0..15.
using Lanes = std::array<std::array<std::uint64_t, 2>, 16>;

inline constexpr std::uint64_t kGprAndXmm = abi::kX86GprMask | abi::kX86LegacyXmmMask;

/// The generator of splitmix64: the same numbers everywhere.
class Numbers {
 public:
  explicit Numbers(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() {
    state_ += 0x9e3779b97f4a7c15;
    std::uint64_t word = state_;
    word = (word ^ (word >> 30U)) * 0xbf58476d1ce4e5b9;
    word = (word ^ (word >> 27U)) * 0x94d049bb133111eb;
    return word ^ (word >> 31U);
  }
  std::uint64_t below(std::uint64_t bound) { return next() % bound; }

 private:
  std::uint64_t state_;
};

/// Sixteen registers of unrelated doubles between 1 and 2: rich, and no address of anything.
inline Lanes rich_lanes(std::uint64_t seed) {
  Numbers numbers(seed);
  Lanes lanes;
  for (auto& lane : lanes) {
    for (std::uint64_t& word : lane) word = 0x3ff0000000000000 | (numbers.next() >> 12U);
  }
  return lanes;
}
inline Lanes same_lanes(std::uint64_t word) {
  Lanes lanes;
  lanes.fill({word, word});
  return lanes;
}
inline const Lanes kZeroLanes = same_lanes(0);

struct Hit {
  Pid pid = 100;
  Tid tid = 100;
  std::uint32_t cpu = 0;
  std::uint64_t time_ns = 0;  ///< 0: one millisecond after the hit before
  CpuMode mode = CpuMode::user;
  bool exact = false;
  std::uint64_t ip = 0x401000;
  std::string symbol{};
  std::uint64_t user_abi = abi::PERF_SAMPLE_REGS_ABI_64;
  std::uint64_t intr_abi = abi::PERF_SAMPLE_REGS_ABI_64;
  std::uint64_t user_ip = 0x401000, user_cs = 0x33;
  std::uint64_t intr_ip = 0;  ///< 0: as `ip`
  std::uint64_t user_bx = 7;  ///< and r12 to r15
  std::uint64_t ax = 1;       ///< of both sets
  std::optional<std::uint64_t> intr_ax{};
  std::optional<Lanes> user{};  ///< empty: the section has no vectors
  std::optional<Lanes> intr{};
  std::vector<std::uint64_t> callchain{};
  std::uint64_t attr_flags = 0;
};

/// A hit in user mode: both sets are one.
inline Hit user_hit(const Lanes& lanes, Tid tid = 100) {
  Hit hit;
  hit.pid = hit.tid = tid;
  hit.user = hit.intr = lanes;
  return hit;
}
/// A hit in the kernel.
inline Hit kernel_hit(const Lanes& user, const Lanes& intr, Tid tid = 100) {
  Hit hit;
  hit.pid = hit.tid = tid;
  hit.mode = CpuMode::kernel;
  hit.ip = 0xffffffff81234560;
  hit.symbol = "do_syscall_64";
  hit.user = user;
  hit.intr = intr;
  return hit;
}

inline CommRecord exec_of(Pid pid) {
  CommRecord comm;
  comm.pid = comm.tid = pid;
  comm.exec = true;
  comm.comm = "next";
  return comm;
}
inline ForkRecord fork_of(Pid parent, Pid child) {
  ForkRecord fork;
  fork.pid = fork.tid = child;
  fork.parent_pid = fork.parent_tid = parent;
  return fork;
}

class StageRun {
 public:
  explicit StageRun(abi::Arch arch = abi::Arch::x86_64)
      : arch_(arch), registers_(arch, std::nullopt, {}), stage_(arch) {}

  /// Gives the number of the sample.
  std::uint64_t hit(const Hit& hit) {
    time_ns_ = hit.time_ns != 0 ? hit.time_ns : time_ns_ + 1'000'000;
    const Sample sample = sample_of(hit);
    abi::EventAttr attr;
    attr.sample_type = sample.present;
    attr.flags = hit.attr_flags;
    registers_.build(sample, sets_);
    const bool vectors = hit.user.has_value() || hit.intr.has_value();
    const std::uint64_t number = stage_.next_number();
    const std::size_t before = findings_.size();
    stage_.check({sample, attr, vectors ? &sets_ : nullptr, hit.symbol, 17}, findings_);
    const bool plain = !vectors && ValidityStage::is_plain(sample, attr, arch_);
    plain_hits_ += plain ? 1U : 0U;
    // What stands in for check() where a sample is plain must have nothing to say.
    for (std::size_t i = before; plain && i < findings_.size(); ++i) {
      EXPECT_TRUE(findings_[i].whole_thread || findings_[i].sample.number != number) << findings_[i].name;
    }
    bytes_.clear();
    return number;
  }
  void record(RecordBody body, std::uint16_t misc = abi::PERF_RECORD_MISC_USER) {
    Record record;
    record.misc = misc;
    record.body = std::move(body);
    stage_.observe(record, findings_);
  }
  /// A process that runs `program`; its hits are there when nothing else is said.
  void process(Pid pid, std::string_view program) { map(pid, program, 0x400000); }
  /// A file with code, two pages.
  void map(Pid pid, std::string_view path, VirtAddr start) {
    MmapRecord map;
    map.pid = map.tid = pid;
    map.start = start;
    map.length = 0x2000;
    map.path = path;
    record(map);
  }
  void finish() { stage_.finish(findings_); }

  [[nodiscard]] const std::vector<Finding>& findings() const { return findings_; }
  [[nodiscard]] std::vector<Finding> of(RuleId rule) const {
    std::vector<Finding> found;
    for (const Finding& finding : findings_) {
      if (finding.rule == rule) found.push_back(finding);
    }
    return found;
  }
  /// Findings at least as bad as `severity`.
  [[nodiscard]] std::vector<Finding> from(Severity severity) const {
    std::vector<Finding> found;
    for (const Finding& finding : findings_) {
      if (finding.severity >= severity) found.push_back(finding);
    }
    return found;
  }
  ValidityStage& stage() { return stage_; }
  /// Hits that ValidityStage::is_plain() calls so.
  [[nodiscard]] std::uint64_t plain_hits() const { return plain_hits_; }

 private:
  Sample sample_of(const Hit& hit) {
    Sample sample;
    sample.present = abi::PERF_SAMPLE_IP | abi::PERF_SAMPLE_TID | abi::PERF_SAMPLE_TIME | abi::PERF_SAMPLE_CPU |
                     abi::PERF_SAMPLE_REGS_USER | abi::PERF_SAMPLE_REGS_INTR;
    sample.mode = hit.mode;
    sample.misc = static_cast<std::uint16_t>(hit.mode);
    if (hit.exact) sample.misc |= abi::PERF_RECORD_MISC_EXACT_IP;
    sample.ip = hit.ip;
    sample.pid = hit.pid;
    sample.tid = hit.tid;
    sample.cpu = hit.cpu;
    sample.time_ns = time_ns_;
    if (!hit.callchain.empty()) {
      sample.present |= abi::PERF_SAMPLE_CALLCHAIN;
      Bytes& chain = bytes_.emplace_back();
      for (const std::uint64_t word : hit.callchain) append_word(chain, word, 8);
      sample.callchain = WordView(chain);
    }
    const std::uint64_t intr_ip = hit.intr_ip != 0 ? hit.intr_ip : hit.ip;
    const bool kernel = hit.mode != CpuMode::user;
    const std::uint64_t intr_cs = kernel ? 0x10 : hit.user_cs;
    sample.regs_user = section(hit, hit.user_abi, hit.user, kernel ? hit.user_ip : hit.ip, hit.user_cs, hit.ax);
    sample.regs_intr = section(hit, hit.intr_abi, hit.intr, intr_ip, intr_cs, hit.intr_ax.value_or(hit.ax));
    sample.same_sections = hit.user_abi != 0 && sample.regs_user.says_the_same(sample.regs_intr);
    return sample;
  }

  /// One word a mask bit, ascending: AX BX CX DX SI DI BP SP IP FLAGS CS SS, R8..R15, XMM0 low, XMM0 high, ...
  RegisterBlock section(const Hit& hit, std::uint64_t abi, const std::optional<Lanes>& lanes, std::uint64_t ip,
                        std::uint64_t cs, std::uint64_t ax) {
    RegisterBlock block;
    block.abi = abi;
    block.mask = lanes ? kGprAndXmm : abi::kX86GprMask;
    if (abi == 0) return block;
    Bytes& out = bytes_.emplace_back(words({ax, hit.user_bx, 2, 3, 4, 5, 6, 0x7ffc0000, ip, 0x202, cs, 0x2b}));
    for (unsigned r = 8; r < 12; ++r) append_word(out, r, 8);
    for (unsigned r = 12; r < 16; ++r) append_word(out, hit.user_bx, 8);
    if (lanes) {
      for (const auto& lane : *lanes) {
        append_word(out, lane[0], 8);
        append_word(out, lane[1], 8);
      }
    }
    block.words = WordView(out);
    return block;
  }

  abi::Arch arch_;
  std::uint64_t plain_hits_ = 0;
  RegisterStage registers_;
  ValidityStage stage_;
  RegisterSets sets_;
  std::vector<Finding> findings_;
  std::deque<Bytes> bytes_;  // of the sample at hand; a deque does not move what stands in it
  std::uint64_t time_ns_ = 1'000'000'000;
};

}  // namespace simdprof::test
