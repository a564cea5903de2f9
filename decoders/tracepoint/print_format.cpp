#include "decoders/tracepoint/print_format.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "decoders/tracepoint/print_grammar.h"
#include "decoders/tracepoint/print_token.h"

namespace simdprof {
namespace {

using Kind = PrintNode::Kind;
using Function = PrintNode::Function;

// Bounds against formats made to exhaust the stack; the kernel's deepest, with all of TASK_STATE_MAX, has 15.
constexpr std::uint16_t kMostDepth = 200;
constexpr unsigned kMostNesting = 200;

/// What a cast says of the type it names.
struct CastType {
  std::uint32_t bytes = 0;
  bool is_signed = false;
  bool is_pointer = false;
};

/// The type that C gives a constant: the first that holds it, of int, unsigned int (hexadecimal and octal), long, ...
PrintNode number_node(const PrintToken& token, unsigned long_bytes) {
  PrintNode node;
  node.number = token.number;
  const auto fits = [&](unsigned bytes, bool is_signed) {
    const unsigned bits = 8 * bytes - (is_signed ? 1 : 0);
    return bits >= 64 || token.number >> bits == 0;
  };
  const unsigned least = token.longs >= 2 ? 8 : token.longs == 1 ? long_bytes : 4;
  for (const unsigned bytes : {least, 8U}) {
    for (const bool is_signed : {true, false}) {
      const bool is_allowed = is_signed ? !token.is_unsigned : token.is_unsigned || !token.is_decimal || bytes == 8;
      if (!is_allowed || !fits(bytes, is_signed)) continue;
      node.cast_bytes = static_cast<std::uint8_t>(bytes);
      node.cast_signed = is_signed;
      return node;
    }
  }
  node.cast_bytes = 8;
  node.cast_signed = false;
  return node;
}

class Parser {
 public:
  Parser(const TracepointFormat& format, unsigned long_bytes)
      : format_(format), long_bytes_(long_bytes), tokens_(format.print) {}

  Result<PrintFormat> parse();

 private:
  using Place = std::uint32_t;

  /// Remembers the first thing that is not understood. @return a place that means nothing
  Place refuse(std::string what);
  Place refuse_next();
  Place add(PrintNode node);
  Place parse_conditional();
  Place parse_binary(unsigned least_precedence);
  Place parse_unary();
  Place parse_suffix();
  Place parse_primary();
  Place parse_field();
  Place parse_sizeof();
  Place parse_call(Function function);
  Place parse_unknown();
  std::optional<Place> parse_list();
  Place field_named(std::string_view name);
  std::optional<CastType> take_cast();
  /// A type up to the bracket that closes it, which is used too.
  static std::optional<CastType> take_type(PrintTokens& tokens, unsigned long_bytes, bool& certain);
  bool expect(std::string_view sign);
  [[nodiscard]] bool failed() const { return !problem_.empty(); }

