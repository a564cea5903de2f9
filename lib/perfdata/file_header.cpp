#include "lib/perfdata/file_header.h"

#include <fmt/format.h>

#include <algorithm>

#include "lib/abi/perf_file.h"
#include "lib/base/cursor.h"

namespace simdprof::perfdata {
namespace {

bool tests(const std::array<std::uint64_t, 4>& features, unsigned bit) {
  return ((features[bit / 64] >> (bit % 64)) & 1U) != 0;
}

/// The bitmap is an array of longs: a big-endian writer of 32 bits has the halves of each word the other way round.
/// HOSTNAME, which every writer sets, tells which.
void settle_bitmap(FileHeader& header) {
  if (header.order == std::endian::little || tests(header.features, abi::HEADER_HOSTNAME)) return;
  auto swapped = header.features;
  for (std::uint64_t& word : swapped) word = word << 32U | word >> 32U;
  if (tests(swapped, abi::HEADER_HOSTNAME)) header.features = swapped;
}

Section take_section(Cursor& in) {
  Section section;
  section.offset = in.u64();
  section.bytes = in.u64();
  return section;
}

}  // namespace

bool starts_perf_data(std::span<const std::byte> start) {
  Cursor in{start};
  const std::uint64_t magic = in.u64();
  return !in.failed() && (magic == abi::kPerfFileMagic || magic == abi::kPerfFileMagicBig);
}

Result<FileHeader> decode_file_header(std::span<const std::byte> bytes) {
  if (!starts_perf_data(bytes)) return fail(Errc::malformed, "not a perf.data file", 0);
  FileHeader header;
  if (Cursor{bytes}.u64() == abi::kPerfFileMagicBig) header.order = std::endian::big;
  Cursor in{bytes, 0, header.order};
  in.skip(8);
  header.header_bytes = in.u64();
  if (in.failed()) return fail(Errc::truncated, "ends inside the file header", bytes.size());
  header.pipe = header.header_bytes == abi::kPerfPipeHeaderBytes;
  if (header.pipe) return header;
  const bool old = header.header_bytes == abi::kPerfOldHeaderBytes;
  if (!old && header.header_bytes != abi::kPerfFileHeaderBytes) {
    return fail(Errc::unsupported, fmt::format("file header of {} bytes is not known", header.header_bytes), 8);
  }
  header.attr_entry_bytes = in.u64();
  header.attrs = take_section(in);
  header.data = take_section(in);
  (void)take_section(in);  // event types: nobody has written them since 3.10
  if (!old) {
    for (std::uint64_t& word : header.features) word = in.u64();
  }
  if (in.failed()) return fail(Errc::truncated, "ends inside the file header", bytes.size());
  settle_bitmap(header);
  return header;
}

Result<std::vector<FeatureSection>> load_feature_table(const InputFile& file, const FileHeader& header) {
  std::vector<FeatureSection> table;
  if (header.pipe || header.data.bytes == 0) return table;
  std::vector<std::uint32_t> set;
  for (std::uint32_t bit = 0; bit < abi::kPerfFeatureBits; ++bit) {
    if (header.has_feature(bit)) set.push_back(bit);
  }
  std::vector<std::byte> bytes(set.size() * 16);
  const std::uint64_t offset = header.data.offset + header.data.bytes;
  if (offset < header.data.offset) return table;
  const auto got = file.read_at(offset, bytes);
  if (!got) return fail(got.error());
  Cursor in{std::span<const std::byte>(bytes).first(*got), offset, header.order};
  for (const std::uint32_t feature : set) {
    const Section section = take_section(in);
    if (in.failed()) break;
    table.push_back({feature, section});
  }
  return table;
}

}  // namespace simdprof::perfdata
