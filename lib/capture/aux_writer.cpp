#include "lib/capture/aux_writer.h"

#include <algorithm>
#include <array>
#include <vector>

namespace simdprof {
namespace {

constexpr std::size_t kPiecesAtOnce = 16;  // half a MiB: the sink is locked for so long
constexpr std::array<std::byte, 8> kZeros{};

}  // namespace

AuxWriter::AuxWriter(RecordSink& sink, std::uint32_t index, std::int32_t cpu, Tid tid)
    : sink_(&sink), stream_(sink.open_stream({StreamKind::aux, cpu, tid})), index_(index), cpu_(cpu), tid_(tid) {}

Status AuxWriter::write(const AuxRun& run, std::uint64_t reference) {
  if (const Status first = write_part(run.offset, run.parts[0], reference); !first) return first;
  return write_part(run.offset + run.parts[0].size(), run.parts[1], reference);
}

Status AuxWriter::write_part(std::uint64_t offset, std::span<const std::byte> data, std::uint64_t reference) {
  std::vector<std::vector<std::byte>> heads;
  std::vector<std::span<const std::byte>> parts;
  while (!data.empty()) {
    const auto piece = data.first(std::min(data.size(), kMaxAuxPieceBytes));
    heads.push_back(encode_auxtrace_head({offset, reference, index_, tid_, cpu_, piece}));
    parts.insert(parts.end(), {heads.back(), piece, std::span(kZeros).first((8 - piece.size() % 8) % 8)});
    offset += piece.size();
    bytes_ += piece.size();
    data = data.subspan(piece.size());
    if (heads.size() < kPiecesAtOnce && !data.empty()) continue;
    const Status written = sink_->write_parts(stream_, parts, static_cast<std::uint32_t>(heads.size()));
    if (!written) return written;
    heads.clear();
    parts.clear();
  }
  return {};
}

}  // namespace simdprof
