#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace simdprof {

/// Spreads a 64-bit word over all its bits (the finalizer of splitmix64), so that a table may use the low ones.
constexpr std::uint64_t mix_hash(std::uint64_t word) {
  word ^= word >> 30U;
  word *= 0xbf58476d1ce4e5b9;
  word ^= word >> 27U;
  word *= 0x94d049bb133111eb;
  return word ^ (word >> 31U);
}

/// Spreads a 64-bit word over `bits` bits (Fibonacci hashing): cheaper, for small tables of what was asked for last.
constexpr std::size_t short_hash(std::uint64_t word, unsigned bits) {
  return static_cast<std::size_t>((word * 0x9e3779b97f4a7c15) >> (64U - bits));
}

/// Hash table from a small key to a 32-bit value, open addressing, linear probing. It only grows. Made for the lookups
/// that every sample does; std::unordered_map costs an allocation a key and a pointer chase a lookup.
///
/// Key: copyable, ==, and `std::uint64_t hash() const`.
template <class Key>
class FlatMap {
 public:
  FlatMap() : slots_(kFirstSlots) {}

  /// The value of `key`, and whether the key is new (the value is then 0 and is the caller's to set). The pointer holds
  /// until the next call.
  std::pair<std::uint32_t*, bool> find_or_add(const Key& key) {
    if ((used_ + 1) * 4 > slots_.size() * 3) grow();
    Slot& slot = slots_[find_slot(slots_, key)];
    if (slot.used) return {&slot.value, false};
    slot.used = true;
    slot.key = key;
    ++used_;
    return {&slot.value, true};
  }

  [[nodiscard]] const std::uint32_t* find(const Key& key) const {
    const Slot& slot = slots_[find_slot(slots_, key)];
    return slot.used ? &slot.value : nullptr;
  }
  [[nodiscard]] std::size_t size() const { return used_; }
  void clear() {
    slots_.assign(kFirstSlots, Slot{});
    used_ = 0;
  }

 private:
  static constexpr std::size_t kFirstSlots = 64;  // a power of two, as every later size
  struct Slot {
    Key key{};
    std::uint32_t value = 0;
    bool used = false;
  };

  static std::size_t find_slot(const std::vector<Slot>& slots, const Key& key) {
    const std::size_t mask = slots.size() - 1;
    std::size_t at = static_cast<std::size_t>(key.hash()) & mask;
    while (slots[at].used && !(slots[at].key == key)) at = (at + 1) & mask;
    return at;
  }

  void grow() {
    std::vector<Slot> larger(slots_.size() * 2);
    for (Slot& slot : slots_) {
      if (slot.used) larger[find_slot(larger, slot.key)] = slot;
    }
    slots_ = std::move(larger);
  }

  std::vector<Slot> slots_;
  std::size_t used_ = 0;
};

}  // namespace simdprof
