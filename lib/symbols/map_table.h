#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "lib/symbols/address_spaces.h"

namespace simdprof {

/// The mappings of one address space: ascending, never overlapping.
class MapTable {
 public:
  /// Adds a mapping; what it covers of older ones is cut away from them. A mapping of no bytes is ignored.
  void insert(const Mapping& mapping);
  /// Takes out what lies in [start, end).
  void erase(VirtAddr start, VirtAddr end);
  [[nodiscard]] const Mapping* find(VirtAddr address) const;
  [[nodiscard]] std::span<const Mapping> all() const { return maps_; }

 private:
  /// First mapping that ends after `address`.
  [[nodiscard]] std::size_t first_ending_after(VirtAddr address) const;

  std::vector<Mapping> maps_;
};

}  // namespace simdprof
