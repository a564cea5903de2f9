#pragma once

#include <cstdint>
#include <unordered_map>

#include "lib/base/units.h"
#include "lib/model/record.h"

namespace simdprof {

/// Which program each process runs, as far as the records tell: by the first file with code that was mapped since its
/// exec, or that its parent had at the fork.
class ProgramTable {
 public:
  /// MMAP, COMM, FORK and EXIT change something.
  void observe(const Record& record);

  /// Whether the two are known to run different programs. Unknown is not different.
  [[nodiscard]] bool differ(Pid a, Pid b) const;
  [[nodiscard]] std::size_t size() const { return programs_.size(); }

  static constexpr std::size_t kMaxProcesses = 65536;  ///< with more, all are forgotten: unknown again

 private:
  std::unordered_map<Pid, std::uint64_t>::iterator place_of(Pid pid);

  std::unordered_map<Pid, std::uint64_t> programs_;  ///< pid -> hash of the path; 0: not known yet
};

}  // namespace simdprof
