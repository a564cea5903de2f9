// Opens a recording at every length from whole to empty, as the reading verbs do: each prefix must be read to its end
// or refused with an error, and must not hold more samples than the longer one before.
//
//   every_prefix FILE
#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <optional>
#include <string>
#include <variant>

#include "cmd/session.h"
#include "lib/base/fd.h"

namespace simdprof {
namespace {

/// Samples of the input; empty when it is refused.
std::optional<std::size_t> count_samples(const std::string& input) {
  auto session = cmd::Session::open(input);
  if (!session) return std::nullopt;
  std::size_t samples = 0;
  while (const Record* record = session->next()) samples += std::holds_alternative<Sample>(record->body) ? 1U : 0U;
  return samples;
}

int check_every_prefix(const std::string& path) {
  constexpr std::size_t kLimit = std::size_t{16} << 20U;
  const auto bytes = load_bytes(path, kLimit);
  if (!bytes) return fmt::print(stderr, "{}\n", render_error(bytes.error())), 1;
  const UniqueFd copy{::memfd_create("prefix", 0)};
  if (!write_all(copy.get(), *bytes)) return fmt::print(stderr, "cannot copy the file\n"), 1;
  const std::string name = fmt::format("/proc/self/fd/{}", copy.get());
  std::optional<std::size_t> longer = count_samples(name);
  if (!longer || *longer == 0) return fmt::print(stderr, "the whole file holds no sample\n"), 1;
  const std::size_t whole = *longer;
  std::size_t refused = 0;
  for (std::size_t size = bytes->size(); size-- > 0;) {
    if (::ftruncate(copy.get(), static_cast<off_t>(size)) != 0) return 1;
    const auto samples = count_samples(name);
    if (!samples) {
      ++refused;
      continue;  // a shorter prefix may be readable no more, but none may be readable again with more
    }
    if (*samples > *longer || refused != 0) {
      return fmt::print(stderr, "{} bytes: {} samples, but {} with more bytes, {} longer prefixes refused\n", size,
                        *samples, *longer, refused),
             1;
    }
    longer = samples;
  }
  fmt::print("{} prefixes: {} samples in the whole, {} prefixes refused\n", bytes->size(), whole, refused);
  return refused == bytes->size() ? 1 : 0;
}

}  // namespace
}  // namespace simdprof

int main(int argc, char** argv) {
  if (argc != 2) return fmt::print(stderr, "usage: every_prefix FILE\n"), 64;
  return simdprof::check_every_prefix(argv[1]);
}
