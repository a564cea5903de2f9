#include "decoders/aux/cs_decoder.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "decoders/aux/cs_flow.h"
#include "decoders/aux/cs_tree.h"
#include "decoders/aux/slice_place.h"

namespace simdprof {
namespace {

constexpr std::uint64_t kFormatMask = 0xff00;  ///< of PERF_AUX_FLAG_*
constexpr std::uint64_t kRawFormat = 0x0100;

/// The packet stage: gives packets and what is wrong with them, each when it is to.
class PacketClient : public CsClient {
 public:
  struct Gives {
    bool packets = false;
    bool errors = false;
  };
  PacketClient(const AuxSlice& slice, std::size_t base, Gives gives, AuxSink& sink)
      : slice_(slice), base_(base), gives_(gives), sink_(sink) {}

  void on_packet(const CsPacket& packet) override;
  void on_element(const CsElement&) override {}
  void on_fatal(std::uint64_t at, std::string_view text) override {
    if (gives_.errors) give_error(slice_, base_ + static_cast<std::size_t>(at), "bad-packet", text, sink_);
  }
  std::size_t read_code(std::uint8_t, VirtAddr, bool, std::span<std::byte>) override { return 0; }
  [[nodiscard]] std::uint64_t q_instructions() const { return q_instructions_; }

 protected:
  const AuxSlice& slice_;
  std::size_t base_;  ///< of the bytes that the tree is fed, in the slice

 private:
  Gives gives_;
  AuxSink& sink_;
  std::uint64_t q_instructions_ = 0;
};

void PacketClient::on_packet(const CsPacket& packet) {
  q_instructions_ += packet.q_instructions;
  const AuxPlace place = place_in(slice_, base_ + static_cast<std::size_t>(packet.at));
  if (packet.damaged && gives_.errors) {
    const std::string text = fmt::format("ID:{:x}; {}: {}", packet.trace_id, packet.name, packet.text);
    sink_.on_error({place, 0, "bad-packet", text});
  }
  if (!gives_.packets) return;
  const std::string text = fmt::format("ID:{:x}; {}", packet.trace_id, packet.text);
  sink_.on_packet({place, packet.bytes, packet.name, text});
}

/// Takes nothing but counts.
class QuietSink final : public AuxSink {};

/// The event stage: one flow a trace source.
class FlowClient final : public PacketClient {
 public:
  FlowClient(const AuxSlice& slice, std::size_t base, AuxSink& sink) : PacketClient(slice, base, {false, true}, sink) {}

  void add(std::uint8_t trace_id, std::unique_ptr<CsFlow> flow) { flows_[trace_id] = std::move(flow); }
  void on_element(const CsElement& element) override {
    if (CsFlow* flow = find(element.trace_id)) {
      CsElement moved = element;
      moved.at += base_;
      flow->take(moved);
    }
  }
  std::size_t read_code(std::uint8_t trace_id, VirtAddr address, bool kernel, std::span<std::byte> out) override {
    const CsFlow* flow = find(trace_id);
    return flow != nullptr ? flow->read_code(address, kernel, out) : 0;
  }

 private:
  /// Of one raw source the library tells any id.
  CsFlow* find(std::uint8_t trace_id) {
    const auto found = flows_.size() == 1 ? flows_.begin() : flows_.find(trace_id);
    return found != flows_.end() ? found->second.get() : nullptr;
  }

  std::map<std::uint8_t, std::unique_ptr<CsFlow>> flows_;
};

class CsDecoder final : public AuxDecoder {
 public:
  CsDecoder(std::vector<CsSource> sources, const abi::TimeConversion& clock, const AuxPrograms& programs,
            const AuxWanted& wanted)
      : sources_(std::move(sources)), clock_(clock), programs_(programs), wanted_(wanted) {}

  void decode(const AuxSlice& slice, const AuxSegment& segment, AuxSink& sink) const override;

 private:
  [[nodiscard]] bool wants_flow() const {
    return wanted_.branches || wanted_.instructions || wanted_.events || !wanted_.packets;
  }
  [[nodiscard]] std::vector<CsSource> sources_of(const AuxSlice& slice, bool formatted) const;
  void decode_packets(const AuxSlice& slice, const AuxSegment& segment, bool formatted,
                      std::span<const CsSource> sources, AuxSink& sink) const;
  [[nodiscard]] bool is_bounded(const AuxSlice& slice, const AuxSegment& segment, bool formatted,
                                std::span<const CsSource> sources) const;
  void decode_flow(const AuxSlice& slice, const AuxSegment& segment, bool formatted, std::span<const CsSource> sources,
                   AuxSink& sink) const;

