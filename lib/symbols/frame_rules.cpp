#include "lib/symbols/frame_rules.h"

#include <dwarf.h>

#include <cstdlib>
#include <span>

namespace simdprof {
namespace {

// Rows kept before the cache starts anew: bounds memory where every sample has another address.
constexpr std::size_t kRowLimit = std::size_t{1} << 16U;

struct FreeFrame {
  void operator()(Dwarf_Frame* frame) const { std::free(frame); }
};

void read_cfa(std::span<const Dwarf_Op> ops, FrameRule& rule) {
  if (ops.size() == 1 && ops[0].atom == DW_OP_bregx && ops[0].number < kUnwindRegisters) {
    rule.cfa_is_simple = true;
    rule.cfa_register = static_cast<unsigned>(ops[0].number);
    rule.cfa_offset = static_cast<std::int64_t>(ops[0].number2);
    return;
  }
  rule.cfa_ops.assign(ops.begin(), ops.end());
}

/// libdw writes the common rules as "CFA, plus offset" with "this is the value" behind if it is no place in memory.
RegisterRule rule_of(std::span<const Dwarf_Op> ops) {
  RegisterRule rule;
  std::size_t used = 0;
  if (ops[0].atom == DW_OP_call_frame_cfa) {
    used = 1;
    if (ops.size() > 1 && ops[1].atom == DW_OP_plus_uconst) {
      rule.offset = static_cast<std::int64_t>(ops[1].number);
      used = 2;
    }
    const bool value = ops.size() == used + 1 && ops[used].atom == DW_OP_stack_value;
    if (value || ops.size() == used) {
      rule.kind = value ? RegisterRule::Kind::cfa_offset : RegisterRule::Kind::at_cfa;
      return rule;
    }
  }
  rule.kind = RegisterRule::Kind::expression;
  rule.ops.assign(ops.begin(), ops.end());
  return rule;
}

}  // namespace

FrameRules::FrameRules(const ElfImage& image) : image_(image) {
  eh_frame_ = dwfl_module_eh_cfi(image.module(), &eh_bias_);
}

bool FrameRules::read(Dwarf_CFI* cfi, std::uint64_t address, FrameRule& rule) const {
  Dwarf_Frame* raw = nullptr;
  if (cfi == nullptr || dwarf_cfi_addrframe(cfi, address, &raw) != 0) return false;
  const std::unique_ptr<Dwarf_Frame, FreeFrame> frame(raw);
  Dwarf_Op* ops = nullptr;
  std::size_t count = 0;
  const int return_register = dwarf_frame_info(frame.get(), nullptr, nullptr, &rule.signal);
  if (return_register < 0 || static_cast<std::size_t>(return_register) >= kUnwindRegisters) return false;
  rule.return_register = static_cast<unsigned>(return_register);
  if (dwarf_frame_cfa(frame.get(), &ops, &count) != 0 || count == 0) return false;
  read_cfa({ops, count}, rule);
  for (std::size_t i = 0; i < kUnwindRegisters; ++i) {
    std::array<Dwarf_Op, 3> memory{};
    ops = nullptr;
    count = 0;
    if (dwarf_frame_register(frame.get(), static_cast<int>(i), memory.data(), &ops, &count) != 0) continue;
    if (count != 0) {
      rule.registers[i] = rule_of({ops, count});
    } else if (ops == nullptr) {
      rule.registers[i].kind = RegisterRule::Kind::same;
    }
  }
  rule.known = true;
  return true;
}

const FrameRule& FrameRules::find(std::uint64_t address) {
  if (const auto found = known_.find(address); found != known_.end()) return found->second;
  if (known_.size() >= kRowLimit) known_.clear();
  FrameRule& rule = known_[address];
  if (read(eh_frame_, address - eh_bias_, rule)) return rule;
  rule = {};
  if (!debug_frame_tried_) {
    debug_frame_tried_ = true;
    debug_frame_ = dwfl_module_dwarf_cfi(image_.module(), &debug_bias_);
  }
  if (!read(debug_frame_, address - debug_bias_, rule)) rule = {};
  return rule;
}

}  // namespace simdprof
