#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

/// The standard (non-compacted) XSAVE image, as PTRACE_GETREGSET NT_X86_XSTATE returns it.
/// Source: Intel SDM volume 1, chapter 13; arch/x86/kernel/fpu/xstate.c.
namespace simdprof::abi {

/// State components: bit numbers of XCR0 and XSTATE_BV.
enum XsaveComponent : unsigned {
  kXsaveX87 = 0,
  kXsaveSse = 1,
  kXsaveYmmHi128 = 2,
  kXsaveOpmask = 5,
  kXsaveZmmHi256 = 6,
  kXsaveHi16Zmm = 7,
  kXsavePkru = 9,
  kXsaveTileCfg = 17,
  kXsaveTileData = 18,
  kXsaveApx = 19,
};
inline constexpr unsigned kXsaveComponents = 63;

// Offsets fixed by the architecture; all others come from CPUID leaf 0xD.
inline constexpr std::size_t kXsaveMxcsr = 24;
inline constexpr std::size_t kXsaveXmm0 = 160;          ///< 16 registers of 16 bytes
inline constexpr std::size_t kXsaveSoftwareXcr0 = 464;  ///< u64: what the OS lets the image contain
inline constexpr std::size_t kXsaveXstateBv = 512;      ///< u64: components not in INIT state
inline constexpr std::size_t kXsaveHeaderEnd = 576;
inline constexpr std::uint32_t kMxcsrInit = 0x1f80;

/// Where the components lie on one machine: CPUID leaf 0xD.
struct XsaveTable {
  struct Component {
    std::uint32_t offset = 0;  ///< bytes from the start of a standard image; subleaf i, EBX
    std::uint32_t size = 0;    ///< bytes; subleaf i, EAX; 0 when the machine lacks the component
    std::uint32_t flags = 0;   ///< subleaf i, ECX: bit 0 supervisor, bit 1 aligned when compacted
  };
  std::uint64_t xcr0_mask = 0;  ///< subleaf 0, EDX:EAX
  std::uint32_t max_bytes = 0;  ///< subleaf 0, ECX
  std::array<Component, kXsaveComponents> components{};

  [[nodiscard]] bool has(unsigned component) const {
    return component < kXsaveComponents && ((xcr0_mask >> component) & 1U) != 0;
  }
};

/// CPUID leaf 0xD of the running machine; an empty table (xcr0_mask 0) where there is none.
XsaveTable probe_xsave_table();

}  // namespace simdprof::abi
