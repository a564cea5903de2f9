#include "cmd/text_out.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <span>

#include "cmd/exit_code.h"
#include "lib/base/log.h"

namespace simdprof::cmd {
namespace {

constexpr std::size_t kMostPieces = 1024;  // IOV_MAX

/// What is left of pieces when their first `bytes` are written.
std::span<iovec> without_bytes(std::span<iovec> pieces, std::size_t bytes) {
  while (!pieces.empty() && bytes >= pieces.front().iov_len) {
    bytes -= pieces.front().iov_len;
    pieces = pieces.subspan(1);
  }
  if (bytes != 0) {
    pieces.front().iov_base = static_cast<char*>(pieces.front().iov_base) + bytes;
    pieces.front().iov_len -= bytes;
  }
  return pieces;
}

}  // namespace

void TextOut::append(std::string_view text, const std::shared_ptr<const void>* owner) {
  if (owner == nullptr || text.size() < kWorthReferring) {
    buffer_.append(text.data(), text.data() + text.size());
    return;
  }
  references_.push_back({buffer_.size(), text});
  referred_bytes_ += text.size();
  if (owners_.empty() || owners_.back() != *owner) owners_.push_back(*owner);
}

/// The buffer and the references in the order in which they are written.
void TextOut::make_pieces() {
  pieces_.clear();
  std::size_t done = 0;
  const auto add = [this](const char* text, std::size_t bytes) {
    if (bytes != 0) pieces_.push_back({const_cast<char*>(text), bytes});  // writev() only reads
  };
  for (const Reference& reference : references_) {
    add(buffer_.data() + done, reference.at - done);
    add(reference.text.data(), reference.text.size());
    done = reference.at;
  }
  add(buffer_.data() + done, buffer_.size() - done);
}

void TextOut::flush() {
  make_pieces();
  std::span<iovec> rest = pieces_;
  while (!rest.empty() && error_ == 0) {
    const ssize_t written = ::writev(fd_, rest.data(), static_cast<int>(std::min(rest.size(), kMostPieces)));
    if (written >= 0) {
      rest = without_bytes(rest, static_cast<std::size_t>(written));
    } else if (errno == EPIPE) {
      std::_Exit(kExitOk);  // the reader has seen enough
    } else if (errno != EINTR) {
      error_ = errno;
    }
  }
  buffer_.clear();
  references_.clear();
  referred_bytes_ = 0;
  owners_.clear();
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
