#include "cmd/location_cache.h"

#include "lib/report/flat_map.h"

namespace simdprof::cmd {

const Location& LocationCache::locate(Pid pid, VirtAddr address, CpuMode mode, bool lines) {
  const MapGenerations::Version version = generations_.version(pid, mode);
  const std::uint64_t mixed = mix_hash(address ^ (static_cast<std::uint64_t>(static_cast<std::uint32_t>(pid)) << 32U));
  Slot& slot = slots_[mixed >> (64U - kSlotBits)];
  const bool known =
      slot.used && slot.address == address && slot.version == version && slot.mode == mode && slot.lines == lines;
  if (!known) {
    slot = Slot{
        address,
        version,
        mode,
        lines,
        true,
        lines ? resolver_.locate_lines(spaces_, pid, address, mode) : resolver_.locate(spaces_, pid, address, mode)};
  }
  return slot.place;
}

}  // namespace simdprof::cmd
