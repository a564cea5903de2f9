#include "cmd/verbs.h"

#include <array>

#include "cmd/version.h"

namespace simdprof::cmd {

std::span<const Verb> verbs() {
  static constexpr std::array kVerbs = {
      Verb{"version", "show the version; -v: and what is built in", version_verb},
  };
  return kVerbs;
}

}  // namespace simdprof::cmd
