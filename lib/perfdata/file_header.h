#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <span>
#include <vector>

#include "lib/base/input_file.h"
#include "lib/base/result.h"

namespace simdprof::perfdata {

/// A part of the file.
struct Section {
  std::uint64_t offset = 0;
  std::uint64_t bytes = 0;
};

struct FileHeader {
  std::endian order = std::endian::little;
  bool pipe = false;                   ///< pipe mode: everything else is in the records
  std::uint64_t attr_entry_bytes = 0;  ///< of one attr with the section of its ids
  Section attrs;
  Section data;                             ///< bytes 0: the recorder did not come to its end
  std::array<std::uint64_t, 4> features{};  ///< bit n of word n / 64
  std::uint64_t header_bytes = 0;
  [[nodiscard]] bool has_feature(unsigned bit) const { return ((features[bit / 64] >> (bit % 64)) & 1U) != 0; }
};

/// Whether a file starts as perf.data does, in either byte order.
bool starts_perf_data(std::span<const std::byte> start);

/// The header of a perf.data.
///
/// @param bytes  the first bytes of the file, at least 104 where the file has them
/// @return malformed    no perf.data
///         truncated    ends inside the header
///         unsupported  the header of another version
/// Source: tools/perf/util/header.c, perf_file_header__read (Linux 6.1).
Result<FileHeader> decode_file_header(std::span<const std::byte> bytes);

/// A feature and where its bytes are.
struct FeatureSection {
  std::uint32_t feature = 0;
  Section section;
};

/// The table of feature sections that follows the data section, as far as the file has it; empty without features.
Result<std::vector<FeatureSection>> load_feature_table(const InputFile& file, const FileHeader& header);

}  // namespace simdprof::perfdata
