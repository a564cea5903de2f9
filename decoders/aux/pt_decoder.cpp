#include "decoders/aux/pt_decoder.h"

#include <fmt/format.h>
#include <intel-pt.h>

#include "decoders/aux/pt_flow.h"
#include "decoders/aux/pt_packets.h"
#include "decoders/aux/pt_scan.h"
#include "decoders/aux/pt_setup.h"

namespace simdprof {
namespace {

/// A segment is at least so long: a decoder is not free, and the flow loses a little at each seam.
constexpr std::size_t kMinSegmentBytes = 65536;

class PtDecoder final : public AuxDecoder {
 public:
  PtDecoder(const PtSetup& setup, const AuxPrograms& programs, const AuxWanted& wanted)
      : setup_(setup), programs_(programs), wanted_(wanted) {}

  [[nodiscard]] std::vector<AuxSegment> split(const AuxSlice& slice) const override {
    std::vector<AuxSegment> segments;
    std::size_t begin = 0;
    while (begin < slice.data.size()) {
      const std::size_t end = find_psb(slice.data, begin + kMinSegmentBytes);
      segments.push_back({begin, end});
      begin = end;
    }
    if (segments.empty()) segments.push_back({0, 0});
    return segments;
  }

  void decode(const AuxSlice& slice, const AuxSegment& segment, AuxSink& sink) const override {
    if (wanted_.packets) decode_pt_packets(setup_, programs_, slice, segment, sink);
    if (wanted_.branches || wanted_.instructions || wanted_.events || wanted_.marks) {
      decode_pt_flow(setup_, programs_, wanted_, slice, segment, sink);
    }
  }

 private:
  PtSetup setup_;
  const AuxPrograms& programs_;
  AuxWanted wanted_;
};

}  // namespace

Result<std::unique_ptr<AuxDecoder>> make_pt_decoder(const AuxTraceInfo& info, const AuxPrograms& programs,
                                                    const AuxWanted& wanted) {
  const auto setup = decode_pt_setup(info);
  if (!setup) return fail(setup.error());
  return std::make_unique<PtDecoder>(*setup, programs, wanted);
}

std::string pt_library() {
  const pt_version version = pt_library_version();
  return fmt::format("libipt {}.{}.{}", version.major, version.minor, version.build);
}

}  // namespace simdprof