  const TracepointFormat& format_;
  unsigned long_bytes_;
  PrintTokens tokens_;
  PrintFormat out_;
  std::string problem_;
  std::size_t unknowns_ = 0;  ///< names that only the kernel knows
  unsigned nesting_ = 0;
};

Parser::Place Parser::refuse(std::string what) {
  if (problem_.empty()) problem_ = std::move(what);
  return 0;
}

Parser::Place Parser::refuse_next() {
  const PrintToken& token = tokens_.next();
  switch (token.kind) {
    case PrintToken::Kind::end: return refuse("it ends early");
    case PrintToken::Kind::text: return refuse("a text stands where none can");
    case PrintToken::Kind::number: return refuse("a number stands where none can");
    default: return refuse(fmt::format("'{}' is not known here", token.word));
  }
}

bool Parser::expect(std::string_view sign) {
  if (failed() || tokens_.take_sign(sign)) return !failed();
  refuse_next();
  return false;
}

Parser::Place Parser::add(PrintNode node) {
  if (failed()) return 0;
  for (const Place child : node.children) {
    node.depth = std::max<std::uint16_t>(node.depth, static_cast<std::uint16_t>(out_.nodes[child].depth + 1));
  }
  if (node.depth > kMostDepth) return refuse("an expression is too deep");
  if (out_.nodes.size() == kMostPrintNodes) return refuse("it is too long");
  out_.nodes.push_back(std::move(node));
  return static_cast<Place>(out_.nodes.size() - 1);
}

Parser::Place Parser::parse_conditional() {
  if (++nesting_ > kMostNesting) refuse("an expression is too deep");
  Place place = failed() ? 0 : parse_binary(1);
  if (!failed() && tokens_.take_sign("?")) {
    const Place yes = parse_conditional();
    if (expect(":")) {
      PrintNode node;
      node.kind = Kind::conditional;
      node.children = {place, yes, parse_conditional()};
      place = add(std::move(node));
    }
  }
  --nesting_;
  return place;
}

Parser::Place Parser::parse_binary(unsigned least_precedence) {
  Place left = parse_unary();
  while (!failed() && tokens_.next().kind == PrintToken::Kind::sign) {
    const BinarySign* const found = find_binary_sign(tokens_.next().word);
    if (found == nullptr || found->precedence < least_precedence) break;
    tokens_.take();
    PrintNode node;
    node.kind = Kind::binary;
    node.operation = found->operation;
    node.children = {left, parse_binary(found->precedence + 1)};
    left = add(std::move(node));
  }
  return left;
}

Parser::Place Parser::parse_unary() {
  if (++nesting_ > kMostNesting) refuse("an expression is too deep");
  const bool is_sign = tokens_.next().kind == PrintToken::Kind::sign;
  const auto operation = is_sign ? find_unary_sign(tokens_.next().word) : std::nullopt;
  Place place = 0;
  if (failed()) {
    // nothing more is read
  } else if (tokens_.take_sign("+")) {
    place = parse_unary();
  } else if (operation) {
    tokens_.take();
    PrintNode node;
    node.kind = Kind::unary;
    node.operation = *operation;
    node.children = {parse_unary()};
    place = add(std::move(node));
  } else if (const auto cast = take_cast()) {
    PrintNode node;
    node.kind = Kind::cast;
    node.cast_bytes = static_cast<std::uint8_t>(cast->bytes);
    node.cast_signed = cast->is_signed;
    node.cast_pointer = cast->is_pointer;
    node.children = {parse_unary()};
    place = add(std::move(node));
  } else {
    place = parse_suffix();
  }
  --nesting_;
  return place;
}

Parser::Place Parser::parse_suffix() {
  Place place = parse_primary();
  while (!failed() && tokens_.take_sign("[")) {
    PrintNode node;
    node.kind = Kind::index;
    node.children = {place, parse_conditional()};
    if (expect("]")) place = add(std::move(node));
  }
  return place;
}

std::optional<CastType> Parser::take_type(PrintTokens& tokens, unsigned long_bytes, bool& certain) {
  std::string name;
  CastType type;
  bool is_unsigned = false;
  while (tokens.next().kind == PrintToken::Kind::name) {
    const std::string word(tokens.take().word);
    if (word == "REC") return std::nullopt;
    is_unsigned = is_unsigned || word == "unsigned" || word.starts_with('u') || word.starts_with("__u");
    certain = certain || word == "struct" || word == "enum" || word == "const" || word == "void";
    if (!name.empty()) name += ' ';
    name += word;
  }
  if (name.empty()) return std::nullopt;
  while (tokens.take_sign("*")) type.is_pointer = true;
  if (!tokens.take_sign(")")) return std::nullopt;
  type.bytes = c_type_bytes(name, long_bytes);
  type.is_signed = !is_unsigned && name != "bool" && name != "size_t" && name != "sector_t" && name != "dev_t";
  certain = certain || type.bytes != 0 || type.is_pointer;
  return type;
}

// `(type)` and what it is a cast of. A name in brackets that is not known to be a type is one where an operand follows.
std::optional<CastType> Parser::take_cast() {
  if (!tokens_.at("(")) return std::nullopt;
  PrintTokens ahead = tokens_.ahead();
  bool certain = false;
  const auto type = take_type(ahead, long_bytes_, certain);
  if (!type) return std::nullopt;
  const PrintToken::Kind behind = ahead.next().kind;
  const bool operand = behind == PrintToken::Kind::name || behind == PrintToken::Kind::number || ahead.at("(");
  if (!certain && !operand) return std::nullopt;
  tokens_ = std::move(ahead);
  return type;
}

Parser::Place Parser::field_named(std::string_view name) {
  const auto found = std::find_if(format_.fields.begin(), format_.fields.end(),
                                  [name](const TracepointField& field) { return field.name == name; });
  if (found == format_.fields.end()) return refuse(fmt::format("it has no field '{}'", name));
  PrintNode node;
  node.kind = Kind::field;
  node.number = static_cast<std::uint64_t>(found - format_.fields.begin());
  return add(std::move(node));
}

// Behind `REC`.
Parser::Place Parser::parse_field() {
  if (!expect("->")) return 0;
  if (tokens_.next().kind != PrintToken::Kind::name) return refuse_next();
  return field_named(tokens_.take().word);
}

Parser::Place Parser::parse_sizeof() {
  if (!expect("(")) return 0;
  PrintNode node;
  PrintTokens ahead = tokens_;
  bool certain = false;
  if (const auto type = take_type(ahead, long_bytes_, certain); type && certain) {
    tokens_ = std::move(ahead);
    node.number = type->is_pointer ? long_bytes_ : type->bytes;
  } else {
    const Place of = parse_conditional();
    if (!expect(")")) return 0;
    if (out_.nodes[of].kind != Kind::field) return refuse("sizeof what is no field");
    node.number = format_.fields[out_.nodes[of].number].bytes;
  }
  if (node.number == 0) return refuse("sizeof a type that is not known");
  node.cast_bytes = static_cast<std::uint8_t>(long_bytes_);
  node.cast_signed = false;
  return add(std::move(node));
}

// `{ value, "text" }`. Nothing for what can never be shown: the end of a kernel's list, `{ 0, ((void *)0) }`, and a
// value by a name that the kernel does not tell (an enum that lacks TRACE_DEFINE_ENUM): then the number is shown.
std::optional<Parser::Place> Parser::parse_list() {
  if (!expect("{") || tokens_.take_sign("}")) return std::nullopt;
  PrintNode node;
  node.kind = Kind::list;
  const std::size_t unknowns = unknowns_;
  node.children.push_back(parse_conditional());
  const bool is_known = unknowns_ == unknowns;
  if (!expect(",")) return std::nullopt;
  node.children.push_back(parse_conditional());
  if (!expect("}") || !is_known || out_.nodes[node.children[1]].kind != Kind::text) return std::nullopt;
  return add(std::move(node));
}

Parser::Place Parser::parse_call(Function function) {
  PrintNode node;
  node.kind = Kind::call;
  node.function = function;
  if (!expect("(")) return 0;
  if (takes_field_name(function)) {
    if (tokens_.next().kind != PrintToken::Kind::name) return refuse_next();
    node.children.push_back(field_named(tokens_.take().word));
    if (!failed() && !format_.fields[out_.nodes[node.children[0]].number].is_dynamic) {
      return refuse("a function of dynamic arrays has another field");
    }
    return expect(")") ? add(std::move(node)) : 0;
  }
  for (unsigned i = 0; i < leading_arguments(function) && !failed(); ++i) {
    if (i != 0 && !expect(",")) return 0;
    node.children.push_back(parse_conditional());
  }
  const bool has_lists = function == Function::flags || function == Function::symbolic;
  while (has_lists && !failed() && tokens_.take_sign(",")) {
    if (tokens_.at(")")) break;  // behind the last comma
    if (const auto list = parse_list()) node.children.push_back(*list);
  }
  return expect(")") ? add(std::move(node)) : 0;
}

Parser::Place Parser::parse_primary() {
  PrintNode node;
  switch (tokens_.next().kind) {
    case PrintToken::Kind::number: return add(number_node(tokens_.take(), long_bytes_));
    case PrintToken::Kind::text:
      node.kind = Kind::text;
      node.text = tokens_.take().text;
      return add(std::move(node));
    case PrintToken::Kind::name: break;
    default: {
      if (!tokens_.take_sign("(")) return refuse_next();
      const Place inner = parse_conditional();
      return expect(")") ? inner : 0;
    }
  }
  const std::string_view name = tokens_.next().word;
  if (name == "REC") {
    tokens_.take();
    return parse_field();
  }
  if (name == "sizeof") {
    tokens_.take();
    return parse_sizeof();
  }
  tokens_.take();
  if (const auto function = find_print_function(name)) return parse_call(*function);
  return parse_unknown();
}

// Behind the name of a constant or a function of the kernel's own. What it is given may be anything but a block of
// code.
Parser::Place Parser::parse_unknown() {
  ++unknowns_;
  for (unsigned depth = 0; !failed() && (depth != 0 || tokens_.at("("));) {
    const PrintToken token = tokens_.take();
    const bool is_code = token.kind == PrintToken::Kind::sign && (token.word == "{" || token.word == ";");
    if (is_code || token.kind == PrintToken::Kind::end || token.kind == PrintToken::Kind::unknown) {
      return refuse("a function has no end");
    }
    if (token.kind != PrintToken::Kind::sign) continue;
    if (token.word == "(") ++depth;
    if (token.word == ")") --depth;
  }
  PrintNode node;
  node.kind = Kind::unknown;
  return add(std::move(node));
}

Result<PrintFormat> Parser::parse() {
  if (tokens_.next().kind != PrintToken::Kind::text) {
    refuse("it has no text");
  } else {
    out_.text = tokens_.take().text;
  }
  while (!failed() && tokens_.next().kind != PrintToken::Kind::end) {
    if (expect(",")) out_.arguments.push_back(parse_conditional());
  }
  if (!failed()) return std::move(out_);
  return fail(Errc::unsupported,
              fmt::format("the print format of {}:{} is not understood: {}", format_.system, format_.name, problem_));
}

}  // namespace

Result<PrintFormat> parse_print_format(const TracepointFormat& format, unsigned long_bytes) {
  return Parser(format, long_bytes).parse();
}

}  // namespace simdprof
