#include "cmd/aux_slices.h"

#include <algorithm>

#include "cmd/chunk_records.h"

namespace simdprof::cmd {
namespace {

// Multiples of 24 (a branch of BTS) and of 16 (a frame of CoreSight).
constexpr std::size_t kWindowBytes = std::size_t{48} * 87381;        ///< 4 MiB
constexpr std::size_t kMostWindowBytes = std::size_t{48} * 5592405;  ///< 256 MiB

/// The pieces of one area that a chunk holds, one after another.
std::vector<std::byte> area_bytes(const RecordInput& input, const EventTable& events, const AuxBuffer& buffer,
                                  std::size_t chunk) {
  std::vector<std::byte> out;
  visit_chunk<AuxtraceRecord>(input, events, chunk, [&](const AuxtraceRecord& record) {
    const AuxPiece& piece = record.piece;
    if (piece.index != buffer.index || piece.cpu != buffer.cpu || piece.tid != buffer.tid) return;
    out.insert(out.end(), piece.data.begin(), piece.data.end());
  });
  return out;
}

/// Offsets at which a run of bytes has to end, ascending.
std::vector<std::uint64_t> cut_offsets(const AuxBuffer& buffer, bool per_record) {
  std::vector<std::uint64_t> cuts;
  for (const AuxAnnouncement& said : buffer.announced) {
    if (per_record) cuts.push_back(said.offset);
    if (per_record || (said.flags & kAuxTruncated) != 0) cuts.push_back(said.end());
  }
  std::sort(cuts.begin(), cuts.end());
  cuts.erase(std::unique(cuts.begin(), cuts.end()), cuts.end());
  return cuts;
}

void add_cut_range(const AuxRange& whole, const std::vector<std::uint64_t>& cuts, std::vector<AuxRange>& out) {
  std::uint64_t begin = whole.offset;
  const std::uint64_t end = whole.offset + whole.bytes;
  for (auto cut = std::upper_bound(cuts.begin(), cuts.end(), begin); cut != cuts.end() && *cut < end; ++cut) {
    out.push_back({begin, *cut - begin});
    begin = *cut;
  }
  out.push_back({begin, end - begin});
}

class AreaReader : public AuxSliceReader {
 public:
  AreaReader(const RecordInput& input, const EventTable& events, const AuxBuffer& buffer, const AuxDecoder& decoder,
             bool per_record)
      : input_(input),
        events_(events),
        buffer_(buffer),
        decoder_(decoder),
        ranges_(gapless_ranges(buffer, per_record)),
        ascending_(std::is_sorted(
            buffer.announced.begin(), buffer.announced.end(),
            [](const AuxAnnouncement& left, const AuxAnnouncement& right) { return left.offset < right.offset; })) {}

  std::shared_ptr<const AuxWindow> next() override {
    if (range_ == ranges_.size()) return nullptr;
    const AuxRange& range = ranges_[range_];
    auto window = std::make_shared<AuxWindow>();
    window->bytes = std::move(carried_);
    carried_.clear();
    const std::uint64_t begin = range.offset + done_;
    for (std::size_t wanted = kWindowBytes;; wanted = std::min(wanted * 2, kMostWindowBytes)) {
      const std::uint64_t left = range.bytes - done_;
      const bool all = left <= wanted;
      const std::size_t size = all ? static_cast<std::size_t>(left) : wanted;
      const bool whole = fill(window->bytes, size);
      describe(*window, begin);
      if (all || !whole) {
        ++range_;
        done_ = 0;
        return window;
      }
      if (window->segments.size() > 1 || wanted == kMostWindowBytes) break;
    }
    keep_last_segment(*window);
    return window;
  }

 private:
  void describe(AuxWindow& window, std::uint64_t offset) const {
    window.slice = {buffer_.index, buffer_.cpu, buffer_.tid, offset, 0, 0, window.bytes};
    join_announcements(announced_of(offset, window.bytes.size()), window.slice, window.bytes.size());
    window.segments = decoder_.split(window.slice);
  }

  /// What may be about the bytes [offset, offset + bytes); a long recording has many AUX records.
  [[nodiscard]] std::span<const AuxAnnouncement> announced_of(std::uint64_t offset, std::uint64_t bytes) const {
    const std::span<const AuxAnnouncement> all = buffer_.announced;
    if (!ascending_) return all;
    const auto first = std::partition_point(all.begin(), all.end(),
                                            [offset](const AuxAnnouncement& said) { return said.end() <= offset; });
    const auto last = std::partition_point(first, all.end(),
                                           [&](const AuxAnnouncement& said) { return said.offset < offset + bytes; });
    return all.subspan(static_cast<std::size_t>(first - all.begin()), static_cast<std::size_t>(last - first));
  }

  // The last segment may go on in the next window: it is decoded there, whole.
  void keep_last_segment(AuxWindow& window) {
    if (window.segments.size() > 1) {
      const std::size_t begin = window.segments.back().begin;
      carried_.assign(window.bytes.begin() + static_cast<std::ptrdiff_t>(begin), window.bytes.end());
      window.segments.pop_back();
      done_ += begin;
    } else {
      done_ += window.bytes.size();
    }
  }

