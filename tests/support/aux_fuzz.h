#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

#include "decoders/aux/aux_decoder.h"
#include "lib/base/check.h"
#include "lib/base/cursor.h"

namespace simdprof::test {

/// The input itself is the code, at every address again: branches of it lead back into it.
class InputAsCode final : public AuxPrograms {
 public:
  explicit InputAsCode(std::span<const std::byte> input) : input_(input) {}
  [[nodiscard]] Task task(std::int32_t, Tid tid, std::uint64_t) const override { return {tid, tid}; }
  [[nodiscard]] std::size_t read_code(Pid, VirtAddr address, bool, std::uint64_t,
                                      std::span<std::byte> out) const override {
    if (input_.empty()) return 0;
    // In pieces: with a branch to another page in each instruction, this is what a target spends its time on.
    for (std::size_t done = 0; done < out.size();) {
      const auto from = input_.subspan((address + done) % input_.size());
      const std::size_t size = std::min(from.size(), out.size() - done);
      std::copy_n(from.begin(), size, out.begin() + static_cast<std::ptrdiff_t>(done));
      done += size;
    }
    return out.size();
  }

 private:
  std::span<const std::byte> input_;
};

/// Holds what every sink may rely on, and that the calls are bounded by the bytes.
class CheckingSink final : public AuxSink {
 public:
  CheckingSink(std::uint64_t first, std::uint64_t behind) : first_(first), behind_(behind) {}
  void on_packet(const AuxPacket& packet) override {
    SIMDPROF_ASSERT(!packet.name.empty() || packet.text.empty());
    check(packet.place);
    ++packets_;
    SIMDPROF_ASSERT(packets_ <= 2 * (behind_ - first_) + 64);
  }
  void on_branch(const AuxBranch& branch) override { check(branch.place); }
  void on_instruction(const AuxInstruction& instruction) override {
    check(instruction.place);
    SIMDPROF_ASSERT(instruction.size <= instruction.bytes.size());
  }
  void on_memory(const AuxMemory& memory) override { check(memory.place); }
  void on_event(const AuxEvent& event) override {
    SIMDPROF_ASSERT(!event.name.empty());
    check(event.place);
  }
  void on_mark(const AuxMark& mark) override { check(mark.place); }
  void on_error(const AuxError& error) override {
    SIMDPROF_ASSERT(!error.code.empty() && !error.text.empty());
    check(error.place);
    ++errors_;
    SIMDPROF_ASSERT(errors_ <= 64 * (behind_ - first_) + 64);
  }

 private:
  void check(const AuxPlace& place) const { SIMDPROF_ASSERT(place.offset >= first_ && place.offset <= behind_); }

  std::uint64_t first_, behind_;
  std::uint64_t packets_ = 0, errors_ = 0;
};

/// Decodes `trace` to everything; words of `info` that no decoder takes are no failure.
inline void fuzz_aux(const AuxTraceInfo& info, std::span<const std::byte> trace, std::uint64_t flags) {
  const InputAsCode code{trace};
  const auto decoder = make_aux_decoder(info, code, AuxWanted{true, true, true, true, true, true});
  if (!decoder) return;
  AuxSlice slice;
  slice.cpu = 0;
  slice.offset = 0x1000;
  slice.flags = flags;
  slice.data = trace;
  CheckingSink sink{slice.offset, slice.offset + trace.size()};
  for (const AuxSegment& segment : (*decoder)->split(slice)) (*decoder)->decode(slice, segment, sink);
}

}  // namespace simdprof::test
