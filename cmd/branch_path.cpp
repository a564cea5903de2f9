#include "cmd/branch_path.h"

#include <optional>

#include "decoders/aux/x86_branch.h"
#include "decoders/lanes/instruction.h"
#include "lib/model/aux_trace.h"

namespace simdprof::cmd {
namespace {

constexpr VirtAddr kLongestBlock = 16384 - kMostInstructionBytes;
constexpr VirtAddr kScanForBranch = 128;  // where the sample lies before the last target
constexpr std::uint64_t kAbort = 8;       // of a branch entry's flags

class Walk {
 public:
  Walk(const Sample& sample, bool any_branch, const std::function<Resolver::Code(VirtAddr, CpuMode, std::size_t)>& read,
       const std::function<void(const BranchStep&)>& visit)
      : sample_(sample), stack_(sample.branches), any_branch_(any_branch), read_(read), visit_(visit) {}

  void run() {
    const std::size_t entries = stack_.size();
    if (entries == 0) return;
    // Where the oldest branch was come to is not known: it stands alone.
    if (load(stack_.from(entries - 1), stack_.from(entries - 1))) give_branch(stack_.from(entries - 1), entries - 1, 0);
    for (std::size_t i = entries - 1; i-- > 0;) {
      const VirtAddr start = stack_.to(i + 1);
      // Filtered rings lack the way into the kernel but have the way out: the next branch ends the block then.
      const bool both = start != 0 && stack_.from(i) != 0;
      if (i > 0 && both && mode_of_address(start) != mode_of_address(stack_.from(i))) --i;
      if (load(start, stack_.from(i))) give_block(start, i);
    }
    const bool done = stack_.from(0) == sample_.ip || (stack_.flags(0) & kAbort) != 0;
    if (!done) give_last_block();
  }

 private:
  /// Gets the code from `start` up to the instruction at `end`. @return whether there is some
  bool load(VirtAddr start, VirtAddr end) {
    code_ = {};
    start_ = start;
    if (start == 0 || end == 0 || end < start || end - start > kLongestBlock) return false;
    if (mode_of_address(start) != mode_of_address(end)) return false;
    code_ = read_(start, mode_of_address(start), static_cast<std::size_t>(end - start) + kMostInstructionBytes);
    return !code_.bytes.empty();
  }

  [[nodiscard]] std::span<const std::byte> at(VirtAddr ip) const {
    const auto offset = static_cast<std::size_t>(ip - start_);
    return offset < code_.bytes.size() ? code_.bytes.subspan(offset) : std::span<const std::byte>{};
  }

  /// @return bytes of the instruction; 0: there is none, or no more is wanted
  unsigned give(BranchStep step) {
    if (steps_ >= kMostBranchSteps) {
      if (steps_++ == kMostBranchSteps)
        visit_({BranchStep::Kind::cut, step.ip, mode_of_address(step.ip), code_.arch, {}, 0, 0, false});
      return 0;
    }
    ++steps_;
    step.mode = mode_of_address(step.ip);
    step.arch = code_.arch;
    const unsigned length = instruction_length(code_.arch, at(step.ip));
    step.code = at(step.ip).first(length);
    if (length == 0 && step.kind == BranchStep::Kind::instruction) step.kind = BranchStep::Kind::no_code;
    visit_(step);
    return length;
  }

  unsigned give_branch(VirtAddr ip, std::size_t entry, std::uint32_t instructions) {
    return give({BranchStep::Kind::branch, ip, {}, {}, {}, entry, instructions, false});
  }
  unsigned give_instruction(VirtAddr ip, bool continues = false) {
    return give({BranchStep::Kind::instruction, ip, {}, {}, {}, 0, 0, continues});
  }
  void give_mark(BranchStep::Kind kind, VirtAddr ip) {
    visit_({kind, ip, mode_of_address(ip), code_.arch, {}, 0, 0, false});
  }

  void give_block(VirtAddr start, std::size_t entry) {
    const VirtAddr end = stack_.from(entry);
    std::uint32_t instructions = 0;
    for (VirtAddr ip = start; !at(ip).empty();) {
      ++instructions;
      if (ip == end) {
        give_branch(ip, entry, instructions);
        return;
      }
      const unsigned length = give_instruction(ip);
      if (length == 0) break;
      ip += length;
    }
    if (steps_ <= kMostBranchSteps) give_mark(BranchStep::Kind::mismatch, end);
  }

  void give_last_block() {
    const VirtAddr start = stack_.to(0);
    const VirtAddr end = sample_.ip < start ? start + kScanForBranch : sample_.ip;
    if (!load(start, end)) {
      if (load(sample_.ip, sample_.ip)) give_instruction(sample_.ip, true);
      return;
    }
    for (VirtAddr ip = start;;) {
      const unsigned length = give_instruction(ip, ip != start);
      if (length == 0) return;
      if (must_branch(ip) && ip != sample_.ip) return give_mark(BranchStep::Kind::stray, ip);
      if (end - ip < length) return;
      ip += length;
    }
  }

  [[nodiscard]] bool must_branch(VirtAddr ip) const {
    if (!any_branch_ || !abi::is_x86(code_.arch)) return false;
    const std::uint32_t flags = x86_branch_flags(at(ip));
    return flags != 0 && (flags & kAuxConditional) == 0;
  }

  const Sample& sample_;
  const BranchStack& stack_;
  bool any_branch_;
  const std::function<Resolver::Code(VirtAddr, CpuMode, std::size_t)>& read_;
  const std::function<void(const BranchStep&)>& visit_;
  Resolver::Code code_;
  VirtAddr start_ = 0;  ///< of `code_`
  std::size_t steps_ = 0;
};

}  // namespace

void walk_branch_path(const Sample& sample, bool any_branch,
                      const std::function<Resolver::Code(VirtAddr, CpuMode, std::size_t)>& read,
                      const std::function<void(const BranchStep&)>& visit) {
  Walk(sample, any_branch, read, visit).run();
}

bool has_any_branch(const abi::EventAttr& attr) {
  constexpr std::uint64_t kAny = 1U << 3U;  // PERF_SAMPLE_BRANCH_ANY
  return attr.branch_sample_type == 0 || (attr.branch_sample_type & kAny) != 0;
}

}  // namespace simdprof::cmd
