#include "cmd/text_out.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "cmd/exit_code.h"
#include "lib/base/log.h"

namespace simdprof::cmd {

void TextOut::flush() {
  std::string_view rest{buffer_.data(), buffer_.size()};
  while (!rest.empty() && error_ == 0) {
    const ssize_t written = ::write(fd_, rest.data(), rest.size());
    if (written >= 0) {
      rest.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno == EPIPE) {
      std::_Exit(kExitOk);  // the reader has seen enough
    } else if (errno != EINTR) {
      error_ = errno;
    }
  }
  buffer_.clear();
}

bool TextOut::finish() {
  flush();
  if (error_ != 0 && !reported_) {
    log_error(fmt::format("standard output: cannot write: {}", std::strerror(error_)));
    reported_ = true;
  }
  return error_ == 0;
}

}  // namespace simdprof::cmd
