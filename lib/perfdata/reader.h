#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "lib/base/input_file.h"
#include "lib/base/result.h"
#include "lib/model/ledger.h"
#include "lib/model/record_input.h"

namespace simdprof {

/// A perf.data, opened: file mode, pipe mode or a directory, of either byte order. What the file says about itself
/// comes first, as metadata records of our own; the kernel's records follow as they are, in runs of about a megabyte;
/// trace bytes come as runs of kind aux. load() may be called from several threads.
class PerfDataReader final : public RecordInput {
 public:
  /// @param name     of the file, for errors
  /// @param ledger   records that could not be read are counted here, and types that are not kept
  /// @param on_head  may be empty
  /// @return malformed, truncated or unsupported when it is no perf.data or says nothing that can be read, io
  static Result<PerfDataReader> open(InputFile file, const std::string& name, Ledger& ledger,
                                     const OnInputHead& on_head = {});
  /// The directory form: a file `data` and one `data.N` for each thread of the recorder.
  static Result<PerfDataReader> open_directory(const std::string& path, Ledger& ledger,
                                               const OnInputHead& on_head = {});
  /// Whether a pipe that starts so is a perf.data.
  static bool may_be_perf_data(std::span<const std::byte> start);

  PerfDataReader(PerfDataReader&&) noexcept;
  PerfDataReader& operator=(PerfDataReader&&) noexcept;
  ~PerfDataReader() override;

  [[nodiscard]] const std::vector<ChunkInfo>& chunks() const override;
  [[nodiscard]] bool is_framing(std::uint32_t type) const override;
  [[nodiscard]] const std::string& name() const override;
  [[nodiscard]] const std::vector<Gap>& gaps() const override;
  [[nodiscard]] InputFormat format() const override;

 private:
  struct State;
  explicit PerfDataReader(std::unique_ptr<State> state);
  static Result<PerfDataReader> finish_open(std::unique_ptr<State> state, const OnInputHead& on_head);
  [[nodiscard]] Result<std::vector<std::byte>> load_into(std::vector<std::byte> memory,
                                                         std::size_t chunk) const override;

  std::unique_ptr<State> state_;
};

}  // namespace simdprof
