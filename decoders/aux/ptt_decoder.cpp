#include "decoders/aux/ptt_decoder.h"

#include <fmt/format.h>

#include "decoders/aux/ptt_packet.h"
#include "decoders/aux/slice_place.h"

namespace simdprof {
namespace {

class PttDecoder final : public AuxDecoder {
 public:
  explicit PttDecoder(const AuxWanted& wanted) : wanted_(wanted) {}

  void decode(const AuxSlice& slice, const AuxSegment& segment, AuxSink& sink) const override;

 private:
  AuxWanted wanted_;
};

void PttDecoder::decode(const AuxSlice& slice, const AuxSegment& segment, AuxSink& sink) const {
  const auto data = slice.data.subspan(segment.begin, segment.end - segment.begin);
  if (data.empty()) return;
  const PttForm form = data.size() < 4 ? PttForm::dw4 : ptt_form(data);
  const std::size_t size = ptt_packet_bytes(form);
  std::size_t at = 0;
  for (; data.size() - at >= size; at += size) {
    const PttPacket packet = decode_ptt_packet(data.subspan(at), form);
    if (!is_ptt_whole(packet)) {
      give_error(slice, segment.begin + at, "bad-packet", fmt::format("a packet begins with {:#x}", packet.words[0]),
                 sink);
      continue;
    }
    const std::string text = render_ptt_packet(packet);
    const AuxPlace place = place_in(slice, segment.begin + at);
    if (wanted_.packets) {
      sink.on_packet({place, static_cast<std::uint32_t>(size), form == PttForm::dw8 ? "8dw" : "4dw", text});
    }
    if (wanted_.events) sink.on_event({place, "tlp", 0, packet.time(), text});
  }
  if (at == data.size()) return;
  give_error(slice, segment.begin + at, "bad-packet",
             fmt::format("{} bytes are less than a packet of {}", data.size() - at, size), sink);
}

}  // namespace

Result<std::unique_ptr<AuxDecoder>> make_ptt_decoder(const AuxTraceInfo&, const AuxPrograms&, const AuxWanted& wanted) {
  return std::make_unique<PttDecoder>(wanted);
}

}  // namespace simdprof
