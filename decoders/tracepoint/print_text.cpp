#include "decoders/tracepoint/print_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>

namespace simdprof {
namespace {

constexpr int kMostColumns = 1024;

/// Digits at the front of `text`, which are used.
int take_digits(std::string_view& text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return error == std::errc{} ? std::min(value, kMostColumns) : kMostColumns;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/// Goes through the text of a `print fmt` and its arguments.
class Printer {
 public:
  Printer(std::string& out, const PrintWorld& world) : out_(out), world_(world) {}
  void run();

 private:
  PrintConversion take_conversion();
  int take_width();
  void append(const PrintConversion& conversion);
  void append_number(const PrintConversion& conversion, PrintNumber value);
  [[nodiscard]] bool has_argument() const { return argument_ < world_.values.print().arguments.size(); }
  std::uint32_t take_argument() { return world_.values.print().arguments[argument_++]; }

  std::string& out_;
  const PrintWorld& world_;
  std::string_view rest_;
  std::size_t argument_ = 0;
};

// A number or, for `*`, an argument. A negative width is left alone, as it is rare and the sign says what to do.
int Printer::take_width() {
  if (!rest_.starts_with('*')) return take_digits(rest_);
  rest_.remove_prefix(1);
  if (!has_argument()) return -1;
  const std::int64_t value = world_.values.number(take_argument()).as_signed();
  return static_cast<int>(std::clamp<std::int64_t>(static_cast<std::int32_t>(value), -1, kMostColumns));
}

// Behind `%`.
PrintConversion Printer::take_conversion() {
  PrintConversion conversion;
  const std::size_t flags = std::min(rest_.find_first_not_of("-+ #0"), rest_.size());
  for (const char flag : rest_.substr(0, flags)) {
    if (conversion.flags.find(flag) == std::string::npos) conversion.flags += flag;
  }
  rest_.remove_prefix(flags);
  if (rest_.starts_with('*') || (!rest_.empty() && is_digit(rest_.front()))) conversion.width = take_width();
  if (rest_.starts_with('.')) {
    rest_.remove_prefix(1);
    conversion.precision = rest_.starts_with('*') || (!rest_.empty() && is_digit(rest_.front())) ? take_width() : 0;
  }
  for (bool more = true; more && !rest_.empty();) {
    switch (rest_.front()) {
      case 'h': --conversion.length; break;
      case 'l': ++conversion.length; break;
      case 'z':
      case 't': conversion.length = 1; break;
      case 'L':
      case 'j':
      case 'q': conversion.length = 2; break;
      default: more = false; continue;
    }
    rest_.remove_prefix(1);
  }
  conversion.length = std::clamp(conversion.length, -2, 2);
  if (rest_.empty()) return conversion;
  conversion.letter = rest_.front();
  rest_.remove_prefix(1);
  if (conversion.letter != 'p') return conversion;
  std::size_t more = 0;
  while (more < rest_.size() && (is_letter(rest_[more]) || is_digit(rest_[more]))) ++more;
  conversion.pointer = rest_.substr(0, more);
  rest_.remove_prefix(more);
  return conversion;
}

void Printer::append_number(const PrintConversion& conversion, PrintNumber value) {
  const bool is_signed = conversion.letter == 'd' || conversion.letter == 'i';
  constexpr std::array<std::uint32_t, 5> kBytes = {1, 2, 4, 0, 8};  // by length + 2; 0: a long's
  const int place = conversion.length + 2;
  std::uint32_t bytes = kBytes[static_cast<std::size_t>(place)];
  if (bytes == 0) bytes = world_.long_bytes;
  const std::uint64_t cut = cut_number(value.bits, bytes, is_signed);
  std::string form = "%" + conversion.flags;
  if (conversion.width >= 0) form += std::to_string(conversion.width);
  if (conversion.precision >= 0) form += "." + std::to_string(conversion.precision);
  form += "ll";
  form += conversion.letter;
  // The kernel shows 0 as 0x0, printf as 0.
  const bool is_zero_hex = cut == 0 && (conversion.letter == 'x' || conversion.letter == 'X') &&
                           conversion.flags.find('#') != std::string::npos;
  std::array<char, 2 * kMostColumns + 64> text{};
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-vararg): the format is the kernel's own; its parts were checked above
  const int length =
      std::snprintf(text.data(), text.size(), form.c_str(), static_cast<unsigned long long>(is_zero_hex ? 1 : cut));
  if (is_zero_hex) *std::find(text.rbegin(), text.rend(), '1') = '0';
  if (length > 0) out_.append(text.data(), std::min(static_cast<std::size_t>(length), text.size() - 1));
}

void Printer::append(const PrintConversion& conversion) {
  if (conversion.letter == '%') {
    out_ += '%';
    return;
  }
  if (!has_argument()) return;
  const std::uint32_t argument = take_argument();
  switch (conversion.letter) {
    case 'd':
    case 'i':
    case 'u':
    case 'x':
    case 'X':
    case 'o': return append_number(conversion, world_.values.number(argument));
    case 'c': {
      const char c = static_cast<char>(world_.values.number(argument).bits);
      return append_columns(out_, conversion, {&c, 1});
    }
    case 's': {
      const std::size_t room = kMostTracepointText - std::min(out_.size(), kMostTracepointText);
      const std::size_t wanted = conversion.precision < 0 ? room : static_cast<std::size_t>(conversion.precision);
      std::string text;
      append_text_of(text, argument, world_, std::min(room, wanted));
      return append_columns(out_, conversion, text);
    }
    case 'p': return append_pointer(out_, conversion, argument, world_);
    default: return;
  }
}

void Printer::run() {
  rest_ = world_.values.print().text;
  while (!rest_.empty() && out_.size() < kMostTracepointText) {
    const std::size_t plain = std::min(rest_.find('%'), rest_.size());
    out_ += rest_.substr(0, plain);
    rest_.remove_prefix(plain);
    if (rest_.empty()) return;
    rest_.remove_prefix(1);
    const PrintConversion conversion = take_conversion();
    const std::size_t begin = out_.size();
    append(conversion);
    if (!world_.values.take_unknown()) continue;
    out_.resize(begin);
    append_columns(out_, conversion, "?");
  }
}

}  // namespace

void append_columns(std::string& out, const PrintConversion& conversion, std::string_view text) {
  if (conversion.precision >= 0) text = text.substr(0, static_cast<std::size_t>(conversion.precision));
  const std::size_t width = conversion.width < 0 ? 0 : static_cast<std::size_t>(conversion.width);
  const std::size_t blanks = width > text.size() ? width - text.size() : 0;
  const bool left = conversion.flags.find('-') != std::string::npos;
  if (!left) out.append(blanks, ' ');
  out += text;
  if (left) out.append(blanks, ' ');
}

void append_print(std::string& out, const PrintWorld& world) {
  std::string text;
  Printer(text, world).run();
  out.append(text, 0, kMostTracepointText);
}

}  // namespace simdprof
