#include "lib/container/output_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <utility>

namespace simdprof {
namespace {

/// Takes the old file out of the way: kept as `.old` when there is anything in it.
Status move_old_aside(const std::string& path, bool empty) {
  const std::string old_name = path + ".old";
  const int result = empty ? ::unlink(path.c_str()) : std::rename(path.c_str(), old_name.c_str());
  if (result != 0) return fail_errno(errno, "cannot keep the old file as " + old_name);
  return {};
}

Result<UniqueFd> open_named(const std::string& path) {
  struct stat target {};
  if (::stat(path.c_str(), &target) == 0) {
    if (S_ISCHR(target.st_mode) || S_ISFIFO(target.st_mode)) return open_to_write(path, 0);
    if (!S_ISREG(target.st_mode)) return fail(Errc::usage, "is there, and is not a regular file");
    if (const auto moved = move_old_aside(path, target.st_size == 0); !moved) return fail(moved.error());
  } else if (struct stat link{}; ::lstat(path.c_str(), &link) == 0) {
    if (const auto moved = move_old_aside(path, false); !moved) return fail(moved.error());  // a link to nowhere
  }
  return open_to_write(path, O_CREAT | O_EXCL);
}

}  // namespace

Result<OutputFile> OutputFile::create(const std::string& path) {
  const std::string name = path == "-" ? "standard output" : path;
  auto fd = path == "-" ? open_standard_output() : open_named(path);
  if (!fd) return fail(with_input(fd.error(), name));
  struct stat opened {};
  const bool regular = path != "-" && ::fstat(fd->get(), &opened) == 0 && S_ISREG(opened.st_mode);
  return OutputFile{std::move(*fd), name, regular};
}

Status OutputFile::append(std::span<const std::byte> bytes) {
  const auto written = write_all(fd_.get(), bytes);
  if (written) {
    size_ += bytes.size();
    return {};
  }
  // Best effort: where it cannot be cut, the reader finds the frame cut off.
  if (regular_) {
    [[maybe_unused]] const int cut = ::ftruncate(fd_.get(), static_cast<off_t>(size_));
  }
  return fail(with_input(written.error(), name_));
}

}  // namespace simdprof
