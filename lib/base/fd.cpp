#include "lib/base/fd.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace simdprof {

void UniqueFd::reset(int fd) {
  if (fd_ >= 0) ::close(fd_);
  fd_ = fd;
}

Result<UniqueFd> open_to_read(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return fail(with_input(fail_errno(errno, "cannot open").value(), path));
  return UniqueFd{fd};
}

Status write_all(int fd, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      return fail_errno(errno, "cannot write");
    }
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return {};
}

Result<std::size_t> read_up_to(int fd, std::span<std::byte> bytes) {
  std::size_t total = 0;
  while (total < bytes.size()) {
    const ssize_t got = ::read(fd, bytes.data() + total, bytes.size() - total);
    if (got < 0) {
      if (errno == EINTR) continue;
      return fail_errno(errno, "cannot read");
    }
    if (got == 0) break;
    total += static_cast<std::size_t>(got);
  }
  return total;
}

Result<std::vector<std::byte>> load_bytes(const std::string& path, std::size_t limit_bytes) {
  auto fd = open_to_read(path);
  if (!fd) return fail(fd.error());
  std::vector<std::byte> bytes;
  constexpr std::size_t kStep = std::size_t{64} << 10U;
  for (;;) {
    const std::size_t old_size = bytes.size();
    bytes.resize(old_size + kStep);
    const auto got = read_up_to(fd->get(), std::span(bytes).subspan(old_size));
    if (!got) return fail(with_input(got.error(), path));
    bytes.resize(old_size + *got);
    if (bytes.size() > limit_bytes) {
      return fail(with_input(fail(Errc::limit, fmt::format("larger than {} bytes", limit_bytes)).value(), path));
    }
    if (*got < kStep) return bytes;
  }
}

Result<std::string> load_text(const std::string& path, std::size_t limit_bytes) {
  const auto bytes = load_bytes(path, limit_bytes);
  if (!bytes) return fail(bytes.error());
  std::string text(bytes->size(), '\0');
  if (!bytes->empty()) std::memcpy(text.data(), bytes->data(), bytes->size());
  return text;
}

}  // namespace simdprof
