#include "lib/capture/privileged_program.h"

#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cstdlib>
#include <optional>
#include <string_view>

namespace simdprof {
namespace {

// The file that execvp would run.
std::optional<std::string> find_program(const std::string& command) {
  if (command.find('/') != std::string::npos) return command;
  const char* const path = std::getenv("PATH");
  std::string_view rest = path != nullptr ? path : "/bin:/usr/bin";
  for (;;) {
    const std::size_t colon = rest.find(':');
    const std::string folder(rest.substr(0, colon));
    const std::string file = folder.empty() ? command : std::string(folder).append("/").append(command);
    if (::access(file.c_str(), X_OK) == 0) return file;
    if (colon == std::string_view::npos) return std::nullopt;
    rest.remove_prefix(colon + 1);
  }
}

}  // namespace

std::string find_program_privilege(const std::string& command) {
  const auto file = find_program(command);
  struct stat info {};
  if (!file || ::stat(file->c_str(), &info) != 0 || !S_ISREG(info.st_mode)) return {};
  if ((info.st_mode & S_ISUID) != 0 && info.st_uid != ::geteuid()) return "is set-user-id";
  const bool runs_as_group = (info.st_mode & S_ISGID) != 0 && (info.st_mode & S_IXGRP) != 0;
  if (runs_as_group && info.st_gid != ::getegid()) return "is set-group-id";
  if (::getxattr(file->c_str(), "security.capability", nullptr, 0) > 0) return "has file capabilities";
  return {};
}

}  // namespace simdprof
