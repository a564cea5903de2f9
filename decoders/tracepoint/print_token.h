#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace simdprof {

/// A word of C.
struct PrintToken {
  enum class Kind : std::uint8_t { end, name, number, text, sign, unknown };
  Kind kind = Kind::end;
  std::string_view word;     ///< of a name or sign
  std::uint64_t number = 0;  ///< also of 'c'
  bool is_unsigned = false;  ///< its suffix has a u
  bool is_decimal = true;
  unsigned longs = 0;  ///< l in its suffix
  std::string text;    ///< escapes resolved
};

/// Cuts the `print fmt` of a tracepoint into words of C; the text of literals that follow each other is one.
class PrintTokens {
 public:
  explicit PrintTokens(std::string_view source) : rest_(source) { take(); }

  [[nodiscard]] const PrintToken& next() const { return next_; }
  /// The token, which is used.
  PrintToken take();
  [[nodiscard]] bool at(std::string_view sign) const {
    return next_.kind == PrintToken::Kind::sign && next_.word == sign;
  }
  /// Uses `sign` where it is next.
  bool take_sign(std::string_view sign);
  /// What is behind next().
  [[nodiscard]] PrintTokens ahead() const;

 private:
  PrintToken read();
  PrintToken read_text();
  PrintToken read_character();
  PrintToken read_number();
  char read_escaped();
  void skip_blanks();

  std::string_view rest_;
  PrintToken next_;
};

}  // namespace simdprof
