#include "lib/symbols/demangle.h"

#include <cxxabi.h>
#define HAVE_DECL_BASENAME 1  // else libiberty.h declares its own, against string.h
#include <libiberty/demangle.h>

#include <cstdlib>
#include <cstring>
#include <memory>
#include <string_view>

namespace simdprof {
namespace {

// Demanglers recurse; a real name is far shorter than this, a hostile one is not worth its stack.
constexpr std::size_t kNameLimit = std::size_t{64} << 10U;

struct FreeText {
  void operator()(char* text) const { std::free(text); }
};
using OwnedText = std::unique_ptr<char, FreeText>;

}  // namespace

std::optional<std::string> demangle(const char* name) {
  if (name[0] != '_' || strnlen(name, kNameLimit) == kNameLimit) return std::nullopt;
  const bool itanium = std::strncmp(name, "_Z", 2) == 0 || std::strncmp(name, "___Z", 4) == 0;
  const bool rust_v0 = name[1] == 'R';
  if (!itanium && !rust_v0) return std::nullopt;
  // Rust first: its legacy names are valid C++ names too, with a hash that means nothing to the reader.
  if (const OwnedText rust{rust_demangle(name, 0)}; rust) return std::string(rust.get());
  if (!itanium) return std::nullopt;
  int status = 0;
  if (const OwnedText text{abi::__cxa_demangle(name, nullptr, nullptr, &status)}; text && status == 0) {
    return std::string(text.get());
  }
  return std::nullopt;
}

}  // namespace simdprof
