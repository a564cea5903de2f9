#include "cmd/option_set.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "cmd/exit_code.h"
#include "cmd/text_out.h"
#include "lib/base/log.h"

namespace simdprof::cmd {

OptionRef& OptionRef::shows_default() {
  option_->capture_default_str();
  return *this;
}
OptionRef& OptionRef::required() {
  option_->required();
  return *this;
}
OptionRef& OptionRef::excludes(const std::string& name) {
  option_->excludes(name);
  return *this;
}
OptionRef& OptionRef::one_of(const std::vector<std::string>& values) {
  option_->check(CLI::IsMember(values));
  return *this;
}
OptionRef& OptionRef::between(int least, int most) {
  option_->check(CLI::Range(least, most));
  return *this;
}
OptionRef& OptionRef::above_zero() {
  option_->check(CLI::PositiveNumber);
  return *this;
}

OptionSet::OptionSet(const std::string& verb, const std::string& description)
    : verb_(verb), app_(std::make_unique<CLI::App>(description, "simdprof " + verb)) {}
OptionSet::~OptionSet() = default;

OptionRef OptionSet::add_option(const std::string& names, std::string& value, const std::string& help) {
  return OptionRef(*app_->add_option(names, value, help));
}
OptionRef OptionSet::add_option(const std::string& names, int& value, const std::string& help) {
  return OptionRef(*app_->add_option(names, value, help));
}
OptionRef OptionSet::add_option(const std::string& names, std::uint64_t& value, const std::string& help) {
  return OptionRef(*app_->add_option(names, value, help));
}
OptionRef OptionSet::add_option(const std::string& names, std::vector<std::string>& values, const std::string& help) {
  return OptionRef(*app_->add_option(names, values, help)->expected(1)->take_all()->allow_extra_args(false));
}
OptionRef OptionSet::add_flag(const std::string& names, bool& flag, const std::string& help) {
  return OptionRef(*app_->add_flag(names, flag, help));
}
OptionRef OptionSet::add_flag(const std::string& names, int& count, const std::string& help) {
  return OptionRef(*app_->add_flag(names, count, help));
}

void OptionSet::end_at_first_word() { app_->prefix_command(); }

std::optional<int> OptionSet::parse(const std::vector<std::string>& words) {
  std::vector<std::string> reversed(words.rbegin(), words.rend());
  try {
    app_->parse(reversed);
  } catch (const CLI::CallForHelp&) {
    TextOut out;
    out.write(app_->help());
    return out.finish() ? kExitOk : kExitFailure;
  } catch (const CLI::ParseError& error) {
    log_error(fmt::format("{}: {}; --help lists the options", verb_, error.what()));
    return kExitUsage;
  }
  return std::nullopt;
}

std::vector<std::string> OptionSet::remaining() const { return app_->remaining(); }

}  // namespace simdprof::cmd
