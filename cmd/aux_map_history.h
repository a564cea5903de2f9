#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "lib/base/units.h"
#include "lib/model/record.h"

namespace simdprof::cmd {

/// The mappings of all processes as they were at any time of a recording: a trace is decoded when all its records have
/// been read.
class AuxMapHistory {
 public:
  struct Entry {
    VirtAddr start = 0;
    VirtAddr end = 0;
    std::uint64_t from_ns = 0;
    std::uint64_t to_ns = ~std::uint64_t{0};  ///< from then on something else was mapped there
    FileOffset file_offset = 0;
    std::uint32_t file = 0;  ///< number of files()
  };
  struct File {
    std::string path;
    std::string build_id;      ///< lower-case hex; empty: not recorded
    bool before_vdso = false;  ///< some process had it mapped when its vdso came: its program or loader
  };

  /// @param build_ids  path -> hex, as the recording's metadata has them
  explicit AuxMapHistory(std::map<std::string, std::string> build_ids) : build_ids_(std::move(build_ids)) {}

  /// Records of user mappings in time order; others are passed over.
  void observe(const Record& record, std::uint64_t time_ns);
  /// No more records: from now on find() may be called, from any thread.
  void finish();

  /// The mapping that covers `address` at `time_ns`. The clock of a trace stands still between its timing packets: what
  /// is mapped at no time up to then was mapped before the packet that follows, so that the next mapping is meant.
  [[nodiscard]] const Entry* find(Pid pid, VirtAddr address, std::uint64_t time_ns) const;
  /// When the mappings of `pid` change next after `time_ns`; ~0: never.
  [[nodiscard]] std::uint64_t next_change(Pid pid, std::uint64_t time_ns) const;
  [[nodiscard]] const std::vector<File>& files() const { return files_; }

 private:
  static constexpr std::size_t kNone = ~std::size_t{0};
  /// Mappings between a fork or an exec and the next.
  struct Space {
    std::uint64_t from_ns = 0;
    std::size_t inherited = kNone;       ///< space of the parent, as it was at from_ns
    std::map<VirtAddr, Entry> live;      ///< until finish()
    std::vector<Entry> entries;          ///< by start
    std::vector<VirtAddr> furthest_end;  ///< of entries 0..i
  };

  Space& last_space(Pid pid);
  void start_space(Pid pid, std::uint64_t time_ns, std::size_t inherited);
  void insert(Space& space, const Entry& entry);
  std::uint32_t file_number(const MmapRecord& record);
  [[nodiscard]] const Entry* find_in(const Space& space, VirtAddr address, std::uint64_t time_ns, bool later) const;
  [[nodiscard]] const Entry* find_inherited(std::size_t space, VirtAddr address, std::uint64_t time_ns) const;

  std::map<std::string, std::string> build_ids_;
  std::vector<Space> spaces_;
  std::unordered_map<Pid, std::vector<std::size_t>> of_process_;  ///< by time
  std::unordered_map<Pid, std::vector<std::uint64_t>> changes_;   ///< times at which mappings changed, ascending
  std::map<std::pair<std::string, std::string>, std::uint32_t> file_numbers_;
  std::vector<File> files_;
};

}  // namespace simdprof::cmd
