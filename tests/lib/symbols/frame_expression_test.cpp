#include "lib/symbols/frame_expression.h"

#include <dwarf.h>
#include <gtest/gtest.h>

#include <vector>

namespace simdprof {
namespace {

/// Memory of two words: 0x1000 holds 0x1111, 0x1008 holds 0x2222.
std::optional<std::uint64_t> two_words(VirtAddr address, unsigned bytes) {
  if (address == 0x1000) return bytes == 8 ? 0x1111 : 0x11;
  if (address == 0x1008) return 0x2222;
  return std::nullopt;
}

FrameRegisters registers_with(std::size_t number, std::uint64_t value) {
  FrameRegisters registers;
  registers.set(number, value);
  return registers;
}

Dwarf_Op op(std::uint8_t atom, std::uint64_t number = 0, std::uint64_t number2 = 0, std::uint64_t offset = 0) {
  return {atom, number, number2, offset};
}

std::optional<std::uint64_t> value_of(const std::vector<Dwarf_Op>& ops, const FrameRegisters& registers = {},
                                      std::optional<std::uint64_t> cfa = std::nullopt) {
  return evaluate_expression(ops, registers, cfa, false, two_words);
}

TEST(FrameExpression, IsALocationUnlessItSaysItIsTheValue) {
  const std::vector<Dwarf_Op> place = {op(DW_OP_call_frame_cfa), op(DW_OP_plus_uconst, 8)};
  EXPECT_EQ(evaluate_expression(place, {}, 0x1000, true, two_words), 0x2222U);
  const std::vector<Dwarf_Op> value = {op(DW_OP_call_frame_cfa), op(DW_OP_plus_uconst, 8), op(DW_OP_stack_value)};
  EXPECT_EQ(evaluate_expression(value, {}, 0x1000, true, two_words), 0x1008U);
}

// The rule of every x86-64 linkage table (.plt): rsp + 8, and 8 more from the 11th byte of an entry on.
TEST(FrameExpression, ComputesTheFrameOfALinkageTableEntry) {
  const std::vector<Dwarf_Op> ops = {op(DW_OP_breg7, 8), op(DW_OP_breg16, 0), op(DW_OP_lit15),
                                     op(DW_OP_and),      op(DW_OP_lit11),     op(DW_OP_ge),
                                     op(DW_OP_lit3),     op(DW_OP_shl),       op(DW_OP_plus)};
  FrameRegisters registers = registers_with(7, 0x7000);
  registers.set(16, 0x401026);
  EXPECT_EQ(value_of(ops, registers), 0x7008U);
  registers.set(16, 0x40102b);
  EXPECT_EQ(value_of(ops, registers), 0x7010U);
}

TEST(FrameExpression, ReadsRegistersAndMemory) {
  const FrameRegisters registers = registers_with(6, 0x1010);
  EXPECT_EQ(value_of({op(DW_OP_regx, 6)}, registers), 0x1010U);
  EXPECT_EQ(value_of({op(DW_OP_reg0 + 6)}, registers), 0x1010U);
  EXPECT_EQ(value_of({op(DW_OP_breg0 + 6, static_cast<std::uint64_t>(-16)), op(DW_OP_deref)}, registers), 0x1111U);
  EXPECT_EQ(value_of({op(DW_OP_bregx, 6, static_cast<std::uint64_t>(-8)), op(DW_OP_deref)}, registers), 0x2222U);
  EXPECT_EQ(value_of({op(DW_OP_const2u, 0x1000), op(DW_OP_deref_size, 1)}), 0x11U);
}

TEST(FrameExpression, CalculatesSigned) {
  const auto minus = [](std::uint64_t value) { return 0 - value; };
  EXPECT_EQ(value_of({op(DW_OP_lit7), op(DW_OP_lit2), op(DW_OP_minus)}), 5U);
  EXPECT_EQ(value_of({op(DW_OP_const1s, minus(8)), op(DW_OP_lit2), op(DW_OP_div)}), minus(4));
  EXPECT_EQ(value_of({op(DW_OP_const1s, minus(8)), op(DW_OP_lit1), op(DW_OP_shra)}), minus(4));
  EXPECT_EQ(value_of({op(DW_OP_const1s, minus(8)), op(DW_OP_abs)}), 8U);
  EXPECT_EQ(value_of({op(DW_OP_const1s, minus(1)), op(DW_OP_lit0), op(DW_OP_lt)}), 1U);
  EXPECT_EQ(value_of({op(DW_OP_lit1), op(DW_OP_const1u, 64), op(DW_OP_shl)}), 0U);
  EXPECT_EQ(value_of({op(DW_OP_lit1), op(DW_OP_lit2), op(DW_OP_lit3), op(DW_OP_rot), op(DW_OP_drop)}), 1U);
  EXPECT_EQ(value_of({op(DW_OP_lit1), op(DW_OP_lit2), op(DW_OP_over), op(DW_OP_plus)}), 3U);
}

TEST(FrameExpression, Branches) {
  // bra over "lit9" (1 byte at offset 4) to offset 5.
  const std::vector<Dwarf_Op> ops = {op(DW_OP_lit1, 0, 0, 0), op(DW_OP_lit1, 0, 0, 1), op(DW_OP_bra, 1, 0, 2),
                                     op(DW_OP_lit9, 0, 0, 5), op(DW_OP_nop, 0, 0, 6)};
  EXPECT_EQ(value_of(ops), 1U);
}

TEST(FrameExpression, EndsWhateverIsInIt) {
  EXPECT_FALSE(value_of({})) << "no value";
  EXPECT_FALSE(value_of({op(DW_OP_plus)})) << "too few values";
  EXPECT_FALSE(value_of({op(DW_OP_lit1), op(DW_OP_lit0), op(DW_OP_div)}));
  EXPECT_FALSE(value_of({op(DW_OP_lit1), op(DW_OP_lit0), op(DW_OP_mod)}));
  EXPECT_FALSE(
      value_of({op(DW_OP_const8u, std::uint64_t{1} << 63U), op(DW_OP_const1s, ~std::uint64_t{0}), op(DW_OP_div)}));
  EXPECT_FALSE(value_of({op(DW_OP_breg3, 0)})) << "register unknown";
  EXPECT_FALSE(value_of({op(DW_OP_call_frame_cfa)})) << "no CFA yet";
  EXPECT_FALSE(value_of({op(DW_OP_const1u, 0x10), op(DW_OP_deref)})) << "memory not recorded";
  EXPECT_FALSE(value_of({op(DW_OP_lit1), op(DW_OP_deref_size, 3)}));
  EXPECT_FALSE(value_of({op(DW_OP_lit1), op(DW_OP_skip, 100)})) << "jump to nowhere";
  EXPECT_FALSE(value_of({op(DW_OP_skip, static_cast<std::uint64_t>(-3))})) << "jump to itself";
  EXPECT_FALSE(value_of({op(DW_OP_lit1), op(DW_OP_piece, 4)})) << "operation of no frame";
  EXPECT_FALSE(value_of(std::vector<Dwarf_Op>(100, op(DW_OP_lit1)))) << "stack full";
  EXPECT_FALSE(value_of({op(DW_OP_lit1), op(DW_OP_pick, 5)}));
}

}  // namespace
}  // namespace simdprof
