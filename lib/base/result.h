#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <tl/expected.hpp>

namespace simdprof {

/// What kind of expected failure it is. cmd/ turns the kind into an exit status.
enum class Errc {
  truncated,    ///< the input ends inside something
  malformed,    ///< the input contradicts itself
  unsupported,  ///< the input, kernel or machine has something this build does not know or lacks
  not_found,    ///< a file, process, symbol or event that is not there
  permission,   ///< refused by the system; the message names the one thing to change
  io,           ///< a read or write failed
  limit,        ///< a bound of ours was reached
  usage,        ///< the command line is wrong
};

inline constexpr std::uint64_t kNoOffset = std::numeric_limits<std::uint64_t>::max();

struct Error {
  Errc code = Errc::malformed;
  std::string fact;                  ///< what is so; no "failed to", no period
  std::uint64_t offset = kNoOffset;  ///< place in the input, in bytes, or kNoOffset
  std::string input;                 ///< file or object the fact is about; may be empty
  std::uint64_t left_over = 0;       ///< bytes that stand behind the last field of a record, when that is the error
};

/// `T` or an Error.
template <class T>
using Result = tl::expected<T, Error>;
using Status = Result<void>;

tl::unexpected<Error> fail(Errc code, std::string fact, std::uint64_t offset = kNoOffset);
tl::unexpected<Error> fail(Error error);
/// For a failed system call: `fact: strerror(errno)`; EACCES and EPERM become Errc::permission, ENOENT not_found.
tl::unexpected<Error> fail_errno(int error_number, std::string fact);

/// Names the input of an error that does not name one yet.
Error with_input(Error error, std::string input);

/// `input: byte N: fact`, with the parts that are known.
std::string render_error(const Error& error);

}  // namespace simdprof
