#include "lib/perfdata/reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <limits>
#include <map>
#include <system_error>
#include <utility>

#include "lib/abi/attr_bytes.h"
#include "lib/abi/perf_event.h"
#include "lib/abi/perf_file.h"
#include "lib/perfdata/features_in.h"
#include "lib/perfdata/file_header.h"
#include "lib/perfdata/metadata.h"
#include "lib/perfdata/run_index.h"
#include "lib/perfdata/tool_records.h"

namespace simdprof {

using namespace perfdata;

namespace {

constexpr std::uint64_t kMaxAttrEntryBytes = 4096;
constexpr std::uint64_t kSectionBytes = 16;
/// The recorder's part of a file that was not closed ends with the file.
constexpr std::uint64_t kToTheEnd = std::numeric_limits<std::uint64_t>::max();

/// The bytes of a section, as far as the file has them.
Result<std::vector<std::byte>> load_section(const InputFile& file, const Section& section, std::uint64_t limit_bytes) {
  if (section.offset > file.size()) return std::vector<std::byte>{};
  const std::uint64_t bytes = std::min(section.bytes, file.size() - section.offset);
  if (bytes > limit_bytes) return fail(Errc::limit, fmt::format("section of {} bytes", bytes), section.offset);
  std::vector<std::byte> out(static_cast<std::size_t>(bytes));
  const auto got = file.read_at(section.offset, out);
  if (!got) return fail(got.error());
  out.resize(*got);
  return out;
}

}  // namespace

struct PerfDataReader::State {
  State(std::string input, Ledger& counted) : name(std::move(input)), ledger(counted) {}

  std::string name;
  Ledger& ledger;  ///< of open(); not used afterwards
  std::vector<InputFile> files;
  std::vector<IndexedRun> runs;
  std::vector<ChunkInfo> chunks;  ///< 0: metadata; then runs
  std::vector<Gap> gaps;
  FileHeader header;
  Metadata metadata;
  std::vector<std::byte> metadata_records;
  bool directory = false;
  bool compressed = false;
  std::uint64_t file_bytes = 0;

