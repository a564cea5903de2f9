#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace simdprof {

/// Finds out, snapshot by snapshot, which bytes of an AUX area in overwrite mode are new.
///
/// The kernel's head does not tell how often the area was filled: for some PMUs it is an offset inside the area, for
/// others it grows for ever (Intel PT against CoreSight). A head beyond the area is known to grow. Otherwise the
/// content decides: what lies ahead of the head is as it was at the last snapshot (zeros before the first) unless the
/// trace has come round.
class AuxSnapshot {
 public:
  explicit AuxSnapshot(std::size_t area_bytes);

  /// Bytes of the stream from `begin` to `end`; those of a snapshot that was overwritten before it was taken are left
  /// out of the stream, so that `begin` is then above the last `end`.
  struct Window {
    std::uint64_t begin = 0, end = 0;
  };
  /// @param area  nobody writes to it now
  /// @param head  aux_head
  /// @param most  bytes of the window at most, the newest are kept
  Window take(std::span<const std::byte> area, std::uint64_t head, std::size_t most);

 private:
  [[nodiscard]] bool came_round(std::span<const std::byte> area, std::size_t position) const;
  void remember(std::span<const std::byte> area);

  std::size_t area_bytes_;
  std::uint64_t end_ = 0;    ///< of the stream at the last snapshot
  bool head_grows_ = false;  ///< a head beyond the area was seen
  bool taken_before_ = false;
  std::vector<std::uint64_t> marks_;  ///< a hash of each block at the last snapshot
};

}  // namespace simdprof
