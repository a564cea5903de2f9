#include "lib/capture/ring.h"

#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <bit>
#include <cerrno>
#include <utility>

#include "lib/abi/perf_event.h"
#include "lib/base/check.h"
#include "lib/base/cursor.h"
#include "lib/base/log.h"

namespace simdprof {

Result<Ring> Ring::map(int event_fd, std::size_t data_pages) {
  SIMDPROF_ASSERT(std::has_single_bit(data_pages));
  const auto page_bytes = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  const std::size_t bytes = (data_pages + 1) * page_bytes;
  void* const memory = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, event_fd, 0);
  if (memory == MAP_FAILED) return fail_errno(errno, fmt::format("cannot map a ring of {} pages", data_pages));
  Ring ring;
  ring.fd_ = event_fd;
  ring.base_ = static_cast<std::byte*>(memory);
  ring.data_ = ring.base_ + page_bytes;
  ring.mapped_bytes_ = bytes;
  ring.data_bytes_ = data_pages * page_bytes;
  return ring;
}

void Ring::note_smaller(std::size_t pages, std::size_t wanted_pages) {
  log_note(
      fmt::format("rings made smaller, {} pages instead of {}: kernel.perf_event_mlock_kb and ulimit -l allow no "
                  "more",
                  pages, wanted_pages));
}

Ring Ring::over_memory(std::span<std::byte> memory, std::size_t control_bytes) {
  SIMDPROF_ASSERT(memory.size() > control_bytes && control_bytes >= abi::kMmapDataTail + 8);
  Ring ring;
  ring.base_ = memory.data();
  ring.data_ = memory.data() + control_bytes;
  ring.data_bytes_ = memory.size() - control_bytes;
  SIMDPROF_ASSERT(std::has_single_bit(ring.data_bytes_) && ring.data_bytes_ >= abi::kRecordHeaderBytes);
  return ring;
}

Ring::Ring(Ring&& other) noexcept { *this = std::move(other); }

Ring& Ring::operator=(Ring&& other) noexcept {
  if (this == &other) return *this;
  if (mapped_bytes_ != 0) ::munmap(base_, mapped_bytes_);
  fd_ = std::exchange(other.fd_, -1);
  base_ = std::exchange(other.base_, nullptr);
  data_ = std::exchange(other.data_, nullptr);
  mapped_bytes_ = std::exchange(other.mapped_bytes_, 0);
  data_bytes_ = std::exchange(other.data_bytes_, 0);
  joined_ = std::move(other.joined_);
  return *this;
}

Ring::~Ring() {
  if (mapped_bytes_ != 0) ::munmap(base_, mapped_bytes_);
}

std::uint64_t* Ring::counter(std::size_t offset) const {
  // The control page is an array of words for the kernel; its counters are 8-byte aligned.
  return static_cast<std::uint64_t*>(static_cast<void*>(base_ + offset));
}

std::uint64_t Ring::load_head() const {
  // Pairs with the kernel's write barrier before its store of data_head: what lies below it is complete.
  return std::atomic_ref(*counter(abi::kMmapDataHead)).load(std::memory_order_acquire);
}

void Ring::free_until(std::uint64_t tail) const {
  // Our reads of the data must be over before the kernel may overwrite it.
  std::atomic_ref(*counter(abi::kMmapDataTail)).store(tail, std::memory_order_release);
}

bool Ring::pending() const {
  if (base_ == nullptr) return false;
  return load_head() != std::atomic_ref(*counter(abi::kMmapDataTail)).load(std::memory_order_relaxed);
}

std::span<const std::byte> Ring::whole(std::uint64_t at, std::size_t size) {
  const auto start = static_cast<std::size_t>(at & (data_bytes_ - 1));
  const std::size_t until_end = data_bytes_ - start;
  if (size <= until_end) return {data_ + start, size};
  joined_.resize(size);
  std::copy_n(data_ + start, until_end, joined_.begin());
  std::copy_n(data_, size - until_end, joined_.begin() + static_cast<std::ptrdiff_t>(until_end));
  return joined_;
}

Status Ring::drain(const std::function<void(std::span<const std::byte> record)>& take) {
  if (base_ == nullptr) return {};
  const std::uint64_t head = load_head();
  std::uint64_t tail = std::atomic_ref(*counter(abi::kMmapDataTail)).load(std::memory_order_relaxed);
  const std::uint64_t free_step = data_bytes_ / 4;  // room is given back early, but not with a store a record
  std::uint64_t freed = tail;
  while (tail != head) {
    const std::uint64_t filled = head - tail;
    std::size_t size = 0;
    if (filled >= abi::kRecordHeaderBytes && filled <= data_bytes_) {
      Cursor header{whole(tail, abi::kRecordHeaderBytes)};
      header.skip(6);
      size = header.u16();
    }
    if (size < abi::kRecordHeaderBytes || size > filled) {
      free_until(head);
      return fail(Errc::malformed,
                  fmt::format("ring position {}: a record of {} bytes, {} are there", tail, size, filled));
    }
    take(whole(tail, size));
    tail += size;
    if (tail - freed >= free_step) {
      free_until(tail);
      freed = tail;
    }
  }
  if (freed != tail) free_until(tail);
  return {};
}

}  // namespace simdprof
