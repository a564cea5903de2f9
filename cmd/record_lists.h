#pragma once

#include <string>

#include "cmd/record_options.h"
#include "cmd/record_plan.h"

namespace simdprof::cmd {

/// Prints what `=?` asks for: "events" or "registers". @return exit status
int print_record_list(const std::string& list);

/// Prints the attributes of a plan and the sources that were tried. @return exit status
int print_dry_run(const RecordOptions& options, const ReadyPlan& ready);

}  // namespace simdprof::cmd
