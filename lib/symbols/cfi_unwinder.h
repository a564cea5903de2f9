#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "lib/symbols/address_spaces.h"
#include "lib/symbols/call_chain.h"
#include "lib/symbols/resolver_state.h"
#include "lib/symbols/user_stack.h"

namespace simdprof {

/// Frames of a user stack by call frame information; where a mapped file or a JIT has none, by frame pointers.
class CfiUnwinder {
 public:
  explicit CfiUnwinder(Resolver::State& resolver) : resolver_(resolver) {}

  /// @param start  registers where the user code was interrupted
  /// @param stack  recorded bytes from the user stack pointer up
  /// @param out    frames are appended, innermost first, at most kFrameLimit
  void unwind(const AddressSpaces& spaces, Pid pid, const UserRegisters& start, std::span<const std::byte> stack,
              std::vector<CallFrame>& out);

  static constexpr std::size_t kFrameLimit = 127;  ///< as perf: kernel.perf_event_max_stack

 private:
  struct Frame {
    FrameRegisters registers;
    VirtAddr ip = 0;
    bool exact = true;  ///< interrupted here, not calling from here
  };
  struct Task {
    const AddressSpaces& spaces;
    Pid pid;
    MemoryReader memory;
  };

  const FrameRule* rule_at(const Task& task, VirtAddr address);
  bool step(const Task& task, Frame& frame);
  bool step_by_rule(const Task& task, const FrameRule& rule, Frame& frame);
  bool step_by_frame_pointer(const Task& task, Frame& frame);
  std::optional<std::uint64_t> read_file(const AddressSpaces& spaces, Pid pid, VirtAddr address, unsigned bytes);

  Resolver::State& resolver_;
};

}  // namespace simdprof
