#include "lib/report/rows.h"

#include <algorithm>
#include <limits>
#include <string_view>
#include <tuple>

namespace simdprof {

std::uint64_t RowKey::hash() const {
  const auto word = [](auto high, auto low) {
    return (static_cast<std::uint64_t>(static_cast<std::uint32_t>(high)) << 32U) | static_cast<std::uint32_t>(low);
  };
  const std::uint64_t task = mix_hash(word(comm, pid) ^ mix_hash(word(tid, cpu)));
  return mix_hash(frame.hash() + task + static_cast<std::uint64_t>(widest));
}

double percent_of(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0.0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole);
}

RowKey row_key(const Profile& profile, const Profile::Entry& entry, FrameId frame_id) {
  const SortKeys& keys = profile.keys();
  const Frame& frame = profile.frames.at(frame_id);
  RowKey key;
  key.comm = entry.group.comm;
  key.pid = entry.group.pid;
  key.tid = entry.group.tid;
  key.cpu = entry.group.cpu;
  key.widest = entry.group.widest;
  if (keys.has(SortKey::sym)) {
    key.frame = frame;
    if (!keys.has(SortKey::srcline)) key.frame.srcline = 0;
  } else {
    if (keys.has(SortKey::dso)) key.frame.dso = frame.dso;
    if (keys.has(SortKey::srcline)) key.frame.srcline = frame.srcline;
  }
  return key;
}

namespace {

constexpr std::uint32_t kNoEntry = std::numeric_limits<std::uint32_t>::max();

class SectionBuilder {
 public:
  SectionBuilder(const Profile& profile, const RowOptions& options)
      : profile_(profile), children_(options.children), wanted_(options.wanted_frames) {}

  void add(const Profile::Entry& entry, std::uint32_t entry_number) {
    if (wanted(entry.group.leaf)) {
      Row& row = row_of(entry, entry.group.leaf);
      row.self.add(entry.weight);
      row.simd.add(entry.simd);
    }
    add_to_children(entry, entry_number, entry.group.leaf);
    if (!children_) return;
    for (ChainId at = entry.group.chain; at != kNoChain; at = profile_.chains.caller(at)) {
      add_to_children(entry, entry_number, profile_.chains.frame(at));
    }
  }

  std::vector<Row> take_rows() { return std::move(rows_); }

 private:
  [[nodiscard]] bool wanted(FrameId frame) const { return wanted_.empty() || wanted_[frame]; }

  Row& row_of(const Profile::Entry& entry, FrameId frame) {
    const RowKey key = row_key(profile_, entry, frame);
    const auto [id, added] = ids_.find_or_add(key);
    if (added) {
      *id = static_cast<std::uint32_t>(rows_.size());
      rows_.push_back({key, {}, {}, {}});
      last_entry_.push_back(kNoEntry);
    }
    return rows_[*id];
  }

  // A function that stands on a chain more than once (recursion) has the sample once.
  void add_to_children(const Profile::Entry& entry, std::uint32_t entry_number, FrameId frame) {
    if (!wanted(frame)) return;
    Row& row = row_of(entry, frame);
    std::uint32_t& last = last_entry_[static_cast<std::size_t>(&row - rows_.data())];
    if (last == entry_number) return;
    last = entry_number;
    row.children.add(entry.weight);
  }

  const Profile& profile_;
  bool children_;
  const std::vector<bool>& wanted_;
  std::vector<Row> rows_;
  std::vector<std::uint32_t> last_entry_;  // of each row: the entry it took last
  FlatMap<RowKey> ids_;
};

/// Order of rows: weight first, then what the columns show, so that two runs print the same.
class RowOrder {
 public:
  RowOrder(const TextPool& texts, bool children) : texts_(texts), children_(children) {}

  auto columns(const RowKey& key) const {
    const Frame& frame = key.frame;
    return std::tuple(texts_.text(key.comm), key.pid, key.tid, key.cpu, key.widest, texts_.text(frame.dso),
                      texts_.text(frame.symbol), frame.start, texts_.text(frame.srcline), frame.mode, frame.inlined,
                      frame.reason);
  }

  bool operator()(const Row& a, const Row& b) const {
    if (children_ && a.children.period_events != b.children.period_events) {
      return a.children.period_events > b.children.period_events;
    }
    if (a.self.period_events != b.self.period_events) return a.self.period_events > b.self.period_events;
    if (a.self.samples != b.self.samples) return a.self.samples > b.self.samples;
    return columns(a.key) < columns(b.key);
  }

 private:
  const TextPool& texts_;
  bool children_;
};

}  // namespace

Section build_section(const Profile& profile, std::uint32_t event, const RowOptions& options) {
  Section section;
  section.event = event;
  section.total = profile.total(event);
  section.children = options.children;

  SectionBuilder builder(profile, options);
  const auto& entries = profile.entries();
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (entries[i].group.event == event) builder.add(entries[i], static_cast<std::uint32_t>(i));
  }
  for (Row& row : builder.take_rows()) {
    const Weight& weight = options.children ? row.children : row.self;
    if (percent_of(weight.period_events, section.total.period_events) < options.percent_limit) {
      ++section.rows_below_limit;
      continue;
    }
    section.rows.push_back(row);
  }
  std::sort(section.rows.begin(), section.rows.end(), RowOrder(profile.texts, options.children));
  return section;
}

}  // namespace simdprof
