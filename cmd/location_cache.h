#pragma once

#include <cstddef>
#include <vector>

#include "cmd/map_generations.h"
#include "lib/model/location.h"
#include "lib/symbols/address_spaces.h"
#include "lib/symbols/resolver.h"

namespace simdprof::cmd {

/// The places that were looked up last, in a table of fixed size: samples of a loop have few addresses, and a recording
/// of any length needs no more memory.
class LocationCache {
 public:
  LocationCache(const AddressSpaces& spaces, Resolver& resolver)
      : spaces_(spaces), resolver_(resolver), slots_(kSlots) {}

  /// Mappings changed: what was looked up in that process no longer holds.
  void observe(const Record& record) { generations_.observe(record); }

  /// As Resolver::locate, or with `lines` Resolver::locate_lines. Holds until the next call.
  const Location& locate(Pid pid, VirtAddr address, CpuMode mode, bool lines);

 private:
  static constexpr unsigned kSlotBits = 14;
  static constexpr std::size_t kSlots = std::size_t{1} << kSlotBits;
  struct Slot {
    VirtAddr address = 0;
    MapGenerations::Version version;
    CpuMode mode = CpuMode::unknown;
    bool lines = false;
    bool used = false;
    Location place;
  };

  const AddressSpaces& spaces_;
  Resolver& resolver_;
  MapGenerations generations_;
  std::vector<Slot> slots_;
};

}  // namespace simdprof::cmd
