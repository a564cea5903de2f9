#pragma once

#include <variant>

#include "decoders/record/decode_record.h"
#include "lib/container/record_walk.h"

namespace simdprof::cmd {

/// Calls use(body) with each record of one kind that a chunk holds. A damaged chunk, or the rest behind a damaged
/// record, gives none: what it held is missing, and callers that count find it so.
template <typename Body, typename Use>
void visit_chunk(const RecordInput& input, const EventTable& events, std::size_t chunk, Use use) {
  const auto bytes = input.load(chunk);
  if (!bytes) return;
  RecordWalk walk{*bytes, input.chunks()[chunk]};
  Record record;
  for (auto raw = walk.next(); raw && *raw; raw = walk.next()) {
    if (input.is_framing((*raw)->type) || !decode_record(**raw, events, record)) continue;
    if (const auto* body = std::get_if<Body>(&record.body)) use(*body);
  }
}

}  // namespace simdprof::cmd
