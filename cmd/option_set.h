#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace simdprof::cmd {

/// One option of an OptionSet, to say more about; no longer used than the set stands.
class OptionRef {
 public:
  explicit OptionRef(CLI::Option& option) : option_(&option) {}
  /// The help shows the value that the variable has now.
  OptionRef& shows_default();
  OptionRef& required();
  /// Refused together with that option of the same set, which was added before.
  OptionRef& excludes(const std::string& name);
  /// Other values are refused.
  OptionRef& one_of(const std::vector<std::string>& values);
  OptionRef& between(int least, int most);
  OptionRef& above_zero();

 private:
  CLI::Option* option_;
};

/// The options of a verb and what reads them from its words. CLI11 behind a fixed set of types: its templates are
/// compiled once, not in every verb.
class OptionSet {
 public:
  /// @param verb  as the user writes it: "dump-regs"
  OptionSet(const std::string& verb, const std::string& description);
  ~OptionSet();
  OptionSet(const OptionSet&) = delete;
  OptionSet& operator=(const OptionSet&) = delete;

  /// An option with a value. `names`: "-i,--input"; a name without dashes stands for a word by itself. The variable
  /// keeps its value when the option is not given.
  OptionRef add_option(const std::string& names, std::string& value, const std::string& help);
  OptionRef add_option(const std::string& names, int& value, const std::string& help);
  OptionRef add_option(const std::string& names, std::uint64_t& value, const std::string& help);
  /// May be given more than once, one value each time: the word after that belongs to nothing here.
  OptionRef add_option(const std::string& names, std::vector<std::string>& values, const std::string& help);
  /// An option without a value: true when given; with "!" before a name, false.
  OptionRef add_flag(const std::string& names, bool& flag, const std::string& help);
  /// How many times it is given.
  OptionRef add_flag(const std::string& names, int& count, const std::string& help);

  /// From the first word that is no option, and an option that is not known, all words are `remaining()`.
  void end_at_first_word();

  /// Reads the words after the verb into the variables. Empty: go on; else the exit status (help was shown, or one
  /// line on stderr says what is wrong).
  std::optional<int> parse(const std::vector<std::string>& words);
  std::vector<std::string> remaining() const;

 private:
  std::string verb_;
  std::unique_ptr<CLI::App> app_;
};

}  // namespace simdprof::cmd
