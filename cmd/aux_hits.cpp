#include "cmd/aux_hits.h"

#include <utility>

namespace simdprof::cmd {

Result<std::unique_ptr<AuxHits>> AuxHits::open(const AuxRecording& recording, const ItraceOptions& options) {
  const auto info = recording.info();
  if (!info) return fail(info.error());
  AuxWanted wanted;
  wanted.branches = options.any_branches();
  wanted.instructions = options.instructions;
  wanted.marks = options.ptwrites || options.power;
  // Where operations are sampled, these are what instructions are made of.
  wanted.memory = options.memory || info->type == AuxTraceType::arm_spe;
  auto decoder = make_aux_decoder(*info, recording.programs(), wanted);
  if (!decoder) return fail(decoder.error());
  std::unique_ptr<AuxHits> hits(new AuxHits(options));
  hits->decoder_ = *std::move(decoder);
  hits->reading_ = std::make_unique<AuxReading>(
      recording.readers(*hits->decoder_, info->type, {}), *hits->decoder_,
      [asked = &hits->options_] { return std::make_unique<AuxHitCollector>(*asked); }, AuxOrder::by_time,
      recording.programs().error_filter());
  hits->pop();
  return hits;
}

void AuxHits::pop() {
  item_.reset();
  const auto next = reading_->next();
  if (!next) return;
  Item item;
  item.time_ns = next->time_ns;
  item.hit = hit_of(next->bytes, item.text);
  item_ = item;
}

}  // namespace simdprof::cmd
