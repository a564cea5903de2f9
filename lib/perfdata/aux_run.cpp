#include "lib/perfdata/aux_run.h"

#include <algorithm>

#include "lib/abi/perf_event.h"
#include "lib/model/own_record.h"

namespace simdprof::perfdata {
namespace {

constexpr std::uint64_t kMostRunBytes = std::uint64_t{1} << 20U;
constexpr std::uint64_t kPieceHeadBytes = abi::kRecordHeaderBytes + 32;

}  // namespace

Result<AuxRun> decode_auxtrace(Cursor in, std::uint64_t payload_offset) {
  AuxRun run;
  run.file_offset = payload_offset;
  run.bytes = in.u64();
  run.aux_offset = in.u64();
  run.reference = in.u64();
  run.index = in.u32();
  run.tid = in.i32();
  run.cpu = in.i32();
  if (in.failed()) return fail(Errc::truncated, "AUXTRACE ends inside its fields", in.offset());
  return run;
}

std::vector<AuxRun> split_aux_run(const AuxRun& run) {
  std::vector<AuxRun> parts;
  for (std::uint64_t at = 0; at < run.bytes; at += kMostRunBytes) {
    AuxRun part = run;
    part.file_offset += at;
    part.aux_offset += at;
    part.bytes = std::min(kMostRunBytes, run.bytes - at);
    parts.push_back(part);
  }
  return parts;
}

std::uint32_t aux_run_records(const AuxRun& run) {
  return static_cast<std::uint32_t>((run.bytes + kMaxAuxPieceBytes - 1) / kMaxAuxPieceBytes);
}

std::uint32_t aux_run_record_bytes(const AuxRun& run) {
  return static_cast<std::uint32_t>(aux_run_records(run) * kPieceHeadBytes + (run.bytes + 7) / 8 * 8);
}

Result<std::vector<std::byte>> load_aux_run(const InputFile& file, const AuxRun& run) {
  std::vector<std::byte> data(static_cast<std::size_t>(run.bytes));
  const auto got = file.read_at(run.file_offset, data);
  if (!got) return fail(got.error());
  if (*got != data.size()) return fail(Errc::truncated, "ends inside AUX bytes", run.file_offset + *got);
  std::vector<std::byte> records;
  records.reserve(aux_run_record_bytes(run));
  for (std::size_t at = 0; at < data.size(); at += kMaxAuxPieceBytes) {
    AuxPiece piece;
    piece.offset = run.aux_offset + at;
    piece.reference = run.reference;
    piece.index = run.index;
    piece.tid = run.tid;
    piece.cpu = run.cpu;
    piece.data = std::span(data).subspan(at, std::min(kMaxAuxPieceBytes, data.size() - at));
    const auto record = encode_auxtrace(piece);
    records.insert(records.end(), record.begin(), record.end());
  }
  return records;
}

}  // namespace simdprof::perfdata
