#include "decoders/aux/bts_decoder.h"

#include <array>

#include <fmt/format.h>

#include "decoders/aux/bts_record.h"
#include "decoders/aux/slice_place.h"
#include "decoders/aux/x86_branch.h"

namespace simdprof {
namespace {

class BtsDecoder final : public AuxDecoder {
 public:
  BtsDecoder(const AuxPrograms& programs, const AuxWanted& wanted) : programs_(programs), wanted_(wanted) {}

  [[nodiscard]] std::vector<AuxSegment> split(const AuxSlice& slice) const override;
  void decode(const AuxSlice& slice, const AuxSegment& segment, AuxSink& sink) const override;

 private:
  [[nodiscard]] std::uint32_t branch_flags(const BtsRecord& record, Pid pid, std::uint64_t time_ns) const;
  void give_packets(const AuxSlice& slice, const AuxSegment& segment, AuxSink& sink) const;
  void give_branches(const AuxSlice& slice, const AuxSegment& segment, AuxSink& sink) const;

  const AuxPrograms& programs_;
  AuxWanted wanted_;
};

/// Any record may begin a segment.
std::vector<AuxSegment> BtsDecoder::split(const AuxSlice& slice) const {
  constexpr std::size_t kSegmentBytes = kBtsRecordBytes * 8192;
  std::vector<AuxSegment> segments;
  for (std::size_t begin = 0; begin < slice.data.size(); begin += kSegmentBytes) {
    segments.push_back({begin, std::min(begin + kSegmentBytes, slice.data.size())});
  }
  if (segments.empty()) segments.push_back({0, 0});
  return segments;
}

std::uint32_t BtsDecoder::branch_flags(const BtsRecord& record, Pid pid, std::uint64_t time_ns) const {
  if (record.from == 0) return kAuxBranch | kAuxTraceBegin;
  std::uint32_t flags = kAuxBranch;
  if (record.to == 0) flags |= kAuxTraceEnd;
  if ((record.flags & BtsRecord::kPredicted) == 0) flags |= kAuxMispredicted;
  std::array<std::byte, kMaxX86Instruction> code{};
  const std::size_t size = programs_.read_code(pid, record.from, in_upper_half(record.from), time_ns, code);
  if (size == 0) return flags;
  const std::uint32_t kind = x86_branch_flags(std::span(code).first(size));
  if (kind != 0) return flags | kind;
  // Control that leaves an instruction that is no branch was taken by an interrupt or a fault. Where the trace ends
  // with it, nothing tells which.
  return flags | (record.to == 0 ? kAuxAsync : kAuxCall | kAuxAsync | kAuxInterrupt);
}

void BtsDecoder::give_packets(const AuxSlice& slice, const AuxSegment& segment, AuxSink& sink) const {
  Cursor in{slice.data.subspan(segment.begin, segment.end - segment.begin)};
  while (in.remaining() >= kBtsRecordBytes) {
    const std::size_t at = segment.begin + static_cast<std::size_t>(in.offset());
    const std::string text = render_bts_record(decode_bts_record(in));
    sink.on_packet({place_in(slice, at), static_cast<std::uint32_t>(kBtsRecordBytes), "bts", text});
  }
}

void BtsDecoder::give_branches(const AuxSlice& slice, const AuxSegment& segment, AuxSink& sink) const {
  const std::uint64_t time_ns = slice.time_ns != 0 ? slice.time_ns : AuxPlace::kNoAuxTime;
  const AuxPrograms::Task task = programs_.task(slice.cpu, slice.tid, time_ns);
  Cursor in{slice.data.subspan(segment.begin, segment.end - segment.begin)};
  while (in.remaining() >= kBtsRecordBytes) {
    AuxBranch branch;
    branch.place = place_in(slice, segment.begin + static_cast<std::size_t>(in.offset()));
    branch.place.pid = task.pid;
    if (task.tid != -1) branch.place.tid = task.tid;
    const BtsRecord record = decode_bts_record(in);
    branch.from = record.from;
    branch.to = record.to;
    branch.flags = branch_flags(record, task.pid, time_ns);
    sink.on_branch(branch);
  }
}

void BtsDecoder::decode(const AuxSlice& slice, const AuxSegment& segment, AuxSink& sink) const {
  if (wanted_.packets) give_packets(slice, segment, sink);
  if (wanted_.branches) give_branches(slice, segment, sink);
  const std::size_t left_over = (segment.end - segment.begin) % kBtsRecordBytes;
  if (left_over == 0) return;
  give_error(slice, segment.end - left_over, "bad-packet",
             fmt::format("{} bytes are less than a record of {}", left_over, kBtsRecordBytes), sink);
}

}  // namespace

Result<std::unique_ptr<AuxDecoder>> make_bts_decoder(const AuxTraceInfo&, const AuxPrograms& programs,
                                                     const AuxWanted& wanted) {
  return std::make_unique<BtsDecoder>(programs, wanted);
}

}  // namespace simdprof
