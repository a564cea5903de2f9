#include "decoders/aux/spe_decoder.h"

#include <fmt/format.h>

#include "decoders/aux/slice_place.h"
#include "decoders/aux/spe_packet.h"
#include "decoders/aux/spe_record.h"

namespace simdprof {
namespace {

class SpeDecoder final : public AuxDecoder {
 public:
  SpeDecoder(const abi::TimeConversion& clock, const AuxPrograms& programs, const AuxWanted& wanted)
      : clock_(clock), programs_(programs), wanted_(wanted) {}

  void decode(const AuxSlice& slice, const AuxSegment& segment, AuxSink& sink) const override;

 private:
  void give_packet(const AuxSlice& slice, std::size_t at, const SpePacket& packet, AuxSink& sink) const;
  void give_record(const SpeRecord& record, const AuxPlace& start, AuxSink& sink) const;

  abi::TimeConversion clock_;
  const AuxPrograms& programs_;
  AuxWanted wanted_;
};

void SpeDecoder::give_packet(const AuxSlice& slice, std::size_t at, const SpePacket& packet, AuxSink& sink) const {
  if (!wanted_.packets) return;
  const SpeText text = render_spe_packet(packet);
  sink.on_packet({place_in(slice, at), packet.bytes, text.name, text.text});
}

void SpeDecoder::give_record(const SpeRecord& record, const AuxPlace& start, AuxSink& sink) const {
  AuxPlace place = start;
  place.time_ns = record.memory().place.time_ns;
  if ((record.memory().present & AuxMemory::kContext) != 0) {
    place.tid = record.memory().place.tid;
    place.pid = programs_.task(-1, place.tid, place.time_ns).pid;
  } else {
    const AuxPrograms::Task task = programs_.task(place.cpu, place.tid, place.time_ns);
    place.pid = task.pid;
    if (task.tid != -1) place.tid = task.tid;
  }
  if (wanted_.memory) {
    AuxMemory memory = record.memory();
    memory.place = place;
    sink.on_memory(memory);
  }
  if (wanted_.branches && record.is_taken_branch()) {
    AuxBranch branch = record.branch();
    branch.place = place;
    sink.on_branch(branch);
  }
}

void SpeDecoder::decode(const AuxSlice& slice, const AuxSegment& segment, AuxSink& sink) const {
  SpeRecord record;
  bool damaged = false;  // the record at hand has lost a packet
  std::size_t start = segment.begin;
  std::size_t at = segment.begin;
  while (at < segment.end) {
    const auto packet = decode_spe_packet(slice.data.subspan(at, segment.end - at), slice.offset + at);
    if (!packet) {
      const std::size_t first = at;
      while (++at < segment.end &&
             !decode_spe_packet(slice.data.subspan(at, segment.end - at), slice.offset + at).has_value()) {
      }
      give_error(slice, first, "bad-packet", fmt::format("{} bytes are no packet; their record is dropped", at - first),
                 sink);
      damaged = true;
      continue;
    }
    give_packet(slice, at, *packet, sink);
    if (!record.begun()) start = at;
    at += packet->bytes;
    if (!record.add(*packet, clock_)) continue;
    if (!damaged) give_record(record, place_in(slice, start), sink);
    record = {};
    damaged = false;
  }
  if (record.begun() && !damaged) {
    give_error(slice, start, "bad-packet",
               fmt::format("{} bytes begin a record that does not end", segment.end - start), sink);
  }
}

}  // namespace

Result<std::unique_ptr<AuxDecoder>> make_spe_decoder(const AuxTraceInfo& info, const AuxPrograms& programs,
                                                     const AuxWanted& wanted) {
  return std::make_unique<SpeDecoder>(info.clock, programs, wanted);
}

}  // namespace simdprof
