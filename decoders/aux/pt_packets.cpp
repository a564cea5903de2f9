#include "decoders/aux/pt_packets.h"

#include <fmt/format.h>

#include "decoders/aux/pt_error_text.h"
#include "decoders/aux/pt_packet_text.h"
#include "decoders/aux/pt_place.h"
#include "decoders/aux/pt_scan.h"

namespace simdprof {
namespace {

void give_packet(const PtScan& scan, const AuxPlace& place, AuxSink& sink) {
  const PtPacketText text = render_pt_packet(scan.packet(), scan.raw());
  AuxPacket packet;
  packet.place = place;
  packet.bytes = static_cast<std::uint32_t>(scan.raw().size());
  packet.name = text.name;
  packet.text = text.payload;
  sink.on_packet(packet);
}

}  // namespace

void decode_pt_packets(const PtSetup& setup, const AuxPrograms& programs, const AuxSlice& slice,
                       const AuxSegment& segment, AuxSink& sink) {
  const auto part = slice.data.subspan(segment.begin, segment.end - segment.begin);
  PtPlaces places{programs, slice, segment.begin};
  const std::size_t start = find_psb(part, 0);
  if (start != 0) give_unsynced(places.at(0, AuxPlace::kNoAuxTime), start, sink);
  PtBytes bytes{part};
  PtScan scan{setup, bytes.trace()};
  scan.seek(start);
  for (;;) {
    switch (scan.next()) {
      case PtScan::Step::packet: give_packet(scan, places.at(scan.offset(), scan.clock().time_ns()), sink); break;
      case PtScan::Step::end:
        if (scan.offset() < part.size())
          give_cut_packet(places.at(scan.offset(), scan.clock().time_ns()), part.size() - scan.offset(), sink);
        return;
      case PtScan::Step::bad: {
        const std::size_t psb = find_psb(part, scan.offset() + 1);
        give_bad_packet(places.at(scan.offset(), scan.clock().time_ns()), scan.error(), psb - scan.offset(), sink);
        scan.seek(psb);
        break;
      }
    }
  }
}

}  // namespace simdprof
