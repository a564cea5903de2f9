#include "lib/model/finding.h"

#include <array>

namespace simdprof {

std::string_view severity_name(Severity severity) {
  switch (severity) {
    case Severity::info: return "info";
    case Severity::guard: return "guard";
    case Severity::medium: return "medium";
    case Severity::strong: return "strong";
    case Severity::error: return "error";
  }
  return "unknown";
}

std::string_view rule_id_name(RuleId rule) {
  static constexpr std::array<std::string_view, kRuleCount> kNames = {
      "R1", "R2", "R3", "R4", "R5", "R6", "R7", "R8", "R9", "R10", "R11", "R12", "R13", "R14", "R15", "R16"};
  const auto index = static_cast<std::size_t>(rule) - 1;
  return index < kNames.size() ? kNames[index] : "unknown";
}

std::string_view distrust_name(std::uint8_t distrust) {
  // By the bits, user-gpr lowest.
  static constexpr std::array<std::string_view, 16> kNames = {
      "nothing",
      "user-gpr",
      "user-vectors",
      "user-gpr,user-vectors",
      "intr-gpr",
      "user-gpr,intr-gpr",
      "user-vectors,intr-gpr",
      "user-gpr,user-vectors,intr-gpr",
      "intr-vectors",
      "user-gpr,intr-vectors",
      "user-vectors,intr-vectors",
      "user-gpr,user-vectors,intr-vectors",
      "intr-gpr,intr-vectors",
      "user-gpr,intr-gpr,intr-vectors",
      "user-vectors,intr-gpr,intr-vectors",
      "user-gpr,user-vectors,intr-gpr,intr-vectors",
  };
  return kNames[distrust % kNames.size()];
}

}  // namespace simdprof
