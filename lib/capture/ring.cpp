#include "lib/capture/ring.h"

#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
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
  Ring ring;
  if (const int error = Mapping::map(event_fd, bytes, PROT_READ | PROT_WRITE, 0, ring.memory_); error != 0) {
    return fail_errno(error, fmt::format("cannot map a ring of {} pages", data_pages));
  }
  ring.fd_ = event_fd;
  ring.control_ = ControlPage(ring.memory_.data());
  ring.data_ = ring.memory_.data() + page_bytes;
  ring.data_bytes_ = data_pages * page_bytes;
  return ring;
}

void Ring::note_smaller(std::size_t pages, std::size_t wanted_pages) {
  log_note(
      fmt::format("rings made smaller, {} pages instead of {}: kernel.perf_event_mlock_kb and ulimit -l allow no "
                  "more",
                  pages, wanted_pages));
}

Ring Ring::over_memory(std::span<std::byte> memory, std::size_t control_bytes, CounterAccess access) {
  SIMDPROF_ASSERT(memory.size() > control_bytes && control_bytes >= abi::kMmapDataTail + 8);
  Ring ring;
  ring.memory_ = Mapping::borrow(memory.data(), memory.size());
  ring.control_ = ControlPage(memory.data(), access);
  ring.data_ = memory.data() + control_bytes;
  ring.data_bytes_ = memory.size() - control_bytes;
  SIMDPROF_ASSERT(std::has_single_bit(ring.data_bytes_) && ring.data_bytes_ >= abi::kRecordHeaderBytes);
  return ring;
}

bool Ring::pending() const {
  if (!control_.valid()) return false;
  return control_.load_head(abi::kMmapDataHead) != control_.load_tail(abi::kMmapDataTail);
}

std::uint64_t Ring::waiting_bytes() const {
  if (!control_.valid()) return 0;
  const std::uint64_t waiting = control_.load_head(abi::kMmapDataHead) - control_.load_tail(abi::kMmapDataTail);
  return waiting <= data_bytes_ ? waiting : 0;  // else the tail has passed the head that was read before it
}

std::uint64_t Ring::written() const { return control_.valid() ? control_.load_head(abi::kMmapDataHead) : 0; }

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
  if (!control_.valid()) return {};
  const std::uint64_t head = control_.load_head(abi::kMmapDataHead);
  std::uint64_t tail = control_.load_tail(abi::kMmapDataTail);
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
      control_.store_tail(abi::kMmapDataTail, head);
      return fail(Errc::malformed,
                  fmt::format("ring position {}: a record of {} bytes, {} are there", tail, size, filled));
    }
    take(whole(tail, size));
    tail += size;
    if (tail - freed >= free_step) {
      control_.store_tail(abi::kMmapDataTail, tail);
      freed = tail;
    }
  }
  if (freed != tail) control_.store_tail(abi::kMmapDataTail, tail);
  return {};
}

}  // namespace simdprof
