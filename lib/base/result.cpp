#include "lib/base/result.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace simdprof {

tl::unexpected<Error> fail(Errc code, std::string fact, std::uint64_t offset) {
  return tl::unexpected<Error>(Error{code, std::move(fact), offset, {}});
}

tl::unexpected<Error> fail(Error error) { return tl::unexpected<Error>(std::move(error)); }

tl::unexpected<Error> fail_errno(int error_number, std::string fact) {
  Errc code = Errc::io;
  if (error_number == EACCES || error_number == EPERM) code = Errc::permission;
  if (error_number == ENOENT || error_number == ESRCH) code = Errc::not_found;
  return fail(code, fmt::format("{}: {}", fact, std::strerror(error_number)));
}

Error with_input(Error error, std::string input) {
  if (error.input.empty()) error.input = std::move(input);
  return error;
}

std::string render_error(const Error& error) {
  std::string text;
  if (!error.input.empty()) text = error.input + ": ";
  if (error.offset != kNoOffset) text += fmt::format("byte {}: ", error.offset);
  return text + error.fact;
}

}  // namespace simdprof
