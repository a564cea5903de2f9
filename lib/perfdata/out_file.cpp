#include "lib/perfdata/out_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <utility>

#include "lib/base/check.h"

namespace simdprof::perfdata {
OutFile::OutFile(UniqueFd fd, std::string path, std::string temporary)
    : fd_(std::move(fd)), path_(std::move(path)), temporary_(std::move(temporary)) {}

OutFile::OutFile(OutFile&& other) noexcept
    : fd_(std::move(other.fd_)),
      path_(std::move(other.path_)),
      temporary_(std::exchange(other.temporary_, {})),
      size_(other.size_) {}

OutFile::~OutFile() {
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

tl::unexpected<Error> OutFile::failed(Error error) const { return fail(with_input(std::move(error), path_)); }

Result<OutFile> OutFile::create(const std::string& path) {
  const std::string name = path == "-" ? "standard output" : path;
  const auto named = [&](Result<UniqueFd> fd, const std::string& temporary) -> Result<OutFile> {
    if (!fd) return fail(with_input(fd.error(), name));
    return OutFile{std::move(*fd), name, temporary};
  };
  if (path == "-") return named(open_standard_output(), {});
  struct stat target {};
  if (::stat(path.c_str(), &target) == 0) {
    if (S_ISCHR(target.st_mode) || S_ISFIFO(target.st_mode)) return named(open_to_write(path, 0), {});
    if (!S_ISREG(target.st_mode)) return named(fail(Errc::usage, "is there, and is not a regular file"), {});
  }
  const std::string temporary = path + ".tmp";
  ::unlink(temporary.c_str());  // of an export that was killed; O_EXCL refuses whatever stands there otherwise
  return named(open_to_write(temporary, O_CREAT | O_EXCL), temporary);
}

Status OutFile::append(std::span<const std::byte> bytes) {
  if (const auto written = write_all(fd_.get(), bytes); !written) return failed(written.error());
  size_ += bytes.size();
  return {};
}

Status OutFile::overwrite(std::uint64_t offset, std::span<const std::byte> bytes) {
  SIMDPROF_ASSERT(!sequential() && offset + bytes.size() <= size_);
  if (const auto written = write_all_at(fd_.get(), offset, bytes); !written) return failed(written.error());
  return {};
}

Status OutFile::finish() {
  if (sequential()) return {};
  const std::string old_name = path_ + ".old";
  if (std::rename(path_.c_str(), old_name.c_str()) != 0 && errno != ENOENT) {
    return failed(fail_errno(errno, "cannot keep the old file as " + old_name).value());
  }
  if (std::rename(temporary_.c_str(), path_.c_str()) != 0) {
    return failed(fail_errno(errno, "cannot rename " + temporary_ + " to it").value());
  }
  temporary_.clear();
  return {};
}

}  // namespace simdprof::perfdata
