#include "cmd/aux_loss.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

namespace simdprof::cmd {
namespace {

/// Bytes [begin, end) that are there, or were said to be.
struct Span {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
};

/// Ascending and apart from each other.
std::vector<Span> joined(std::vector<Span> spans) {
  std::sort(spans.begin(), spans.end(), [](const Span& left, const Span& right) { return left.begin < right.begin; });
  std::vector<Span> out;
  for (const Span& span : spans) {
    if (span.begin == span.end) continue;
    if (!out.empty() && span.begin <= out.back().end) {
      out.back().end = std::max(out.back().end, span.end);
    } else {
      out.push_back(span);
    }
  }
  return out;
}

std::vector<Span> recorded_spans(const AuxBuffer& buffer) {
  std::vector<Span> spans;
  for (const AuxExtent& extent : buffer.extents) spans.push_back({extent.offset, extent.offset + extent.bytes});
  return joined(std::move(spans));
}

std::vector<Span> announced_spans(const AuxBuffer& buffer) {
  std::vector<Span> spans;
  for (const AuxAnnouncement& said : buffer.announced) {
    if (said.end() >= said.offset) spans.push_back({said.offset, said.end()});
  }
  return joined(std::move(spans));
}

/// What `all` has and `some` has not.
std::vector<Span> without(const std::vector<Span>& all, const std::vector<Span>& some) {
  std::vector<Span> out;
  auto next = some.begin();
  for (Span span : all) {
    while (next != some.end() && next->end <= span.begin) ++next;
    for (auto part = next; part != some.end() && part->begin < span.end; ++part) {
      if (part->begin > span.begin) out.push_back({span.begin, part->begin});
      span.begin = std::max(span.begin, part->end);
    }
    if (span.begin < span.end) out.push_back(span);
  }
  return out;
}

/// What lies between the first and the last of `spans` and belongs to none.
std::vector<Span> holes(const std::vector<Span>& spans) {
  std::vector<Span> out;
  for (std::size_t i = 1; i < spans.size(); ++i) out.push_back({spans[i - 1].end, spans[i].begin});
  return out;
}

class Finder {
 public:
  explicit Finder(const AuxBuffer& buffer) : buffer_(buffer), by_offset_(buffer.announced) {
    std::stable_sort(
        by_offset_.begin(), by_offset_.end(),
        [](const AuxAnnouncement& left, const AuxAnnouncement& right) { return left.offset < right.offset; });
  }

  std::vector<AuxLoss> find() {
    add_flagged();
    const bool overwrites = std::any_of(by_offset_.begin(), by_offset_.end(),
                                        [](const AuxAnnouncement& said) { return (said.flags & kAuxOverwrite) != 0; });
    const std::vector<Span> recorded = recorded_spans(buffer_);
    if (overwrites) {
      // Each record of a snapshot announces a whole area, of which nobody means to keep what is overwritten.
      for (const Span& span : holes(recorded)) add(AuxLossCause::overwritten, span);
    } else {
      add_unwritten(recorded, announced_spans(buffer_));
    }
    std::stable_sort(losses_.begin(), losses_.end(), [](const AuxLoss& left, const AuxLoss& right) {
      return std::tie(left.offset, left.cause) < std::tie(right.offset, right.cause);
    });
    return std::move(losses_);
  }

 private:
  /// What the kernel says with flags of its records.
  void add_flagged() {
    const std::vector<AuxAnnouncement>& said = buffer_.announced;
    for (std::size_t i = 0; i < said.size(); ++i) {
      const std::uint64_t before_ns = i == 0 ? kNoTime : said[i - 1].time_ns;
      if ((said[i].flags & kAuxPartial) != 0) {
        losses_.push_back(make(AuxLossCause::partial, said[i].offset, std::nullopt, before_ns, said[i].time_ns));
      }
      if ((said[i].flags & kAuxCollision) != 0) {
        losses_.push_back(make(AuxLossCause::collision, said[i].offset, std::nullopt, before_ns, said[i].time_ns));
      }
      if ((said[i].flags & kAuxTruncated) == 0) continue;
      // The PMU may go on counting while it drops: then the next record begins behind a gap.
      const bool has_next = i + 1 < said.size();
      std::optional<std::uint64_t> bytes;
      if (has_next && said[i + 1].offset > said[i].end()) {
        bytes = said[i + 1].offset - said[i].end();
        truncations_.emplace(said[i].end(), said[i + 1].offset);
      }
      losses_.push_back(make(AuxLossCause::truncated, said[i].end(), bytes, said[i].time_ns,
                             has_next ? said[i + 1].time_ns : kNoTime));
    }
  }