  Status read_header();
  Status read_attrs();
  Status read_attr_entry(Cursor entry);
  Status read_features();
  [[nodiscard]] InputHead head() const;
  Status index();
  void skip(std::uint32_t type, Error error);
  void make_chunks();
};

void PerfDataReader::State::skip(std::uint32_t type, Error error) {
  ledger.skip(type, with_input(std::move(error), name));
}

Status PerfDataReader::State::read_header() {
  std::vector<std::byte> bytes(abi::kPerfFileHeaderBytes);
  const auto got = files[0].read_at(0, bytes);
  if (!got) return fail(got.error());
  auto decoded = decode_file_header(std::span(bytes).first(*got));
  if (!decoded) return fail(decoded.error());
  header = *decoded;
  return {};
}

/// An entry is an attr and, last, the section of its ids.
Status PerfDataReader::State::read_attr_entry(Cursor entry) {
  const std::uint64_t offset = entry.offset();
  const auto bytes = entry.take(entry.remaining() - kSectionBytes);
  Section ids;
  ids.offset = entry.u64();
  ids.bytes = entry.u64();
  const std::size_t own_bytes = std::min<std::size_t>(attr_bytes(Cursor{bytes, offset, header.order}), bytes.size());
  const auto attr = read_attr(bytes.first(own_bytes), header.order, offset);
  if (!attr) return fail(attr.error());
  if (abi::has_unknown_fields(bytes.first(own_bytes))) {
    skip(kRecordEventDesc, Error{Errc::unsupported, "event attributes have fields that are not known", offset, {}});
  }
  const auto id_bytes = load_section(files[0], ids, kMaxFeatureBytes);
  if (!id_bytes) return fail(id_bytes.error());
  Cursor in{*id_bytes, ids.offset, header.order};
  std::vector<std::uint64_t> values(id_bytes->size() / 8);
  for (std::uint64_t& value : values) value = in.u64();
  return metadata.add_event(*attr, std::move(values));
}

Status PerfDataReader::State::read_attrs() {
  if (header.pipe || header.attrs.bytes == 0) return {};
  const std::uint64_t size = header.attr_entry_bytes;
  if (size < abi::PERF_ATTR_SIZE_VER0 + kSectionBytes || size > kMaxAttrEntryBytes) {
    return fail(Errc::malformed, fmt::format("entries of {} bytes in the attr section", size), 16);
  }
  const auto bytes = load_section(files[0], header.attrs, kMaxFeatureBytes);
  if (!bytes) return fail(bytes.error());
  Cursor in{*bytes, header.attrs.offset, header.order};
  while (in.remaining() >= size) {
    const std::uint64_t offset = in.offset();
    const auto entry = in.take(size);
    auto read = read_attr_entry(Cursor{entry, offset, header.order});
    if (!read) skip(kRecordEventDesc, std::move(read.error()));
  }
  return {};
}

/// A broken feature costs itself.
Status PerfDataReader::State::read_features() {
  const auto table = load_feature_table(files[0], header);
  if (!table) return fail(table.error());
  for (const FeatureSection& feature : *table) {
    const bool large = feature.feature == abi::HEADER_BPF_BTF || feature.feature == abi::HEADER_AUXTRACE ||
                       feature.feature == abi::SIMPLEPERF_FEAT_FILE;
    if (large) continue;
    auto bytes = load_section(files[0], feature.section, kMaxFeatureBytes);
    if (!bytes) {
      skip(abi::PERF_RECORD_HEADER_FEATURE, bytes.error());
      continue;
    }
    auto read = read_feature(feature.feature, Cursor{*bytes, feature.section.offset, header.order}, metadata);
    if (!read) skip(abi::PERF_RECORD_HEADER_FEATURE, std::move(read.error()));
  }
  if (!header.pipe) metadata.settle_events();
  return {};
}

InputHead PerfDataReader::State::head() const {
  InputHead head;
  head.file_bytes = file_bytes;
  if (const auto release = metadata.facts().find("release"); release != metadata.facts().end()) {
    head.kernel_release = release->second;
  }
  head.samples_kernel = std::any_of(metadata.events().begin(), metadata.events().end(),
                                    [](const Metadata::Event& event) { return event.attr.samples_kernel(); });
  return head;
}

Status PerfDataReader::State::index() {
  RunIndex found(name, header.order, metadata, ledger);
  std::uint64_t begin = header.data.offset;
  std::uint64_t end = header.data.bytes == 0 ? kToTheEnd : begin + header.data.bytes;
  if (header.pipe) {
    begin = abi::kPerfPipeHeaderBytes;
    end = kToTheEnd;
  }
  if (begin < header.header_bytes) return fail(Errc::malformed, "the data section lies over the header", 40);
  if (end != kToTheEnd && (end < begin || end > files[0].size())) {
    ledger.lose(LossCause::input_truncated, 1);
    end = kToTheEnd;
  }
  const std::size_t own_files = files.size();
  for (std::size_t i = 0; i < own_files; ++i) {
    const std::uint64_t file_end = files[i].size();
    auto added = found.add_part(files, i, i == 0 ? begin : 0, i == 0 ? std::min(end, file_end) : file_end);
    if (!added) return added;
  }
  metadata.settle_events();
  runs = std::move(found.runs());
  gaps = std::move(found.gaps());
  compressed = found.compressed();
  if (metadata.events().empty() && runs.empty()) {
    return fail(Errc::malformed, "a perf.data file in which no event and no record can be read", 0);
  }
  return {};
}

void PerfDataReader::State::make_chunks() {
  auto records = metadata.encode();
  metadata_records = std::move(records.bytes);
  ChunkInfo first;
  first.start.info.kind = StreamKind::metadata;
  first.start.record_count = records.count;
  first.start.record_bytes = static_cast<std::uint32_t>(metadata_records.size());
  chunks.push_back(first);
  for (const IndexedRun& run : runs) chunks.push_back(run.chunk);
}

PerfDataReader::PerfDataReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
PerfDataReader::PerfDataReader(PerfDataReader&&) noexcept = default;
PerfDataReader& PerfDataReader::operator=(PerfDataReader&&) noexcept = default;
PerfDataReader::~PerfDataReader() = default;

bool PerfDataReader::may_be_perf_data(std::span<const std::byte> start) { return starts_perf_data(start); }

Result<PerfDataReader> PerfDataReader::open(InputFile file, const std::string& name, Ledger& ledger,
                                            const OnInputHead& on_head) {
  auto state = std::make_unique<State>(name, ledger);
  state->files.push_back(std::move(file));
  return finish_open(std::move(state), on_head);
}

Result<PerfDataReader> PerfDataReader::finish_open(std::unique_ptr<State> state, const OnInputHead& on_head) {
  for (const InputFile& file : state->files) state->file_bytes += file.size();
  for (const auto step : {&State::read_header, &State::read_attrs, &State::read_features, &State::index}) {
    if (on_head && step == &State::index) on_head(state->head());
    if (auto done = ((*state).*step)(); !done) return fail(with_input(done.error(), state->name));
  }
  state->make_chunks();
  return PerfDataReader{std::move(state)};
}

Result<PerfDataReader> PerfDataReader::open_directory(const std::string& path, Ledger& ledger,
                                                      const OnInputHead& on_head) {
  auto state = std::make_unique<State>(path, ledger);
  std::map<unsigned long, std::string> numbered;  // in the order of the threads
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(path, error)) {
    const std::string file = entry.path().filename();
    constexpr std::string_view kPrefix = "data.";
    const bool digits = std::all_of(file.begin() + std::min<std::ptrdiff_t>(5, std::ssize(file)), file.end(),
                                    [](char c) { return c >= '0' && c <= '9'; });
    if (!file.starts_with(kPrefix) || file.size() == kPrefix.size() || file.size() > 12 || !digits) continue;
    numbered.emplace(std::stoul(file.substr(kPrefix.size())), entry.path());
  }
  std::vector<std::string> names = {path + "/data"};
  for (const auto& [number, file] : numbered) names.push_back(file);
  for (const std::string& file : names) {
    auto opened = InputFile::open(file, nullptr);
    if (!opened) return fail(with_input(opened.error(), file));
    state->files.push_back(std::move(*opened));
  }
  state->directory = true;
  return finish_open(std::move(state), on_head);
}

