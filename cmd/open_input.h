#pragma once

#include <memory>
#include <string>

#include "lib/base/result.h"
#include "lib/model/ledger.h"
#include "lib/model/record_input.h"

namespace simdprof::cmd {

/// Opens a recording of any kind that this program reads; what it is shows in its first bytes.
///
/// @param path     file name, or "-" for standard input
/// @param ledger   what is missing or cannot be read is counted here
/// @param on_head  may be empty; not called for what opens at once
Result<std::unique_ptr<RecordInput>> open_input(const std::string& path, Ledger& ledger,
                                                const OnInputHead& on_head = {});

}  // namespace simdprof::cmd
