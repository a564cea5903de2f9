#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "lib/base/result.h"
#include "lib/container/reader.h"
#include "lib/model/own_record.h"

/// The bytes between the zstd frames of a simdprof.data: file header, chunk headers, index, seek table. Each is a
/// skippable frame (u32 magic, u32 payload size, payload). man/simdprof-format.5 is the normative text.
namespace simdprof::format {

inline constexpr std::uint32_t kFileHeaderFrame = 0x184D2A53;
inline constexpr std::uint32_t kChunkHeaderFrame = 0x184D2A54;
inline constexpr std::uint32_t kIndexFrame = 0x184D2A55;
inline constexpr std::uint32_t kSeekTableFrame = 0x184D2A5E;  ///< fixed by the seekable format
inline constexpr std::uint32_t kSeekTableMagic = 0x8F92EAB1;  ///< last four bytes of the file
inline constexpr std::uint32_t kZstdFrame = 0xFD2FB528;

inline constexpr std::uint64_t kChunkMagic = 0x314b4e5548434453;  ///< "SDCHUNK1"
inline constexpr std::uint64_t kIndexMagic = 0x315845444e494453;  ///< "SDINDEX1"

inline constexpr std::size_t kFrameHeaderBytes = 8;    ///< of a skippable frame: magic and size
inline constexpr std::size_t kFileHeaderBytes = 24;    ///< whole frame
inline constexpr std::size_t kChunkHeaderBytes = 64;   ///< whole frame
inline constexpr std::size_t kStreamRecordBytes = 56;  ///< the first record of a chunk, its header included
inline constexpr std::size_t kIndexEntryBytes = 56;
inline constexpr std::size_t kIndexFixedBytes = 32;  ///< frame header, magic, counts; checksum
inline constexpr std::size_t kSeekEntryBytes = 8;
inline constexpr std::size_t kSeekFooterBytes = 9;

/// Most bytes of records in one chunk, its stream record not counted. Bounds what a reader allocates.
inline constexpr std::uint32_t kMaxRecordBytes = 16U << 20U;
/// Most bytes of one chunk's zstd frame: zstd's bound for incompressible input is below this.
inline constexpr std::uint32_t kMaxCompressedBytes = 17U << 20U;
/// Most frames of a seek table (ZSTD_SEEKABLE_MAXFRAMES).
inline constexpr std::uint64_t kMaxSeekFrames = 0x8000000;

std::vector<std::byte> encode_file_header();
/// @return truncated, malformed (not ours), unsupported (newer version or unknown flags)
Status decode_file_header(std::span<const std::byte> bytes);

/// Chunk header frame of a chunk; `start` and `compressed_bytes` are used.
std::vector<std::byte> encode_chunk_header(const ChunkInfo& chunk);
/// `start` and `compressed_bytes` of a chunk header frame; malformed when checksum, limits or reserved bits are wrong.
Result<ChunkInfo> decode_chunk_header(std::span<const std::byte> bytes, std::uint64_t offset);

/// Index frame. ChunkInfo::file_offset is the place of the zstd frame; the chunk header lies just before it.
std::vector<std::byte> encode_index(std::span<const ChunkInfo> chunks);
/// @param frame   the whole index frame
/// @param offset  its place in the file; chunks must fill the file from the file header to here without a gap
Result<std::vector<ChunkInfo>> decode_index(std::span<const std::byte> frame, std::uint64_t offset);

/// Seek table frame of a finished file: file header, chunk header and frame of each chunk, index.
std::vector<std::byte> encode_seek_table(std::span<const ChunkInfo> chunks, std::uint64_t index_bytes);

/// First record of a chunk (56 bytes, header included).
/// @return truncated, malformed (no stream record of ours), unsupported (newer version)
Result<StreamStart> decode_stream_start(std::span<const std::byte> bytes, std::uint64_t offset);

/// Whether chunk header and stream record of a chunk say the same.
bool same_start(const StreamStart& a, const StreamStart& b);

}  // namespace simdprof::format
