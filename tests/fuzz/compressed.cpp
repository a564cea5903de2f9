// COMPRESSED and COMPRESSED2 records of a perf.data. The first byte chooses:
//   bit 0  COMPRESSED2, which tells the size of its data and may be padded
//   bit 1  set: the rest are records, which go into a stream that is flushed at each piece and never ended. What the
//          reader gives is what it gives of the same records in a file that is not compressed.
//          not set: the rest is taken as such a stream
// The second byte is the size of a piece.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

#include "lib/abi/perf_file.h"
#include "lib/base/check.h"
#include "lib/perfdata/reader.h"
#include "tests/fuzz/memory_input.h"
#include "tests/lib/perfdata/hand_perf_data.h"

namespace {

using namespace simdprof;

constexpr unsigned kKernelTypes = 20;  ///< PERF_RECORD_MMAP to CGROUP and TEXT_POKE

test::Bytes compressed_record(const test::Bytes& data, bool second) {
  if (!second) return test::perf_record(abi::PERF_RECORD_COMPRESSED, data);
  test::Fields fields;
  fields.u64(data.size()).add(data);
  test::Bytes payload = fields.get();
  payload.resize((payload.size() + 7) / 8 * 8);
  return test::perf_record(abi::PERF_RECORD_COMPRESSED2, payload);
}

/// Kernel records of any type with any bytes: a byte gives the type, one the words of the payload.
test::Bytes records_of(std::span<const std::byte> in) {
  test::Bytes records;
  while (in.size() >= 2) {
    const auto type = 1 + std::to_integer<unsigned>(in[0]) % kKernelTypes;
    const std::size_t bytes = std::min<std::size_t>(8 * (std::to_integer<unsigned>(in[1]) % 32), in.size() - 2);
    test::Bytes payload(in.begin() + 2, in.begin() + 2 + static_cast<std::ptrdiff_t>(bytes));
    payload.resize((bytes + 7) / 8 * 8);
    const test::Bytes record = test::perf_record(type, payload);
    records.insert(records.end(), record.begin(), record.end());
    in = in.subspan(2 + bytes);
  }
  return records;
}

/// Every record that the reader gives of a pipe with these records, one after another.
test::Bytes read_back(const test::Bytes& records) {
  test::Fields file;
  file.add(test::header_attr(test::perf_attr(test::kIpTidTimeCpu), {7})).add(records);
  Ledger ledger;
  const auto reader = PerfDataReader::open(test::memory_input(test::pipe_perf_data(file.get())), "fuzz", ledger);
  SIMDPROF_ASSERT(reader.has_value());
  test::Bytes all;
  for (std::size_t i = 0; i < reader->chunks().size(); ++i) {
    if (reader->chunks()[i].start.info.kind != StreamKind::ring) continue;
    const auto loaded = reader->load(i);
    SIMDPROF_ASSERT(loaded.has_value());
    all.insert(all.end(), loaded->begin(), loaded->end());
  }
  return all;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const bool second = (data[0] & 1U) != 0, of_records = (data[0] & 2U) != 0;
  const std::size_t piece_bytes = std::size_t{1} + data[1];
  const auto rest = std::as_bytes(std::span(data, size)).subspan(2);
  const test::Bytes content = of_records ? records_of(rest) : test::Bytes(rest.begin(), rest.end());
  test::PieceCompressor compressor;
  test::Bytes file;
  for (std::size_t at = 0; at < content.size(); at += piece_bytes) {
    const auto piece = std::span(content).subspan(at, std::min(piece_bytes, content.size() - at));
    const test::Bytes bytes(piece.begin(), piece.end());
    const test::Bytes record = compressed_record(of_records ? compressor.add(bytes) : bytes, second);
    file.insert(file.end(), record.begin(), record.end());
  }
  const test::Bytes given = read_back(file);
  SIMDPROF_ASSERT(!of_records || given == read_back(content));
  return 0;
}
