#include "decoders/aux/pt_setup.h"

#include <array>
#include <bit>
#include <charconv>
#include <string_view>

#include <fmt/format.h>

#include "decoders/aux/pt_unknown.h"

namespace simdprof {
namespace {

enum Word : std::size_t {
  kTimeShift = 1,
  kTimeMult = 2,
  kTimeZero = 3,
  kCapUserTimeZero = 4,
  kMtcFreqBits = 11,
  kTscCtcNumerator = 12,
  kTscCtcDenominator = 13,
  kMaxNonTurboRatio = 15,
};

/// An old recorder wrote fewer words.
std::uint64_t word_or_zero(const AuxTraceInfo& info, Word word) {
  return word < info.words.size() ? info.words[word] : 0;
}

/// "GenuineIntel,6,94,3"; anything else is no CPU that libipt knows of.
pt_cpu parse_cpuid(std::string_view text) {
  pt_cpu cpu{};
  constexpr std::string_view kVendor = "GenuineIntel,";
  if (!text.starts_with(kVendor)) return cpu;
  text.remove_prefix(kVendor.size());
  std::array<unsigned, 3> number{};
  for (unsigned& part : number) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), part);
    if (error != std::errc{}) return pt_cpu{};
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    if (text.starts_with(',')) text.remove_prefix(1);
  }
  if (number[0] > 0xffff || number[1] > 0xff || number[2] > 0xff) return pt_cpu{};
  cpu.vendor = pcv_intel;
  cpu.family = static_cast<std::uint16_t>(number[0]);
  cpu.model = static_cast<std::uint8_t>(number[1]);
  cpu.stepping = static_cast<std::uint8_t>(number[2]);
  return cpu;
}

}  // namespace

pt_config PtSetup::config(std::span<std::uint8_t> trace) const {
  pt_config config;
  pt_config_init(&config);
  config.begin = trace.data();
  config.end = trace.data() + trace.size();
  config.cpu = cpu;
  // A CPU that libipt does not know has no errata that it could mend.
  (void)pt_cpu_errata(&config.errata, &cpu);
  config.cpuid_0x15_eax = ctc_ratio;
  config.cpuid_0x15_ebx = tsc_ctc_ratio;
  config.mtc_freq = mtc_freq;
  config.nom_freq = nominal_ratio;
  config.decode.callback = size_pt_unknown;
  return config;
}

Result<PtSetup> decode_pt_setup(const AuxTraceInfo& info) {
  PtSetup setup;
  setup.cpu = parse_cpuid(info.cpuid);
  setup.time.shift = word_or_zero(info, kTimeShift);
  setup.time.mult = word_or_zero(info, kTimeMult);
  setup.time.zero = word_or_zero(info, kTimeZero);
  setup.time.known = word_or_zero(info, kCapUserTimeZero) != 0 && setup.time.mult != 0;
  if (setup.time.shift >= 64) {
    return fail(Errc::malformed, fmt::format("Intel PT: time shift {} is not below 64", setup.time.shift));
  }
  const std::uint64_t numerator = word_or_zero(info, kTscCtcNumerator);
  const std::uint64_t denominator = word_or_zero(info, kTscCtcDenominator);
  if (numerator > 0xffffffff || denominator > 0xffffffff) {
    return fail(Errc::malformed, fmt::format("Intel PT: crystal clock ratio {}/{}", numerator, denominator));
  }
  if (numerator != 0 && denominator != 0) {
    setup.tsc_ctc_ratio = static_cast<std::uint32_t>(numerator);
    setup.ctc_ratio = static_cast<std::uint32_t>(denominator);
  }
  const std::uint64_t bits = word_or_zero(info, kMtcFreqBits);
  if (bits != 0) {
    const std::uint64_t frequency = (info.config & bits) >> std::countr_zero(bits);
    if (frequency > 15) return fail(Errc::malformed, fmt::format("Intel PT: MTC frequency {}", frequency));
    setup.mtc_freq = static_cast<std::uint8_t>(frequency);
  }
  setup.nominal_ratio = static_cast<std::uint8_t>(word_or_zero(info, kMaxNonTurboRatio) & 0xff);
  return setup;
}

}  // namespace simdprof
