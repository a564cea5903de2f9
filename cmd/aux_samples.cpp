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
    : facts_(session.facts()),
      events_(options, facts_.events),
      recording_(session, symbols),
      tells_errors_(options.errors),
      counts_calls_(options.call_depth) {}

Result<std::unique_ptr<AuxSamples>> AuxSamples::open(Session& session, const ItraceOptions& options,
                                                     const SymbolOptions& symbols) {
  std::unique_ptr<AuxSamples> samples(new AuxSamples(session, options, symbols));
  auto hits = AuxHits::open(samples->recording_, options);
  if (!hits) return fail(with_input(hits.error(), session.input().name()));
  samples->hits_ = *std::move(hits);
  return samples;
}

const Record* AuxSamples::next_before(std::uint64_t time_ns) {
  while (const AuxHits::Item* item = hits_->front()) {
    if (time_ns != kNoTime && item->time_ns >= time_ns) return nullptr;
    if (item->hit.kind == AuxHit::Kind::error) {
      if (tells_errors_) tell_error(item->hit, item->text);
      depths_.lose(item->hit.place);
    }
    Sample sample;
    const std::uint64_t at_ns = item->time_ns;
    const bool made = events_.make_sample(item->hit, at_ns, sample);
    hit_ = item->hit;
    if (counts_calls_ && hit_.kind == AuxHit::Kind::branch) call_depth_ = depths_.add(hit_);
    hits_->pop();
    if (!made) continue;
    record_.type = abi::PERF_RECORD_SAMPLE;
    record_.misc = sample.misc;
    record_.time_ns = at_ns;
    record_.body = std::move(sample);
    return &record_;
  }
  return nullptr;
}

}  // namespace simdprof::cmd
