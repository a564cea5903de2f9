#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lib/capture/attr_build.h"
#include "lib/capture/aux_request.h"
#include "lib/capture/plan.h"

namespace simdprof::cmd {

/// What `simdprof record` was asked for.
struct RecordOptions {
  std::string source = "auto";  ///< auto, kernel, ptrace, gpr
  std::string events;           ///< -e, comma list; empty: the default event
  SamplingOptions sampling;
  bool user_regs_given = false, intr_regs_given = false;
  std::vector<std::string> vector_classes;  ///< of --xmm --ymm --zmm --opmask --neon --sve; empty: all
  std::size_t ring_pages = 128;             ///< -m
  AuxWish aux;                              ///< -m, --snapshot, --snapshot-at, --aux-sample, --filter
  bool per_thread = false;
  int zstd_level = 3;                    ///< -z
  std::string output = "simdprof.data";  ///< -o
  std::chrono::milliseconds start_delay{0};
  std::optional<std::chrono::milliseconds> duration;
  TargetSpec target;
  bool dry_run = false;
  bool kernel_simd = false;
  std::string list;                ///< "events", "user-regs", "intr-regs": print that list and end; empty: record
  std::vector<std::string> words;  ///< the whole command line, for the recording
};

/// Parses the words after `record`.
///
/// @param exit_status  set when there is nothing to record: 0 after --help, 129 after a usage error (already printed)
std::optional<RecordOptions> parse_record_options(const std::vector<std::string>& words, int& exit_status);

}  // namespace simdprof::cmd
