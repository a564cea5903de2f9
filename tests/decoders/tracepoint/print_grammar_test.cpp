#include "decoders/tracepoint/print_grammar.h"

#include <gtest/gtest.h>

namespace simdprof {
namespace {

using Function = PrintNode::Function;
using Operation = PrintNode::Operation;

TEST(PrintGrammar, BinarySignsBindAsInC) {
  const auto precedence = [](const char* sign) { return find_binary_sign(sign)->precedence; };
  const char* const weakest_first[] = {"||", "&&", "|", "^", "&", "==", "<", "<<", "+", "*"};
  for (std::size_t i = 1; i < std::size(weakest_first); ++i) {
    EXPECT_GT(precedence(weakest_first[i]), precedence(weakest_first[i - 1])) << weakest_first[i];
  }
  EXPECT_EQ(precedence("!="), precedence("=="));
  EXPECT_EQ(precedence("%"), precedence("/"));
  EXPECT_EQ(find_binary_sign("="), nullptr);
  EXPECT_EQ(find_binary_sign("!"), nullptr);
}

TEST(PrintGrammar, UnarySigns) {
  EXPECT_EQ(find_unary_sign("-"), Operation::negate);
  EXPECT_EQ(find_unary_sign("*"), Operation::dereference);
  EXPECT_FALSE(find_unary_sign("+"));
  EXPECT_FALSE(find_unary_sign(""));
}

TEST(PrintGrammar, HelpersAndWhatTheyTake) {
  EXPECT_EQ(find_print_function("__print_symbolic"), Function::symbolic);
  EXPECT_EQ(find_print_function("__get_rel_str"), Function::text);
  EXPECT_FALSE(find_print_function("__print"));
  EXPECT_TRUE(takes_field_name(Function::dynamic_bytes));
  EXPECT_FALSE(takes_field_name(Function::hex));
  EXPECT_EQ(leading_arguments(Function::flags), 2U);
  EXPECT_EQ(leading_arguments(Function::symbolic), 1U);
  EXPECT_EQ(leading_arguments(Function::array), 3U);
}

}  // namespace
}  // namespace simdprof