  void add_unwritten(const std::vector<Span>& recorded, const std::vector<Span>& announced) {
    for (const Span& span : without(announced, recorded)) add(AuxLossCause::not_recorded, span);
    std::vector<Span> both = recorded;
    both.insert(both.end(), announced.begin(), announced.end());
    for (const Span& span : holes(joined(std::move(both)))) {
      if (!explained_by_truncation(span)) add(AuxLossCause::not_announced, span);
    }
  }

  [[nodiscard]] bool explained_by_truncation(const Span& span) const {
    return truncations_.contains({span.begin, span.end});
  }

  void add(AuxLossCause cause, const Span& span) {
    const auto behind = std::partition_point(by_offset_.begin(), by_offset_.end(),
                                             [&](const AuxAnnouncement& said) { return said.offset < span.end; });
    const auto at = std::partition_point(by_offset_.begin(), behind,
                                         [&](const AuxAnnouncement& said) { return said.offset < span.begin; });
    std::uint64_t from_ns = kNoTime;
    std::uint64_t to_ns = kNoTime;
    if (cause == AuxLossCause::not_recorded) {
      // The bytes came between the record before those that announce them, and the last of these.
      auto first = at;
      if (first != by_offset_.begin() && std::prev(first)->end() > span.begin) --first;
      if (first != by_offset_.begin()) from_ns = std::prev(first)->time_ns;
      if (behind != by_offset_.begin()) to_ns = std::prev(behind)->time_ns;
    } else {
      if (at != by_offset_.begin()) from_ns = std::prev(at)->time_ns;
      if (behind != by_offset_.end()) to_ns = behind->time_ns;
    }
    losses_.push_back(make(cause, span.begin, span.end - span.begin, from_ns, to_ns));
  }

  [[nodiscard]] AuxLoss make(AuxLossCause cause, std::uint64_t offset, std::optional<std::uint64_t> bytes,
                             std::uint64_t from_ns, std::uint64_t to_ns) const {
    return {cause, buffer_.index, buffer_.cpu, buffer_.tid, offset, bytes, from_ns, to_ns};
  }

  const AuxBuffer& buffer_;
  std::vector<AuxAnnouncement> by_offset_;
  std::vector<AuxLoss> losses_;
  std::set<std::pair<std::uint64_t, std::uint64_t>> truncations_;  ///< gaps that they left
};

}  // namespace

std::string_view aux_loss_name(AuxLossCause cause) {
  switch (cause) {
    case AuxLossCause::truncated: return "truncated";
    case AuxLossCause::partial: return "partial";
    case AuxLossCause::collision: return "collision";
    case AuxLossCause::not_recorded: return "not-recorded";
    case AuxLossCause::not_announced: return "not-announced";
    case AuxLossCause::overwritten: return "overwritten";
  }
  return "";
}

std::vector<AuxLoss> find_losses(const AuxBuffer& buffer) { return Finder(buffer).find(); }

std::vector<AuxLoss> find_losses(const std::vector<AuxBuffer>& buffers) {
  std::vector<AuxLoss> out;
  for (const AuxBuffer& buffer : buffers) {
    const std::vector<AuxLoss> some = find_losses(buffer);
    out.insert(out.end(), some.begin(), some.end());
  }
  return out;
}

}  // namespace simdprof::cmd
