#include "decoders/tracepoint/print_token.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace simdprof {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_octal(char c) { return c >= '0' && c <= '7'; }

constexpr std::array<std::string_view, 9> kLongSigns = {"->", "<<", ">>", "<=", ">=", "==", "!=", "&&", "||"};

}  // namespace

void PrintTokens::skip_blanks() {
  const std::size_t first = rest_.find_first_not_of(" \t\r\n");
  rest_.remove_prefix(std::min(first, rest_.size()));
}

// Behind a backslash.
char PrintTokens::read_escaped() {
  const char c = rest_.front();
  rest_.remove_prefix(1);
  if (c == 'x' || is_octal(c)) {
    const int base = c == 'x' ? 16 : 8;
    if (c != 'x') rest_ = {rest_.data() - 1, rest_.size() + 1};
    const std::size_t most = std::min<std::size_t>(rest_.size(), c == 'x' ? 2 : 3);
    unsigned value = 0;
    const auto end = std::from_chars(rest_.data(), rest_.data() + most, value, base).ptr;
    rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
    return static_cast<char>(value);
  }
  switch (c) {
    case 'n': return '\n';
    case 't': return '\t';
    case 'r': return '\r';
    default: return c;
  }
}

PrintToken PrintTokens::read_text() {
  PrintToken token;
  token.kind = PrintToken::Kind::text;
  while (rest_.starts_with('"')) {
    rest_.remove_prefix(1);
    while (!rest_.empty() && rest_.front() != '"') {
      const char c = rest_.front();
      rest_.remove_prefix(1);
      if (c == '\\' && !rest_.empty()) {
        token.text += read_escaped();
      } else {
        token.text += c;
      }
    }
    if (rest_.empty()) {
      token.kind = PrintToken::Kind::unknown;
      return token;
    }
    rest_.remove_prefix(1);
    skip_blanks();
  }
  return token;
}

PrintToken PrintTokens::read_character() {
  PrintToken token;
  rest_.remove_prefix(1);
  token.kind = PrintToken::Kind::unknown;
  if (rest_.empty()) return token;
  char c = rest_.front();
  rest_.remove_prefix(1);
  if (c == '\\' && !rest_.empty()) c = read_escaped();
  if (!rest_.starts_with('\'')) return token;
  rest_.remove_prefix(1);
  token.kind = PrintToken::Kind::number;
  token.number = static_cast<unsigned char>(c);
  return token;
}

PrintToken PrintTokens::read_number() {
  PrintToken token;
  int base = 10;
  if (rest_.starts_with("0x") || rest_.starts_with("0X")) {
    base = 16;
    rest_.remove_prefix(2);
  } else if (rest_.size() > 1 && rest_[0] == '0' && is_octal(rest_[1])) {
    base = 8;
  }
  const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), token.number, base);
  token.kind = error == std::errc{} ? PrintToken::Kind::number : PrintToken::Kind::unknown;
  rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
  token.is_decimal = base == 10;
  const std::size_t suffix = std::min(rest_.find_first_not_of("uUlL"), rest_.size());
  for (const char c : rest_.substr(0, suffix)) {
    if (c == 'u' || c == 'U') token.is_unsigned = true;
    if (c == 'l' || c == 'L') ++token.longs;
  }
  rest_.remove_prefix(suffix);
  return token;
}

PrintToken PrintTokens::read() {
  skip_blanks();
  PrintToken token;
  if (rest_.empty()) return token;
  const char c = rest_.front();
  if (c == '"') return read_text();
  if (c == '\'') return read_character();
  if (is_digit(c)) return read_number();
  std::size_t length = 1;
  if (is_letter(c)) {
    token.kind = PrintToken::Kind::name;
    while (length < rest_.size() && (is_letter(rest_[length]) || is_digit(rest_[length]))) ++length;
  } else {
    token.kind = PrintToken::Kind::sign;
    const auto starts = [this](std::string_view sign) { return rest_.starts_with(sign); };
    if (std::any_of(kLongSigns.begin(), kLongSigns.end(), starts)) length = 2;
  }
  token.word = rest_.substr(0, length);
  rest_.remove_prefix(length);
  return token;
}

PrintToken PrintTokens::take() { return std::exchange(next_, read()); }

bool PrintTokens::take_sign(std::string_view sign) {
  if (!at(sign)) return false;
  take();
  return true;
}

PrintTokens PrintTokens::ahead() const {
  PrintTokens behind = *this;
  behind.take();
  return behind;
}

}  // namespace simdprof
