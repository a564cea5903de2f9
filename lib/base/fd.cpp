#include "lib/base/fd.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace simdprof {
namespace {

// `one` writes some of what is left, after `done` bytes, as write(2) does.
template <class One>
Status write_pieces(std::span<const std::byte> bytes, One one) {
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t written = one(bytes.subspan(done), done);
    if (written < 0) {
      if (errno == EINTR) continue;
      return fail_errno(errno, "cannot write");
    }
    done += static_cast<std::size_t>(written);
  }
  return {};
}

// `one` reads some of what is left, after `done` bytes, as read(2) does.
template <class One>
Result<std::size_t> read_pieces(std::span<std::byte> bytes, One one) {
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t got = one(bytes.subspan(done), done);
    if (got < 0) {
      if (errno == EINTR) continue;
      return fail_errno(errno, "cannot read");
    }
    if (got == 0) break;
    done += static_cast<std::size_t>(got);
  }
  return done;
}

}  // namespace

void UniqueFd::reset(int fd) {
  if (fd_ >= 0) ::close(fd_);
  fd_ = fd;
}

Result<UniqueFd> open_to_read(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return fail(with_input(fail_errno(errno, "cannot open").value(), path));
  return UniqueFd{fd};
}

Result<UniqueFd> open_to_write(const std::string& path, int flags) {
  const int fd = ::open(path.c_str(), flags | O_WRONLY | O_CLOEXEC | O_NOCTTY, 0600);
  if (fd < 0) return fail_errno(errno, "cannot create");
  return UniqueFd{fd};
}

Result<UniqueFd> open_standard_output() {
  if (::isatty(STDOUT_FILENO) == 1) return fail(Errc::usage, "standard output is a terminal; redirect it to a file");
  UniqueFd fd{::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0)};
  if (!fd.valid()) return fail_errno(errno, "cannot write to standard output");
  return fd;
}

Status write_all(int fd, std::span<const std::byte> bytes) {
  return write_pieces(bytes, [fd](std::span<const std::byte> rest, std::size_t /*done*/) {
    return ::write(fd, rest.data(), rest.size());
  });
}

Status write_all_at(int fd, std::uint64_t offset, std::span<const std::byte> bytes) {
  return write_pieces(bytes, [fd, offset](std::span<const std::byte> rest, std::size_t done) {
    return ::pwrite(fd, rest.data(), rest.size(), static_cast<off_t>(offset + done));
  });
}

Result<std::size_t> read_up_to(int fd, std::span<std::byte> bytes) {
  return read_pieces(
      bytes, [fd](std::span<std::byte> rest, std::size_t /*done*/) { return ::read(fd, rest.data(), rest.size()); });
}

Result<std::size_t> read_up_to_at(int fd, std::uint64_t offset, std::span<std::byte> bytes) {
  return read_pieces(bytes, [fd, offset](std::span<std::byte> rest, std::size_t done) {
    return ::pread(fd, rest.data(), rest.size(), static_cast<off_t>(offset + done));
  });
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
