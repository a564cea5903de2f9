#include "lib/capture/mapping.h"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "lib/base/fd.h"

namespace simdprof {
namespace {

bool is_mapped(const std::byte* data) {
  unsigned char resident = 0;
  return ::mincore(const_cast<std::byte*>(data), 1, &resident) == 0;
}

UniqueFd two_pages() {
  UniqueFd fd(::memfd_create("mapping", MFD_CLOEXEC));
  EXPECT_EQ(::ftruncate(fd.get(), 2 * ::sysconf(_SC_PAGESIZE)), 0);
  return fd;
}

TEST(Mapping, IsThereUntilItsOwnerEnds) {
  const UniqueFd fd = two_pages();
  const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  const std::byte* data = nullptr;
  {
    Mapping mapping;
    ASSERT_EQ(Mapping::map(fd.get(), page, PROT_READ | PROT_WRITE, page, mapping), 0);
    data = mapping.data();
    EXPECT_EQ(mapping.bytes(), page);
    mapping.data()[0] = std::byte{7};
    Mapping moved = std::move(mapping);
    EXPECT_EQ(moved.data(), data);
    EXPECT_TRUE(is_mapped(data));
    Mapping assigned;
    assigned = std::move(moved);
    EXPECT_EQ(assigned.data()[0], std::byte{7});
  }
  EXPECT_FALSE(is_mapped(data));
  char byte = 0;
  EXPECT_EQ(::pread(fd.get(), &byte, 1, static_cast<off_t>(page)), 1);
  EXPECT_EQ(byte, 7) << "it is the file's second page";
}

TEST(Mapping, ARefusalIsItsErrnoAndChangesNothing) {
  std::array<std::byte, 8> memory{};
  Mapping mapping = Mapping::borrow(memory.data(), memory.size());
  EXPECT_EQ(Mapping::map(-1, 4096, PROT_READ, 0, mapping), EBADF);
  EXPECT_EQ(mapping.data(), memory.data());
}

TEST(Mapping, BorrowedMemoryIsLeftAlone) {
  const UniqueFd fd = two_pages();
  Mapping owner;
  ASSERT_EQ(Mapping::map(fd.get(), 4096, PROT_READ, 0, owner), 0);
  { const Mapping borrowed = Mapping::borrow(owner.data(), owner.bytes()); }
  EXPECT_TRUE(is_mapped(owner.data()));
}

}  // namespace
}  // namespace simdprof
