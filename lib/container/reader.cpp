#include "lib/container/reader.h"

#include <fmt/format.h>
#include <zstd.h>

#include <algorithm>
#include <array>
#include <mutex>
#include <utility>

#include "lib/base/cursor.h"
#include "lib/base/input_file.h"
#include "lib/container/chunk_scan.h"
#include "lib/container/format.h"

namespace simdprof {
namespace {

using namespace format;

/// What one thread needs to decompress; handed from call to call.
struct Scratch {
  struct FreeContext {
    void operator()(ZSTD_DCtx* done) const { ZSTD_freeDCtx(done); }
  };
  std::unique_ptr<ZSTD_DCtx, FreeContext> context{ZSTD_createDCtx()};
  std::vector<std::byte> frame;
};

enum class InputKind { container, records };

/// Decides by the first bytes what the input is; anything but ours is refused with what it is.
Result<InputKind> probe_kind(std::span<const std::byte> bytes) {
  if (bytes.empty()) return fail(Errc::malformed, "empty file");
  const std::string_view text{static_cast<const char*>(static_cast<const void*>(bytes.data())), bytes.size()};
  if (text.starts_with("PERFILE2") || text.starts_with("2ELIFREP")) {
    return fail(Errc::malformed, "a perf.data file, not a simdprof recording", 0);
  }
  Cursor in{bytes};
  const std::uint32_t first_word = in.u32();
  in.skip(sizeof(std::uint32_t));
  const std::uint64_t magic = in.u64();
  if (!in.failed() && first_word == kFileHeaderFrame && magic == kStreamMagic) return InputKind::container;
  if (!in.failed() && first_word == kRecordStream && magic == kStreamMagic) return InputKind::records;
  const auto header = encode_file_header();
  const auto record = encode_stream_start({});
  const auto begins = [&](std::span<const std::byte> whole) {
    return bytes.size() < whole.size() && std::equal(bytes.begin(), bytes.end(), whole.begin());
  };
  if (begins(std::span(header).first(16)) || begins(std::span(record).first(16))) {
    return fail(Errc::truncated, "ends inside the file header", bytes.size());
  }
  if (bytes.size() >= sizeof(kZstdFrame) && first_word == kZstdFrame) {
    return fail(Errc::malformed, "a zstd file, but not a simdprof recording", 0);
  }
  const bool printable = std::all_of(text.begin(), text.end(), [](char c) {
    const auto code = static_cast<unsigned char>(c);
    return code >= 0x20 || (code >= '\t' && code <= '\r');
  });
  return fail(Errc::malformed, printable ? "a text file, not a simdprof recording" : "not a simdprof recording", 0);
}

/// The first record of a chunk must say what its header says.
Status check_stream_record(std::span<const std::byte> bytes, const ChunkInfo& chunk) {
  const auto start = decode_stream_start(bytes, chunk.file_offset);
  if (!start) return fail(start.error());
  if (!same_start(*start, chunk.start)) {
    return fail(Errc::malformed, "stream record of a chunk differs from its header", chunk.file_offset);
  }
  return {};
}

void set_record_offsets(std::vector<ChunkInfo>& chunks, bool compressed) {
  std::uint64_t offset = 0;
  for (ChunkInfo& chunk : chunks) {
    chunk.record_offset = compressed ? offset + kStreamRecordBytes : chunk.file_offset;
    offset = chunk.record_offset + chunk.start.record_bytes;
  }
}

}  // namespace

struct ContainerReader::State {
  State(std::string path, InputFile input) : name(std::move(path)), file(std::move(input)) {}

  std::string name;
  InputFile file;
  bool compressed = false;
  bool index_present = false;
  std::uint16_t version = 0;
  ChunkMap map;
  std::mutex mutex;  ///< guards `idle`
  std::vector<std::unique_ptr<Scratch>> idle;

  std::unique_ptr<Scratch> take_scratch() {
    const std::lock_guard lock{mutex};
    if (idle.empty()) return std::make_unique<Scratch>();
    auto scratch = std::move(idle.back());
    idle.pop_back();
    return scratch;
  }
  void give_back(std::unique_ptr<Scratch> scratch) {
    const std::lock_guard lock{mutex};
    idle.push_back(std::move(scratch));
  }

