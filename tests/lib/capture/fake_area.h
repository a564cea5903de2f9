#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

namespace simdprof::test {

/// Plays a PMU and the kernel: a control page and an AUX area behind it, filled with a stream of bytes of which each
/// tells its place.
class FakeArea {
 public:
  static constexpr std::size_t kControlBytes = 4096;
  static constexpr std::size_t kHeadOffset = 1056;  // perf_event_mmap_page, aux_head
  static constexpr std::size_t kTailOffset = 1064;  // aux_tail

  explicit FakeArea(std::size_t area_bytes) : words_((kControlBytes + area_bytes) / 8), area_bytes_(area_bytes) {}

  std::byte* control() { return std::as_writable_bytes(std::span(words_)).data(); }
  std::span<std::byte> area() { return std::as_writable_bytes(std::span(words_)).subspan(kControlBytes); }
  std::atomic_ref<std::uint64_t> head() { return std::atomic_ref(words_[kHeadOffset / 8]); }
  std::atomic_ref<std::uint64_t> tail() { return std::atomic_ref(words_[kTailOffset / 8]); }

  void start_at(std::uint64_t position) {
    head() = position;
    tail() = position;
  }
  /// Never 0, and with a period that no area's size is a multiple of.
  static std::byte byte_at(std::uint64_t position) { return static_cast<std::byte>(position % 251 + 1); }
  /// Writes bytes of the stream from `position` on, as normal mode does within the free space.
  void put(std::uint64_t position, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) area()[(position + i) % area_bytes_] = byte_at(position + i);
  }
  void append(std::size_t count) {
    const std::uint64_t position = head();
    put(position, count);
    head().store(position + count, std::memory_order_release);
  }
  std::size_t room() {
    return area_bytes_ - 1 - static_cast<std::size_t>(head() - tail().load(std::memory_order_acquire));
  }

 private:
  std::vector<std::uint64_t> words_;
  std::size_t area_bytes_;
};

/// Whether these are the bytes of the stream from `position` on.
inline bool is_stream(std::span<const std::byte> bytes, std::uint64_t position) {
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (bytes[i] != FakeArea::byte_at(position + i)) return false;
  }
  return true;
}

}  // namespace simdprof::test
