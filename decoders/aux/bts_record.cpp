#include "decoders/aux/bts_record.h"

#include <fmt/format.h>

namespace simdprof {

BtsRecord decode_bts_record(Cursor& in) {
  BtsRecord record;
  record.from = in.u64();
  record.to = in.u64();
  record.flags = in.u64();
  return record;
}

std::string render_bts_record(const BtsRecord& record) {
  return fmt::format("{:x} -> {:x} {}", record.from, record.to,
                     (record.flags & BtsRecord::kPredicted) != 0 ? "pred" : "miss");
}

}  // namespace simdprof
