#pragma once

#include <cstdint>
#include <vector>

#include "lib/report/profile.h"

namespace simdprof {

/// Which rows of a section are wanted.
struct RowOptions {
  bool children = false;            ///< a row also for every function on a call chain
  double percent_limit = 0;         ///< leaves out rows below this share of the event's total
  std::vector<bool> wanted_frames;  ///< by FrameId: whether a filter lets it into a row; empty: all
};

/// What tells rows apart. A field that the sort keys do not ask for is 0.
struct RowKey {
  TextId comm = 0;
  Pid pid = 0;
  Tid tid = 0;
  std::uint32_t cpu = 0;
  SimdWidth widest = SimdWidth::unknown;
  Frame frame;

  [[nodiscard]] std::uint64_t hash() const;
  friend bool operator==(const RowKey&, const RowKey&) = default;
};

struct Row {
  RowKey key;
  Weight self;      ///< samples that hit it
  Weight children;  ///< samples that have it on their chain, itself included; each sample once
  SimdTally simd;   ///< of the samples that hit it
};

/// Rows of one event, largest first.
struct Section {
  std::uint32_t event = 0;
  Weight total;  ///< what percentages are of: all samples of the event
  std::vector<Row> rows;
  std::size_t rows_below_limit = 0;
  bool children = false;
};

/// Adds up the entries of `event`. Rows are ordered by weight (with children: by that, then by their own), rows of
/// equal weight by what stands in their columns.
Section build_section(const Profile& profile, std::uint32_t event, const RowOptions& options);

/// The row that frame `frame` of entry `entry` belongs to.
RowKey row_key(const Profile& profile, const Profile::Entry& entry, FrameId frame);

/// `part` of `whole` in percent; 0 of a whole of 0.
double percent_of(std::uint64_t part, std::uint64_t whole);

}  // namespace simdprof
