#include "lib/container/chunk_scan.h"

#include "lib/base/cursor.h"
#include "lib/container/format.h"
#include "lib/container/resync.h"

namespace simdprof {
namespace {

using namespace format;

constexpr ChunkOpening kOpening =
    chunk_opening(kChunkHeaderFrame | (std::uint64_t{kChunkHeaderBytes - kFrameHeaderBytes} << 32U), kChunkMagic);

constexpr ChunkOpening kIndexOpening = chunk_opening(kIndexFrame, kIndexMagic);
constexpr ChunkOpening kSeekTableOpening = chunk_opening(kSeekTableFrame, 0);

/// Whether the index or the seek table starts here, be it cut off: the chunks are complete then.
bool starts_tail(std::span<const std::byte> bytes) {
  const auto frame = bytes.first(std::min(bytes.size(), sizeof(kIndexFrame)));
  const auto magic = bytes.subspan(std::min(bytes.size(), kFrameHeaderBytes));
  const auto wanted =
      std::span(kIndexOpening).subspan(kFrameHeaderBytes).first(std::min(magic.size(), sizeof(kIndexMagic)));
  if (starts_opening(frame, kSeekTableOpening)) return true;
  return starts_opening(frame, kIndexOpening) && std::equal(wanted.begin(), wanted.end(), magic.begin());
}

/// Chunks that come after the end of the recording (a second one was appended) are not read, but not passed over in
/// silence either.
Status note_appended(const InputFile& file, std::uint64_t tail_offset, std::vector<Gap>& gaps) {
  const auto next = find_opening(file, tail_offset, kOpening);
  if (!next) return fail(next.error());
  if (*next != file.size()) gaps.push_back(Gap{LossCause::chunk_damaged, *next, file.size() - *next, std::nullopt});
  return {};
}

}  // namespace

Result<std::optional<ChunkMap>> load_index(const InputFile& file) {
  constexpr std::size_t kTailBytes = kSeekEntryBytes + kSeekFooterBytes;
  const std::optional<ChunkMap> none;
  if (file.size() < kFileHeaderBytes + kIndexFixedBytes + kFrameHeaderBytes + kTailBytes) return none;
  std::array<std::byte, kTailBytes> tail{};
  const auto tail_bytes = peek(file, file.size() - kTailBytes, tail);
  if (!tail_bytes) return fail(tail_bytes.error());
  Cursor in{*tail_bytes};
  const std::uint64_t index_bytes = in.u32();
  in.skip(sizeof(std::uint32_t));  // decompressed size of the index: none
  const std::uint64_t frames = in.u32();
  const std::uint8_t descriptor = in.u8();
  if (in.u32() != kSeekTableMagic || descriptor != 0 || frames < 2 || frames > kMaxSeekFrames) return none;
  const std::uint64_t table_bytes = kFrameHeaderBytes + frames * kSeekEntryBytes + kSeekFooterBytes;
  if (index_bytes != kIndexFixedBytes + (frames - 2) / 2 * kIndexEntryBytes) return none;
  if (table_bytes + index_bytes + kFileHeaderBytes > file.size()) return none;
  const std::uint64_t index_offset = file.size() - table_bytes - index_bytes;

  std::vector<std::byte> frame(static_cast<std::size_t>(index_bytes));
  const auto got = file.read_at(index_offset, frame);
  if (!got) return fail(got.error());
  if (*got != frame.size()) return none;
  auto chunks = decode_index(frame, index_offset);
  if (!chunks) return none;
  return std::optional<ChunkMap>{ChunkMap{std::move(*chunks), {}}};
}

Result<ChunkMap> scan_chunks(const InputFile& file) {
  ChunkMap map;
  std::uint64_t offset = kFileHeaderBytes;
  std::array<std::byte, kChunkHeaderBytes> buffer{};
  while (offset < file.size()) {
    const auto bytes = peek(file, offset, buffer);
    if (!bytes) return fail(bytes.error());
    if (starts_tail(*bytes)) {
      const auto noted = note_appended(file, offset, map.gaps);
      if (!noted) return fail(noted.error());
      break;
    }
    auto chunk = decode_chunk_header(*bytes, offset);
    if (!chunk) {
      if (bytes->size() < kChunkHeaderBytes && starts_opening(*bytes, kOpening)) {
        map.gaps.push_back(Gap{LossCause::input_truncated, offset, bytes->size(), std::nullopt});
        break;
      }
      const auto next = skip_damage(file, offset, kOpening, map.gaps);
      if (!next) return fail(next.error());
      offset = *next;
      continue;
    }
    chunk->file_offset = offset + kChunkHeaderBytes;
    const std::uint64_t end = chunk->file_offset + chunk->compressed_bytes;
    if (end > file.size()) {
      map.gaps.push_back(Gap{LossCause::input_truncated, offset, file.size() - offset, chunk->start.record_count});
      break;
    }
    map.chunks.push_back(*chunk);
    offset = end;
  }
  return map;
}

}  // namespace simdprof
