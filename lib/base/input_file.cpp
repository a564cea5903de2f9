#include "lib/base/input_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <utility>
#include <vector>

namespace simdprof {
Result<UniqueFd> open_unnamed() {
  const char* configured = std::getenv("TMPDIR");
  const std::string folder = configured != nullptr && *configured != '\0' ? configured : "/tmp";
  const int unnamed = ::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (unnamed >= 0) return UniqueFd{unnamed};
  // Not every file system has O_TMPFILE.
  std::string name = folder + "/simdprof-XXXXXX";
  const int named = ::mkostemp(name.data(), O_CLOEXEC);
  if (named < 0) return fail(with_input(fail_errno(errno, "cannot make a temporary file").value(), folder));
  ::unlink(name.c_str());
  return UniqueFd{named};
}

namespace {

/// Copies a stream to a file; one that is not worth it no further than it takes to tell.
Result<UniqueFd> spool(int from, InputFile::WorthCopying worth) {
  auto file = open_unnamed();
  if (!file) return file;
  std::vector<std::byte> buffer(std::size_t{256} << 10U);
  for (bool known = false;; known = true) {
    const auto got = read_up_to(from, buffer);
    if (!got) return fail(got.error());
    const auto bytes = std::span(buffer).first(*got);
    const auto written = write_all(file->get(), bytes);
    if (!written) return fail(with_input(written.error(), "temporary file"));
    if (*got < buffer.size() || (!known && !worth(bytes))) return file;
  }
}

}  // namespace

Result<InputFile> InputFile::open(const std::string& path, WorthCopying worth) {
  UniqueFd fd;
  if (path == "-") {
    if (::isatty(STDIN_FILENO) == 1) return fail(Errc::usage, "standard input is a terminal; give a file or a pipe");
    fd.reset(::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0));
    if (!fd.valid()) return fail_errno(errno, "cannot read standard input");
  } else {
    auto opened = open_to_read(path);
    if (!opened) return fail(opened.error());
    fd = std::move(*opened);
  }
  struct stat info {};
  if (::fstat(fd.get(), &info) != 0) return fail_errno(errno, "cannot stat");
  if (S_ISDIR(info.st_mode)) return fail(Errc::malformed, "is a directory");
  const bool seekable = S_ISREG(info.st_mode) && (path != "-" || ::lseek(fd.get(), 0, SEEK_CUR) == 0);
  if (!seekable) {
    auto spooled = spool(fd.get(), worth);
    if (!spooled) return fail(spooled.error());
    fd = std::move(*spooled);
  }
  return adopt(std::move(fd));
}

Result<InputFile> InputFile::adopt(UniqueFd fd) {
  struct stat info {};
  if (::fstat(fd.get(), &info) != 0) return fail_errno(errno, "cannot stat");
  return InputFile{std::move(fd), static_cast<std::uint64_t>(info.st_size)};
}

Result<std::size_t> InputFile::read_at(std::uint64_t offset, std::span<std::byte> bytes) const {
  return read_up_to_at(fd_.get(), offset, bytes);
}

}  // namespace simdprof
