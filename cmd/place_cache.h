#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "cmd/map_generations.h"
#include "cmd/sample_filter.h"
#include "lib/base/units.h"
#include "lib/model/record.h"
#include "lib/report/flat_map.h"
#include "lib/report/profile.h"
#include "lib/symbols/address_spaces.h"
#include "lib/symbols/resolver.h"

namespace simdprof::cmd {

/// Frames of addresses, each distinct address of a process looked up once for as long as its mappings stay the same.
/// A million samples have some thousand addresses.
class PlaceCache {
 public:
  struct Needs {
    FrameDetail detail;
    bool lines = false;  ///< look up source lines and inlined functions too
    /// Kernel addresses get placeholders until settle(): to read the kernel's symbols takes as long as to read half a
    /// million samples, and can be done at the same time.
    bool kernel_later = false;
  };
  PlaceCache(Profile& profile, SampleFilter& filter, const AddressSpaces& spaces, Resolver& resolver,
             const Needs& needs)
      : profile_(profile), filter_(filter), spaces_(spaces), resolver_(resolver), needs_(needs) {}

  /// Mappings will change: what was looked up in that process no longer holds. To be called before the address spaces
  /// have taken the record.
  void observe(const Record& record);

  /// Frames of one address, innermost first; the last is the function whose code it is. Holds until the next call.
  std::span<const FrameId> frames(Pid pid, VirtAddr address, CpuMode mode);
  /// The last of them.
  FrameId leaf(Pid pid, VirtAddr address, CpuMode mode) { return find(pid, address, mode).leaf; }

  /// Looks up all addresses that have placeholders.
  void settle();
  /// What the placeholders stand for, as far as they are settled.
  [[nodiscard]] const Profile::FrameExchange& settled() const { return settled_; }

  /// Of each frame of the profile: whether the filter given at the start accepts its file and function; empty when it
  /// accepts all.
  [[nodiscard]] const std::vector<bool>& wanted_frames() const { return wanted_; }

 private:
  struct Key {
    VirtAddr address = 0;
    Pid pid = 0;
    std::uint32_t generation = 0;  ///< of the process's mappings
    CpuMode mode = CpuMode::unknown;

    [[nodiscard]] std::uint64_t hash() const {
      const std::uint64_t task = (std::uint64_t{generation} << 32U) | static_cast<std::uint32_t>(pid);
      return mix_hash(address + mix_hash(task) + static_cast<std::uint64_t>(mode));
    }
    friend bool operator==(const Key&, const Key&) = default;
  };
  struct Place {
    std::uint32_t first = 0;  ///< in frames_
    std::uint32_t count = 0;  ///< at least 1
    FrameId leaf = 0;
  };
  /// Places that were asked for last, by a part of their address.
  struct Recent {
    Key key;
    Place place;
  };
  struct Placeholder {
    FrameId frame = 0;
    Pid pid = 0;
    VirtAddr address = 0;
  };
  static constexpr unsigned kRecentBits = 12;

  Place find(Pid pid, VirtAddr address, CpuMode mode);
  Place hold_place(Pid pid, VirtAddr address);
  Place look_up(Pid pid, VirtAddr address, CpuMode mode);
  void filter_frames(const Place& place, const Location& location);

  Profile& profile_;
  SampleFilter& filter_;
  const AddressSpaces& spaces_;
  Resolver& resolver_;
  Needs needs_;
  MapGenerations generations_;
  FlatMap<Key> ids_;
  std::vector<Recent> recent_ = std::vector<Recent>(std::size_t{1} << kRecentBits);
  std::vector<Place> places_;
  std::vector<FrameId> frames_;  // of all places
  std::vector<bool> wanted_;     // by FrameId
  std::vector<Placeholder> placeholders_;
  Profile::FrameExchange settled_;
};

}  // namespace simdprof::cmd
