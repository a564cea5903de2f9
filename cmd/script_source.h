#pragma once

#include <optional>
#include <string_view>
#include <unordered_map>

#include "cmd/sample_source.h"
#include "decoders/lanes/lane_text.h"
#include "lib/symbols/source_files.h"

namespace simdprof::cmd {

/// Source text of places, for script's field srccode.
class SourceText {
 public:
  /// Text of the innermost line of `place`; nothing where that is not known or the file cannot be read. Holds until the
  /// next call.
  std::optional<std::string_view> find(const Location& place);
  /// `|12       text` and a line feed; nothing where the last that was shown of this thread is the same line, as perf
  /// has it.
  void append(TextBuffer& out, Tid tid, const Location& place);

 private:
  struct Shown {
    const char* file = nullptr;  ///< equal names are kept once, see Location
    std::uint32_t line = 0;
  };

  SourceFiles files_;
  std::unordered_map<Tid, Shown> shown_;
};

}  // namespace simdprof::cmd
