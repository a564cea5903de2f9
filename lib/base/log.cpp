#include "lib/base/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <memory>

namespace simdprof {
namespace {

spdlog::logger& logger() {
  static const auto instance = [] {
    auto made = std::make_shared<spdlog::logger>("simdprof", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    made->set_pattern("simdprof: %v");
    made->set_level(spdlog::level::info);
    return made;
  }();
  return *instance;
}

}  // namespace

void set_log_level(LogLevel level) {
  switch (level) {
    case LogLevel::quiet: logger().set_level(spdlog::level::err); return;
    case LogLevel::normal: logger().set_level(spdlog::level::info); return;
    case LogLevel::verbose: logger().set_level(spdlog::level::debug); return;
    case LogLevel::debug: logger().set_level(spdlog::level::trace); return;
  }
}

void log_error(std::string_view text) { logger().error("{}", text); }
void log_warning(std::string_view text) { logger().warn("{}", text); }
void log_note(std::string_view text) { logger().info("{}", text); }
void log_verbose(std::string_view text) { logger().debug("{}", text); }
void log_debug(std::string_view text) { logger().trace("{}", text); }

}  // namespace simdprof
