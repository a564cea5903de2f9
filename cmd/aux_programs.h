#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cmd/aux_code_files.h"
#include "cmd/aux_error_filter.h"
#include "cmd/aux_kernel_code.h"
#include "cmd/aux_map_history.h"
#include "cmd/aux_task_history.h"
#include "lib/model/aux_trace.h"
#include "lib/symbols/resolver.h"

namespace simdprof::cmd {

/// What ran while a trace was made, from the other records of its recording and from the files of this machine.
class RecordedPrograms : public AuxPrograms {
 public:
  explicit RecordedPrograms(SymbolOptions options);

  /// All records in time order, then finish().
  void observe(const Record& record, std::int32_t cpu);
  void finish();

  [[nodiscard]] Task task(std::int32_t cpu, Tid tid, std::uint64_t time_ns) const override;
  [[nodiscard]] std::size_t read_code(Pid pid, VirtAddr address, bool kernel, std::uint64_t time_ns,
                                      std::span<std::byte> out) const override;
  [[nodiscard]] std::uint64_t code_holds_until(Pid pid, std::uint64_t time_ns) const override;
  [[nodiscard]] std::string mapped_name(Pid pid, VirtAddr address, bool kernel, std::uint64_t time_ns) const override;
  /// Which errors of a trace of these programs are told.
  [[nodiscard]] AuxErrorFilter error_filter() const;
  /// Files without code so far, and the kernel's code.
  [[nodiscard]] std::vector<Resolver::Problem> problems() const;

 private:
  SymbolOptions options_;
  AuxTaskHistory tasks_;
  AuxMapHistory maps_;
  AuxKernelCode kernel_;
  std::optional<AuxCodeFiles> files_;  ///< from finish() on
  std::uint64_t last_ns_ = 0;
};

}  // namespace simdprof::cmd