  std::vector<CsSource> sources_;
  abi::TimeConversion clock_;
  const AuxPrograms& programs_;
  AuxWanted wanted_;
};

/// Formatted frames name their sources, so that all may be in them; the same id twice is the source of this CPU, or the
/// first. A raw buffer is its CPU's; that of a thread may come from any CPU, which is no matter where all are alike.
std::vector<CsSource> CsDecoder::sources_of(const AuxSlice& slice, bool formatted) const {
  std::vector<CsSource> out;
  const auto add_if = [&](bool own) {
    for (const CsSource& source : sources_) {
      if (own != (source.cpu == slice.cpu)) continue;
      const bool known =
          std::any_of(out.begin(), out.end(), [&](const CsSource& other) { return other.trace_id == source.trace_id; });
      if (formatted ? source.trace_id.has_value() && !known : out.empty()) out.push_back(source);
    }
  };
  add_if(true);
  const bool alike = std::all_of(sources_.begin(), sources_.end(), [&](const CsSource& source) {
    return source.protocol == sources_[0].protocol && source.config == sources_[0].config &&
           source.idr0 == sources_[0].idr0 && source.idr1 == sources_[0].idr1 && source.idr2 == sources_[0].idr2 &&
           source.idr8 == sources_[0].idr8;
  });
  if (formatted || (slice.cpu == -1 && alike)) add_if(false);
  return out;
}

void CsDecoder::decode_packets(const AuxSlice& slice, const AuxSegment& segment, bool formatted,
                               std::span<const CsSource> sources, AuxSink& sink) const {
  // Errors are told once: by the flow where there is one.
  PacketClient client{slice, segment.begin, {true, !wants_flow()}, sink};
  const auto tree = CsTree::create({formatted, false, true, false}, sources, client);
  if (!tree) return give_error(slice, segment.begin, "unsupported", tree.error().fact, sink);
  (*tree)->decode(slice.data.subspan(segment.begin, segment.end - segment.begin));
}

/// Q packets of ETMv4 tell how many instructions were run, and the library runs them all: their sum must be one that
/// the bytes may tell.
bool CsDecoder::is_bounded(const AuxSlice& slice, const AuxSegment& segment, bool formatted,
                           std::span<const CsSource> sources) const {
  constexpr std::uint32_t kQEnabled = 3U << 13U;  // of TRCCONFIGR
  constexpr std::uint64_t kFreeInstructions = 1U << 20U;
  constexpr std::uint64_t kInstructionsPerByte = 1024;
  const bool may_have = std::any_of(sources.begin(), sources.end(),
                                    [](const CsSource& source) { return (source.config & kQEnabled) != 0; });
  if (!may_have) return true;
  QuietSink quiet;
  PacketClient client{slice, segment.begin, {}, quiet};
  const auto tree = CsTree::create({formatted, false, false, false}, sources, client);
  if (!tree) return true;  // the flow will tell
  const std::size_t size = segment.end - segment.begin;
  (*tree)->decode(slice.data.subspan(segment.begin, size));
  return client.q_instructions() <= kFreeInstructions + size * kInstructionsPerByte;
}

void CsDecoder::decode_flow(const AuxSlice& slice, const AuxSegment& segment, bool formatted,
                            std::span<const CsSource> sources, AuxSink& sink) const {
  FlowClient client{slice, segment.begin, sink};
  for (const CsSource& source : sources) {
    client.add(source.trace_id.value_or(0), std::make_unique<CsFlow>(slice, source, clock_, programs_, wanted_, sink));
  }
  const auto tree = CsTree::create({formatted, true, false, wanted_.events}, sources, client);
  if (!tree) return give_error(slice, segment.begin, "unsupported", tree.error().fact, sink);
  (*tree)->decode(slice.data.subspan(segment.begin, segment.end - segment.begin));
}

void CsDecoder::decode(const AuxSlice& slice, const AuxSegment& segment, AuxSink& sink) const {
  if (segment.begin == segment.end) return;
  const bool formatted = (slice.flags & kFormatMask) != kRawFormat;
  const std::vector<CsSource> sources = sources_of(slice, formatted);
  if (sources.empty()) {
    return give_error(slice, segment.begin, "unsupported",
                      formatted ? "the recording tells no trace id" : "the recording does not tell whose trace this is",
                      sink);
  }
  if (wanted_.packets) decode_packets(slice, segment, formatted, sources, sink);
  if (!wants_flow()) return;
  if (is_bounded(slice, segment, formatted, sources)) {
    decode_flow(slice, segment, formatted, sources, sink);
  } else {
    give_error(slice, segment.begin, "bad-packet",
               "Q packets tell of more instructions than their bytes could; no flow is given", sink);
  }
}

}  // namespace

std::unique_ptr<AuxDecoder> make_cs_source_decoder(std::vector<CsSource> sources, const abi::TimeConversion& clock,
                                                   const AuxPrograms& programs, const AuxWanted& wanted) {
  return std::make_unique<CsDecoder>(std::move(sources), clock, programs, wanted);
}

Result<std::unique_ptr<AuxDecoder>> make_cs_decoder(const AuxTraceInfo& info, const AuxPrograms& programs,
                                                    const AuxWanted& wanted) {
  auto sources = decode_cs_metadata(info.words, info.hw_ids);
  if (!sources) return fail(sources.error());
  return make_cs_source_decoder(std::move(*sources), info.clock, programs, wanted);
}

}  // namespace simdprof
