#pragma once

#include <string_view>

namespace simdprof {

enum class LogLevel { quiet, normal, verbose, debug };

/// Sets what reaches stderr: quiet shows errors only, normal adds warnings and notes, verbose and debug more.
void set_log_level(LogLevel level);

// Lines on stderr as "simdprof: text", written by cmd/ and lib/capture only; a decoder logs nothing.
void log_error(std::string_view text);
void log_warning(std::string_view text);
void log_note(std::string_view text);     ///< what was chosen, where the file went
void log_verbose(std::string_view text);  ///< -v
void log_debug(std::string_view text);    ///< -vv

}  // namespace simdprof
