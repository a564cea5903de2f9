#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "lib/base/units.h"
#include "lib/model/record.h"

namespace simdprof {

/// Which program each process runs and which files its code is from, as far as the records tell. The program is the
/// first file with code that was mapped since the process's exec, or that its parent had at the fork.
class ProgramTable {
 public:
  /// MMAP, COMM, FORK and EXIT change something.
  void observe(const Record& record);

  /// Whether the two are known to run different programs. Unknown is not different.
  [[nodiscard]] bool differ(Pid a, Pid b) const;
  /// Whether `address` of process `a` is code of a file that `b` has mapped too, as all have the loader and the C
  /// library. Unknown is not shared.
  [[nodiscard]] bool shares_code(Pid a, VirtAddr address, Pid b) const;
  /// Whether `address` is code of the dynamic loader. Unknown is not.
  [[nodiscard]] bool is_loader(Pid pid, VirtAddr address) const;

  [[nodiscard]] std::size_t size() const { return processes_.size(); }
  /// Mappings that are kept, of all processes.
  [[nodiscard]] std::size_t mappings() const { return mappings_; }

  static constexpr std::size_t kMaxProcesses = 65536;        ///< with more, all are forgotten: unknown again
  static constexpr std::size_t kMaxMappings = 512;           ///< of a process; later ones are passed over
  static constexpr std::size_t kMaxAllMappings = 1U << 20U;  ///< 24 bytes each; with more, all mappings are forgotten

 private:
  struct Mapping {
    VirtAddr start = 0, end = 0;
    std::uint64_t file = 0;  ///< hash of its path; bit 1: it is the dynamic loader
  };
  struct Process {
    std::uint64_t program = 0;  ///< hash of the path; 0: not known yet
    std::vector<Mapping> code;  ///< in the order in which they came: a later one hides an earlier
  };
  Process& process(Pid pid);
  [[nodiscard]] const Mapping* mapping_at(Pid pid, VirtAddr address) const;
  void set_code(Process& process, std::vector<Mapping> code);
  void forget_code();
  void map(Process& process, const MmapRecord& record);
  void fork(Pid parent, Pid child);

  std::unordered_map<Pid, Process> processes_;
  std::size_t mappings_ = 0;
};

}  // namespace simdprof
