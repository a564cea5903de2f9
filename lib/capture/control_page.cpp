#include "lib/capture/control_page.h"

#include <atomic>

#include "lib/capture/split_counter.h"

namespace simdprof {
namespace {

// The control page is an array of words for the kernel; each is aligned to its size.
template <class Word>
std::atomic_ref<Word> word_at(std::byte* page, std::size_t offset) {
  return std::atomic_ref(*static_cast<Word*>(static_cast<void*>(page + offset)));
}

// Offsets of perf_event_mmap_page.
constexpr std::size_t kLock = 8, kCapabilities = 40, kTimeShift = 50, kTimeMult = 52, kTimeZero = 64;
constexpr std::uint64_t kCapUserTimeZero = 1U << 4U;

}  // namespace

std::uint64_t ControlPage::load_halves(std::size_t offset) const {
  const std::uint64_t low = word_at<std::uint32_t>(page_, offset).load(std::memory_order_acquire);
  const std::uint64_t high = word_at<std::uint32_t>(page_, offset + 4).load(std::memory_order_acquire);
  return high << 32U | low;
}

std::uint64_t ControlPage::load_head(std::size_t offset) const {
  // Pairs with the kernel's write barrier before its store of the head.
  if (access_ == CounterAccess::split) return load_split_counter([&] { return load_halves(offset); });
  return word_at<std::uint64_t>(page_, offset).load(std::memory_order_acquire);
}

std::uint64_t ControlPage::load_tail(std::size_t offset) const {
  if (access_ == CounterAccess::split) return load_halves(offset);
  return word_at<std::uint64_t>(page_, offset).load(std::memory_order_relaxed);
}

void ControlPage::store_tail(std::size_t offset, std::uint64_t value) const {
  // Our reads of the data must be over before the kernel may overwrite it.
  if (access_ == CounterAccess::split) {
    word_at<std::uint32_t>(page_, offset + 4)
        .store(static_cast<std::uint32_t>(value >> 32U), std::memory_order_release);
    word_at<std::uint32_t>(page_, offset).store(static_cast<std::uint32_t>(value), std::memory_order_release);
    return;
  }
  word_at<std::uint64_t>(page_, offset).store(value, std::memory_order_release);
}

Status ControlPage::may_store_whole_tail(std::uint64_t value) const {
  if (access_ == CounterAccess::split && !fits_split_store(value)) {
    return fail(Errc::limit, "a 32-bit simdprof reads at most 4 GiB of an AUX area; use a 64-bit one, or --snapshot");
  }
  return {};
}

Status ControlPage::store_whole_tail(std::size_t offset, std::uint64_t value) const {
  if (Status may = may_store_whole_tail(value); !may) return may;
  // An exchange is a full barrier too. (A fence by itself is none that ThreadSanitizer sees.)
  if (access_ == CounterAccess::split) {
    word_at<std::uint32_t>(page_, offset).exchange(static_cast<std::uint32_t>(value), std::memory_order_seq_cst);
  } else {
    word_at<std::uint64_t>(page_, offset).exchange(value, std::memory_order_seq_cst);
  }
  return {};
}

void ControlPage::store_word(std::size_t offset, std::uint64_t value) const {
  word_at<std::uint64_t>(page_, offset).store(value, std::memory_order_relaxed);
}

abi::TimeConversion ControlPage::load_time_conversion() const {
  for (;;) {
    const std::uint32_t before = word_at<std::uint32_t>(page_, kLock).load(std::memory_order_acquire);
    abi::TimeConversion time;
    time.known = (word_at<std::uint64_t>(page_, kCapabilities).load(std::memory_order_acquire) & kCapUserTimeZero) != 0;
    time.shift = word_at<std::uint16_t>(page_, kTimeShift).load(std::memory_order_acquire);
    time.mult = word_at<std::uint32_t>(page_, kTimeMult).load(std::memory_order_acquire);
    time.zero = word_at<std::uint64_t>(page_, kTimeZero).load(std::memory_order_acquire);
    const bool stable = word_at<std::uint32_t>(page_, kLock).load(std::memory_order_relaxed) == before;
    if (stable && (before & 1U) == 0) return time;
  }
}

}  // namespace simdprof
