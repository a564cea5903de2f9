#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "lib/capture/kernel_vectors.h"
#include "lib/model/record_sink.h"

namespace simdprof {

/// Stands between a source and the file: sees every record that is written, remembers which files were mapped and, when
/// asked, leaves kernel vector registers out.
class RecordingSink final : public RecordSink {
 public:
  /// @param kernel_vectors  removes the interrupt vectors of kernel hits; empty: records pass unchanged
  RecordingSink(RecordSink& inner, std::optional<KernelVectorFilter> kernel_vectors);

  StreamId open_stream(const StreamInfo& info) override;
  Status write(StreamId stream, std::span<const std::byte> records, std::uint32_t record_count,
               std::uint64_t first_time_ns, std::uint64_t last_time_ns) override;
  /// For streams of kind aux alone, in which there is nothing to see or to leave out.
  Status write_parts(StreamId stream, std::span<const std::span<const std::byte>> parts,
                     std::uint32_t record_count) override;

  /// Build ids of all files that were mapped, of the vdso and of the kernel, by path as mapped. Reads the files.
  [[nodiscard]] std::map<std::string, std::vector<std::byte>> load_build_ids() const;
  /// Samples of kernel hits that were not written, as their vector registers could not be found.
  [[nodiscard]] std::uint64_t left_out() const;

 private:
  struct MappedFile {
    std::int32_t pid = 0;     ///< a process that maps it
    std::uint64_t inode = 0;  ///< 0: the record does not tell
  };
  void observe(std::span<const std::byte> record);
  void learn_event_id(std::span<const std::byte> record);
  void observe_mapping(std::span<const std::byte> record, bool has_inode);

  RecordSink* inner_;
  std::optional<KernelVectorFilter> kernel_vectors_;
  mutable std::mutex mutex_;
  std::map<std::string, MappedFile> mapped_;
  std::vector<StreamKind> kinds_;  ///< by stream
  std::uint64_t left_out_ = 0;
};

}  // namespace simdprof