  Status find_chunks();
  Result<std::vector<std::byte>> load_records(std::vector<std::byte> records, const ChunkInfo& chunk) const;
  Result<std::vector<std::byte>> decompress(std::vector<std::byte> records, const ChunkInfo& chunk,
                                            Scratch& scratch) const;
};

Status ContainerReader::State::find_chunks() {
  std::array<std::byte, 256> buffer{};
  const auto got = file.read_at(0, buffer);
  if (!got) return fail(got.error());
  const auto opening = std::span<const std::byte>(buffer).first(*got);
  const auto kind = probe_kind(opening);
  if (!kind) return fail(kind.error());
  compressed = *kind == InputKind::container;
  Cursor in{opening};
  in.skip(16);
  version = in.u16();
  if (compressed) {
    if (auto header = decode_file_header(opening); !header) return header;
    auto index = load_index(file);
    if (!index) return fail(index.error());
    if (*index) {
      map = std::move(**index);
      index_present = true;
      return {};
    }
  } else if (const auto start = decode_stream_start(opening, 0); !start) {
    // A first stream record that is cut off or of a newer version refuses the input; a damaged one costs its chunk.
    if (start.error().code != Errc::malformed) return fail(start.error());
  }
  auto scanned = compressed ? scan_chunks(file) : scan_records(file);
  if (!scanned) return fail(scanned.error());
  map = std::move(*scanned);
  return {};
}

Result<std::vector<std::byte>> ContainerReader::State::load_records(std::vector<std::byte> records,
                                                                    const ChunkInfo& chunk) const {
  records.resize(chunk.start.record_bytes);
  const auto got = file.read_at(chunk.file_offset, records);
  if (!got) return fail(got.error());
  if (*got != records.size()) return fail(Errc::truncated, "ends inside a chunk", chunk.file_offset + *got);
  return records;
}

Result<std::vector<std::byte>> ContainerReader::State::decompress(std::vector<std::byte> records,
                                                                  const ChunkInfo& chunk, Scratch& scratch) const {
  if (scratch.context == nullptr) return fail(Errc::limit, "no memory to decompress");
  scratch.frame.resize(std::max(scratch.frame.size(), static_cast<std::size_t>(chunk.compressed_bytes)));
  const auto frame = std::span(scratch.frame).first(static_cast<std::size_t>(chunk.compressed_bytes));
  const auto got = file.read_at(chunk.file_offset, frame);
  if (!got) return fail(got.error());
  if (*got != frame.size()) return fail(Errc::truncated, "ends inside a chunk", chunk.file_offset + *got);

  const std::size_t bytes = kStreamRecordBytes + chunk.start.record_bytes;
  if (ZSTD_getFrameContentSize(frame.data(), frame.size()) != bytes) {
    return fail(Errc::malformed, fmt::format("zstd frame of a chunk does not hold {} bytes", bytes), chunk.file_offset);
  }
  records.resize(bytes);
  const std::size_t size =
      ZSTD_decompressDCtx(scratch.context.get(), records.data(), records.size(), frame.data(), frame.size());
  if (ZSTD_isError(size) != 0U) {
    return fail(Errc::malformed, fmt::format("damaged chunk: {}", ZSTD_getErrorName(size)), chunk.file_offset);
  }
  if (size != bytes) {
    return fail(Errc::malformed, fmt::format("chunk of {} bytes, its header says {}", size, bytes), chunk.file_offset);
  }
  if (const auto checked = check_stream_record(records, chunk); !checked) return fail(checked.error());
  records.erase(records.begin(), records.begin() + kStreamRecordBytes);
  return records;
}

ContainerReader::ContainerReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
ContainerReader::ContainerReader(ContainerReader&&) noexcept = default;
ContainerReader& ContainerReader::operator=(ContainerReader&&) noexcept = default;
ContainerReader::~ContainerReader() = default;

/// Both kinds of input, file and decompressed records, have the same second word.
bool ContainerReader::may_be_recording(std::span<const std::byte> start) {
  Cursor in{start};
  in.skip(8);
  return in.u64() == kStreamMagic;
}

Result<ContainerReader> ContainerReader::open(const std::string& path, Ledger& ledger) {
  auto file = InputFile::open(path, may_be_recording);
  if (!file) return fail(with_input(file.error(), path));
  return open(std::move(*file), path, ledger);
}

Result<ContainerReader> ContainerReader::open(InputFile file, const std::string& name, Ledger& ledger) {
  auto state = std::make_unique<State>(name, std::move(file));
  if (const auto found = state->find_chunks(); !found) return fail(with_input(found.error(), name));
  set_record_offsets(state->map.chunks, state->compressed);
  for (const Gap& gap : state->map.gaps) ledger.lose(gap.cause, 1);
  return ContainerReader{std::move(state)};
}

Result<std::vector<std::byte>> ContainerReader::load_into(std::vector<std::byte> memory, std::size_t chunk) const {
  const ChunkInfo& info = state_->map.chunks.at(chunk);
  Result<std::vector<std::byte>> records;
  if (state_->compressed) {
    auto scratch = state_->take_scratch();
    records = state_->decompress(std::move(memory), info, *scratch);
    state_->give_back(std::move(scratch));
  } else {
    records = state_->load_records(std::move(memory), info);
  }
  if (!records) return fail(with_input(records.error(), state_->name));
  return records;
}

const std::vector<ChunkInfo>& ContainerReader::chunks() const { return state_->map.chunks; }
bool ContainerReader::compressed() const { return state_->compressed; }
bool ContainerReader::index_present() const { return state_->index_present; }
const std::string& ContainerReader::name() const { return state_->name; }
const std::vector<Gap>& ContainerReader::gaps() const { return state_->map.gaps; }

InputFormat ContainerReader::format() const {
  InputFormat format;
  format.name = "simdprof.data";
  format.detail =
      fmt::format("version {}, {}, {}", state_->version, state_->compressed ? "zstd container" : "uncompressed records",
                  state_->index_present ? "finished" : "without index");
  format.compressed = state_->compressed;
  format.finished = state_->index_present;
  format.file_bytes = state_->file.size();
  format.framing_bytes = kStreamRecordBytes;
  return format;
}

}  // namespace simdprof
