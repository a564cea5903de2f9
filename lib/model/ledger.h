#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "lib/base/result.h"
#include "lib/model/own_record.h"

namespace simdprof {

/// Everything that was lost, skipped or refused while a recording was made or read. Every report ends with it.
class Ledger {
 public:
  struct Skipped {
    std::uint64_t count = 0;
    std::uint64_t left_over = 0;  ///< of these: with bytes behind the last field
    Error first;                  ///< the first of its kind, with its place
  };

  /// A record of `type` that could not be decoded and was left out.
  void skip(std::uint32_t type, const Error& error);
  /// A record of a type this build does not know, left out by its size.
  void skip_unknown_type(std::uint32_t type);
  void lose(LossCause cause, std::uint64_t count);
  /// What a reader saw missing, `seen` in all: the recorder may have told of some or all of it.
  void lose_at_least(LossCause cause, std::uint64_t seen);
  void merge(const Ledger& other);

  [[nodiscard]] std::uint64_t lost(LossCause cause) const;
  [[nodiscard]] const std::map<LossCause, std::uint64_t>& losses() const { return losses_; }
  /// By name of the record type.
  [[nodiscard]] const std::map<std::string, Skipped>& skipped() const { return skipped_; }
  [[nodiscard]] const std::map<std::uint32_t, std::uint64_t>& unknown_types() const { return unknown_types_; }
  [[nodiscard]] bool empty() const { return losses_.empty() && skipped_.empty() && unknown_types_.empty(); }

 private:
  std::map<LossCause, std::uint64_t> losses_;
  std::map<std::string, Skipped> skipped_;
  std::map<std::uint32_t, std::uint64_t> unknown_types_;
};

/// "SAMPLE", "REGISTER_IMAGE" or "type 0x1234".
std::string record_name(std::uint32_t type);

}  // namespace simdprof
