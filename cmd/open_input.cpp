#include "cmd/open_input.h"

#include <array>
#include <filesystem>
#include <system_error>
#include <utility>

#include "lib/base/input_file.h"
#include "lib/container/reader.h"
#include "lib/perfdata/reader.h"

namespace simdprof::cmd {
namespace {

template <class Reader>
Result<std::unique_ptr<RecordInput>> boxed(Result<Reader> reader) {
  if (!reader) return fail(std::move(reader.error()));
  return std::make_unique<Reader>(std::move(*reader));
}

/// perf's directory form has a file `data`.
bool is_perf_directory(const std::string& path) {
  std::error_code none;
  return std::filesystem::is_directory(path, none) && std::filesystem::exists(path + "/data", none);
}

}  // namespace

Result<std::unique_ptr<RecordInput>> open_input(const std::string& path, Ledger& ledger, const OnInputHead& on_head) {
  if (path != "-" && is_perf_directory(path)) return boxed(PerfDataReader::open_directory(path, ledger, on_head));
  auto file = InputFile::open(path, [](std::span<const std::byte> start) {
    return ContainerReader::may_be_recording(start) || PerfDataReader::may_be_perf_data(start);
  });
  if (!file) return fail(with_input(file.error(), path));
  std::array<std::byte, 8> start{};
  const auto got = file->read_at(0, start);
  if (!got) return fail(with_input(got.error(), path));
  if (PerfDataReader::may_be_perf_data(std::span(start).first(*got))) {
    return boxed(PerfDataReader::open(std::move(*file), path, ledger, on_head));
  }
  return boxed(ContainerReader::open(std::move(*file), path, ledger));
}

}  // namespace simdprof::cmd
