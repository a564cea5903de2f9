#pragma once

#include <elfutils/libdw.h>

#include <array>
#include <cstdint>
#include <memory>
#include <unordered_map>
#include <vector>

#include "lib/symbols/elf_image.h"

namespace simdprof {

/// DWARF numbers 0..32 hold all general registers of x86-64 (0..16) and arm64 (0..31, and 32 for the program counter).
inline constexpr std::size_t kUnwindRegisters = 33;

/// How one register of the caller is found.
struct RegisterRule {
  enum class Kind : std::uint8_t {
    undefined,
    same,
    at_cfa,      ///< in memory, at CFA + offset
    cfa_offset,  ///< is CFA + offset
    expression,  ///< ops
  };
  Kind kind = Kind::undefined;
  std::int64_t offset = 0;
  std::vector<Dwarf_Op> ops;
};

/// How the frame that calls a code address is found: one row of the call frame information.
struct FrameRule {
  bool known = false;   ///< false: no call frame information covers the address
  bool signal = false;  ///< a signal trampoline: its caller was interrupted, it did not call
  unsigned return_register = 0;
  bool cfa_is_simple = false;  ///< CFA is cfa_register + cfa_offset; else cfa_ops
  unsigned cfa_register = 0;
  std::int64_t cfa_offset = 0;
  std::vector<Dwarf_Op> cfa_ops;
  std::array<RegisterRule, kUnwindRegisters> registers;
};

/// Call frame information of one file: .eh_frame, else .debug_frame. Rows are read once an address.
class FrameRules {
 public:
  /// @param image  must outlive this
  explicit FrameRules(const ElfImage& image);

  /// @param address  in the file
  const FrameRule& find(std::uint64_t address);

 private:
  bool read(Dwarf_CFI* cfi, std::uint64_t address, FrameRule& rule) const;

  const ElfImage& image_;
  Dwarf_CFI* eh_frame_ = nullptr;
  Dwarf_Addr eh_bias_ = 0;
  bool debug_frame_tried_ = false;
  Dwarf_CFI* debug_frame_ = nullptr;
  Dwarf_Addr debug_bias_ = 0;
  std::unordered_map<std::uint64_t, FrameRule> known_;
};

}  // namespace simdprof
