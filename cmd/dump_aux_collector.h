#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "cmd/aux_reading.h"
#include "cmd/dump_aux_rows.h"
#include "cmd/time_window.h"

namespace simdprof::cmd {

/// Which rows are wanted.
struct AuxRowFilter {
  std::optional<TimeWindow> window;
  std::vector<std::uint32_t> cpus;  ///< ascending; empty: all
  std::vector<std::uint32_t> tids;

  /// What has no time is in no window, and what has no CPU (thread) is on none that was asked for.
  [[nodiscard]] bool accepts(const AuxPlace& place) const;
  /// A loss is wanted when any part of it is.
  [[nodiscard]] bool accepts(const AuxLoss& loss) const;
};

/// Writes what decoders find as lines, in the threads that decode.
class AuxRowCollector : public AuxCollector {
 public:
  /// Both must outlive this.
  AuxRowCollector(const AuxLayout& layout, const AuxRowFilter& filter) : layout_(layout), filter_(filter) {}

  void on_packet(const AuxPacket& packet) override { add(packet); }
  void on_branch(const AuxBranch& branch) override { add(branch); }
  void on_instruction(const AuxInstruction& instruction) override { add(instruction); }
  void on_memory(const AuxMemory& memory) override { add(memory); }
  void on_event(const AuxEvent& event) override { add(event); }
  void on_error(const AuxError& error) override;

 private:
  template <class Found>
  void add(const Found& found) {
    if (!filter_.accepts(found.place)) return;
    append_aux_row(batch.bytes, layout_, row_of(found));
    batch.end_entry(found.place.time_ns);
  }

  const AuxLayout& layout_;
  const AuxRowFilter& filter_;
};

}  // namespace simdprof::cmd
