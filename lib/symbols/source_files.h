#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace simdprof {

/// Lines of source files, as they are on this machine. Whoever made a program chose the names of its files: nothing but
/// regular files is opened, and only so much of them is kept.
class SourceFiles {
 public:
  /// What is kept at a time, as perf has it. Source: tools/perf/util/srccode.c, MAXSRCFILES and MAXSRCCACHE.
  struct Limits {
    std::size_t files = 64;
    std::size_t bytes = std::size_t{32} << 20U;  ///< of their text; a longer file is not read
    /// Of all text that is read, also again where files push each other out; then what is not kept has no text.
    std::size_t bytes_read = std::size_t{512} << 20U;
  };
  /// What is longer is cut.
  static constexpr std::size_t kMostLineBytes = 4096;

  SourceFiles() = default;
  explicit SourceFiles(Limits limits) : limits_(limits) {}

  /// A line without its end (line feed, and carriage return before it).
  ///
  /// @param path    as the debug information has it
  /// @param number  of the line, from 1
  /// @return nothing where the file cannot be read or has no such line; the text holds until the next call
  std::optional<std::string_view> find_line(std::string_view path, std::uint32_t number);

 private:
  struct File {
    std::string text;
    std::vector<std::uint32_t> starts;  ///< bytes: where every kStep-th line begins
    std::uint64_t last_use = 0;
  };
  static constexpr std::uint32_t kStep = 64;  // starts of a file of empty lines take a sixteenth of its text

  const File* find_file(std::string_view path);
  const File* load_file(std::string_view path);
  void make_room(std::size_t bytes);

  Limits limits_;
  std::map<std::string, File, std::less<>> files_;
  std::size_t bytes_ = 0;  ///< of all texts
  std::uint64_t uses_ = 0;
  std::size_t bytes_read_ = 0;
  std::set<std::string, std::less<>> absent_;  ///< what could not be read
};

}  // namespace simdprof
