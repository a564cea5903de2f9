#include "cmd/aux_recording.h"

#include <algorithm>
#include <set>
#include <utility>

namespace simdprof::cmd {

AuxRecording::AuxRecording(Session& session, SymbolOptions symbols)
    : session_(session), programs_(std::make_unique<RecordedPrograms>(std::move(symbols))) {
  AuxBufferIndex index(session.input());
  while (const Record* record = session.next()) {
    index.observe(*record);
    programs_->observe(*record, index.cpu_of(*record));
  }
  programs_->finish();
  buffers_ = index.finish(session.input(), session.facts().events);
  infos_ = index.infos(session.facts());
  samples_carry_bytes_ = index.samples_with_bytes() != 0;
  ledger_ = session.ledger();
  session.rewind();
}

AuxRecording::~AuxRecording() = default;

bool AuxRecording::has_bytes() const {
  return samples_carry_bytes_ ||
         std::any_of(buffers_.begin(), buffers_.end(), [](const AuxBuffer& buffer) { return !buffer.extents.empty(); });
}

Result<AuxTraceInfo> AuxRecording::info() const {
  if (!has_bytes()) return fail(Errc::not_found, "has no AUX bytes; record them with -e intel_pt// or the like");
  if (infos_.empty()) return fail(Errc::not_found, "does not tell what its AUX bytes are");
  const bool several = std::any_of(infos_.begin(), infos_.end(),
                                   [this](const AuxTraceInfo& info) { return info.type != infos_.front().type; });
  if (several) return fail(Errc::unsupported, "has AUX bytes of several kinds, and nothing tells which is which");
  return infos_.front();
}

std::vector<std::unique_ptr<AuxSliceReader>> AuxRecording::readers(const AuxDecoder& decoder, AuxTraceType type,
                                                                   const std::vector<std::uint32_t>& cpus) const {
  const RecordInput& input = session_.input();
  const EventTable& events = session_.facts().events;
  const auto wanted = [&](std::int32_t cpu) {
    return cpus.empty() || (cpu >= 0 && std::binary_search(cpus.begin(), cpus.end(), static_cast<std::uint32_t>(cpu)));
  };
  std::vector<std::unique_ptr<AuxSliceReader>> readers;
  for (const AuxBuffer& buffer : buffers_) {
    if (buffer.extents.empty() || (buffer.cpu >= 0 && !wanted(buffer.cpu))) continue;
    readers.push_back(read_area(input, events, buffer, decoder, type == AuxTraceType::cs_etm));
  }
  if (!samples_carry_bytes_) return readers;
  std::set<StreamId> streams;
  for (const ChunkInfo& chunk : input.chunks()) {
    if (chunk.start.info.kind == StreamKind::ring) streams.insert(chunk.start.stream);
  }
  for (const StreamId stream : streams) {
    readers.push_back(read_samples(input, events, stream, AuxBuffer::kNoIndex, decoder));
  }
  return readers;
}

}  // namespace simdprof::cmd