Result<std::vector<std::byte>> PerfDataReader::load_into(std::vector<std::byte> memory, std::size_t chunk) const {
  if (chunk == 0) return state_->metadata_records;
  const IndexedRun& run = state_->runs.at(chunk - 1);
  const InputFile& file = state_->files[run.file];
  if (run.aux) {
    auto records = load_aux_run(file, *run.aux);
    if (!records) return fail(with_input(records.error(), state_->name));
    return records;
  }
  std::vector<std::byte> records = std::move(memory);
  records.resize(run.chunk.start.record_bytes);
  const auto got = file.read_at(run.chunk.file_offset, records);
  if (!got) return fail(with_input(got.error(), state_->name));
  if (*got != records.size()) {
    return fail(Error{Errc::truncated, "ends inside a record", run.chunk.file_offset + *got, state_->name});
  }
  return records;
}

bool PerfDataReader::is_framing(std::uint32_t type) const {
  return type >= abi::kFirstToolRecord && type < kRecordStream;
}

const std::vector<ChunkInfo>& PerfDataReader::chunks() const { return state_->chunks; }
const std::string& PerfDataReader::name() const { return state_->name; }
const std::vector<Gap>& PerfDataReader::gaps() const { return state_->gaps; }

InputFormat PerfDataReader::format() const {
  const bool unclosed = !state_->header.pipe && state_->header.data.bytes == 0;
  InputFormat format;
  format.name = "perf.data";
  format.detail = fmt::format("{}, {}-endian{}{}",
                              state_->directory     ? "directory"
                              : state_->header.pipe ? "pipe mode"
                                                    : "file mode",
                              state_->header.order == std::endian::big ? "big" : "little",
                              state_->compressed ? ", compressed records" : "", unclosed ? ", not closed" : "");
  format.finished = !unclosed;
  format.file_bytes = state_->file_bytes;
  return format;
}

}  // namespace simdprof
