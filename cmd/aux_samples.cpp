#include "cmd/aux_samples.h"

#include <fmt/format.h>

#include <utility>

#include "lib/base/log.h"

namespace simdprof::cmd {
namespace {

void tell_error(const AuxHit& error, std::string_view text) {
  log_warning(fmt::format("trace of {} {}: byte {}: {}", error.place.cpu >= 0 ? "CPU" : "thread",
                          error.place.cpu >= 0 ? error.place.cpu : error.place.tid, error.place.offset, text));
}

}  // namespace

AuxSamples::AuxSamples(Session& session, const ItraceOptions& options, const SymbolOptions& symbols)
    : facts_(session.facts()), events_(options, facts_.events), recording_(session, symbols) {}

Result<std::unique_ptr<AuxSamples>> AuxSamples::open(Session& session, const ItraceOptions& options,
                                                     const SymbolOptions& symbols) {
  std::unique_ptr<AuxSamples> samples(new AuxSamples(session, options, symbols));
  auto hits = AuxHits::open(samples->recording_, options);
  if (!hits) return fail(with_input(hits.error(), session.input().name()));
  samples->hits_ = *std::move(hits);
  return samples;
}

void AuxSamples::give_until(std::uint64_t time_ns, const std::function<void(const Record&)>& take) {
  for (const AuxHits::Item* item = hits_->front(); item != nullptr && item->time_ns < time_ns;
       hits_->pop(), item = hits_->front()) {
    if (item->hit.kind == AuxHit::Kind::error) tell_error(item->hit, item->text);
    Sample sample;
    if (!events_.make_sample(item->hit, item->time_ns, sample)) continue;
    Record record;
    record.type = abi::PERF_RECORD_SAMPLE;
    record.misc = sample.misc;
    record.time_ns = item->time_ns;
    record.body = sample;
    take(record);
  }
}

}  // namespace simdprof::cmd
