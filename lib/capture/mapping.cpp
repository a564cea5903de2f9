#include "lib/capture/mapping.h"

#include <sys/mman.h>

#include <cerrno>
#include <utility>

namespace simdprof {

int Mapping::map(int fd, std::size_t bytes, int protection, std::uint64_t offset, Mapping& out) {
  void* const memory = ::mmap(nullptr, bytes, protection, MAP_SHARED, fd, static_cast<off_t>(offset));
  if (memory == MAP_FAILED) return errno;
  Mapping mapping = borrow(static_cast<std::byte*>(memory), bytes);
  mapping.owned_ = true;
  out = std::move(mapping);
  return 0;
}

Mapping Mapping::borrow(std::byte* data, std::size_t bytes) {
  Mapping mapping;
  mapping.data_ = data;
  mapping.bytes_ = bytes;
  return mapping;
}

Mapping::Mapping(Mapping&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)),
      bytes_(std::exchange(other.bytes_, 0)),
      owned_(std::exchange(other.owned_, false)) {}

Mapping& Mapping::operator=(Mapping&& other) noexcept {
  if (this == &other) return *this;
  if (owned_) ::munmap(data_, bytes_);
  data_ = std::exchange(other.data_, nullptr);
  bytes_ = std::exchange(other.bytes_, 0);
  owned_ = std::exchange(other.owned_, false);
  return *this;
}

Mapping::~Mapping() {
  if (owned_) ::munmap(data_, bytes_);
}

}  // namespace simdprof