  /// Appends the next bytes of the area until there are `size`. Whether there were enough.
  bool fill(std::vector<std::byte>& bytes, std::size_t size) {
    while (bytes.size() < size) {
      if (chunk_at_ == chunk_bytes_.size() && !load_next_chunk()) return false;
      const std::size_t part = std::min(size - bytes.size(), chunk_bytes_.size() - chunk_at_);
      const auto from = chunk_bytes_.begin() + static_cast<std::ptrdiff_t>(chunk_at_);
      bytes.insert(bytes.end(), from, from + static_cast<std::ptrdiff_t>(part));
      chunk_at_ += part;
    }
    return true;
  }

  bool load_next_chunk() {
    if (extent_ == buffer_.extents.size()) return false;
    const std::size_t chunk = buffer_.extents[extent_].chunk;
    chunk_bytes_ = area_bytes(input_, events_, buffer_, chunk);
    chunk_at_ = 0;
    while (extent_ < buffer_.extents.size() && buffer_.extents[extent_].chunk == chunk) ++extent_;
    return !chunk_bytes_.empty();
  }

  const RecordInput& input_;
  const EventTable& events_;
  const AuxBuffer& buffer_;
  const AuxDecoder& decoder_;
  std::vector<AuxRange> ranges_;
  bool ascending_;  ///< AUX records by offset: not so in snapshots
  std::size_t range_ = 0;
  std::uint64_t done_ = 0;          ///< bytes of ranges_[range_] that were given
  std::vector<std::byte> carried_;  ///< bytes that were read and not given
  std::size_t extent_ = 0;          ///< first of the next chunk
  std::vector<std::byte> chunk_bytes_;
  std::size_t chunk_at_ = 0;
};

class SampleReader : public AuxSliceReader {
 public:
  SampleReader(const RecordInput& input, const EventTable& events, StreamId stream, std::uint32_t index,
               const AuxDecoder& decoder)
      : input_(input), events_(events), stream_(stream), index_(index), decoder_(decoder) {}

  std::shared_ptr<const AuxWindow> next() override {
    while (at_ == windows_.size()) {
      if (chunk_ == input_.chunks().size()) return nullptr;
      load(chunk_++);
    }
    return std::move(windows_[at_++]);
  }

 private:
  void load(std::size_t chunk) {
    windows_.clear();
    at_ = 0;
    const ChunkInfo& info = input_.chunks()[chunk];
    if (info.start.stream != stream_ || info.start.info.kind != StreamKind::ring) return;
    visit_chunk<Sample>(input_, events_, chunk, [&](const Sample& sample) {
      if (!sample.aux.empty()) add(sample, info.start.info.cpu);
    });
  }

  void add(const Sample& sample, std::int32_t stream_cpu) {
    auto window = std::make_shared<AuxWindow>();
    window->bytes.assign(sample.aux.begin(), sample.aux.end());
    AuxSlice& slice = window->slice;
    slice.index = index_;
    slice.cpu = sample.has(abi::PERF_SAMPLE_CPU) ? static_cast<std::int32_t>(sample.cpu) : stream_cpu;
    if (slice.cpu < 0 && sample.has(abi::PERF_SAMPLE_TID)) slice.tid = sample.tid;
    slice.offset = offset_;
    if (sample.has(abi::PERF_SAMPLE_TIME)) slice.time_ns = sample.time_ns;
    slice.data = window->bytes;
    offset_ += window->bytes.size();
    window->segments = decoder_.split(slice);
    windows_.push_back(std::move(window));
  }

  const RecordInput& input_;
  const EventTable& events_;
  StreamId stream_;
  std::uint32_t index_;
  const AuxDecoder& decoder_;
  std::size_t chunk_ = 0;
  std::uint64_t offset_ = 0;
  std::vector<std::shared_ptr<AuxWindow>> windows_;  ///< of the chunk that was loaded last
  std::size_t at_ = 0;
};

}  // namespace

std::vector<AuxRange> gapless_ranges(const AuxBuffer& buffer, bool per_record) {
  const std::vector<std::uint64_t> cuts = cut_offsets(buffer, per_record);
  std::vector<AuxRange> out;
  AuxRange whole;
  for (const AuxExtent& extent : buffer.extents) {
    if (whole.bytes != 0 && extent.offset == whole.offset + whole.bytes) {
      whole.bytes += extent.bytes;
      continue;
    }
    if (whole.bytes != 0) add_cut_range(whole, cuts, out);
    whole = {extent.offset, extent.bytes};
  }
  if (whole.bytes != 0) add_cut_range(whole, cuts, out);
  return out;
}

void join_announcements(std::span<const AuxAnnouncement> announced, AuxSlice& slice, std::uint64_t bytes) {
  for (const AuxAnnouncement& said : announced) {
    if (said.offset >= slice.offset + bytes || said.end() <= slice.offset) continue;
    slice.flags |= said.flags;
    if (said.time_ns != kNoTime) slice.time_ns = said.time_ns;
  }
}

std::unique_ptr<AuxSliceReader> read_area(const RecordInput& input, const EventTable& events, const AuxBuffer& buffer,
                                          const AuxDecoder& decoder, bool per_record) {
  return std::make_unique<AreaReader>(input, events, buffer, decoder, per_record);
}

std::unique_ptr<AuxSliceReader> read_samples(const RecordInput& input, const EventTable& events, StreamId stream,
                                             std::uint32_t index, const AuxDecoder& decoder) {
  return std::make_unique<SampleReader>(input, events, stream, index, decoder);
}

}  // namespace simdprof::cmd
