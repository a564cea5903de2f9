#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string>

#include "cmd/field_text.h"
#include "cmd/json_object.h"
#include "cmd/script_render.h"
#include "lib/model/aux_trace.h"

// Source: tools/perf/builtin-script.c, perf_sample__fprintf_synth, and tools/perf/util/event.h, struct
// perf_synth_intel_*: which bits of the packets' payloads these are.

namespace simdprof::cmd {
namespace {

using Kind = AuxMarkFacts::Kind;

/// `count` bits of a payload.
constexpr unsigned bits(std::uint64_t payload, unsigned from, unsigned count) {
  return static_cast<unsigned>(payload >> from & ((1U << count) - 1));
}

// C's "%#x", which shows 0 without a prefix.
std::string hex(std::uint64_t value) { return value == 0 ? "0" : fmt::format("{:#x}", value); }

/// The payload as text; empty where it is none: printable characters, and zeros behind them.
std::string printable(std::uint64_t payload) {
  std::string text;
  for (; payload != 0; payload >>= 8U) {
    const char c = static_cast<char>(payload & 0xffU);
    if (c < ' ' || c > '~') return {};
    text += c;
  }
  return text;
}

struct Frequency {
  std::uint64_t mhz = 0;
  std::uint64_t percent = 0;  ///< of the highest frequency without turbo; 0: not known
};

Frequency frequency_of(const AuxMarkFacts& mark) {
  Frequency frequency;
  frequency.mhz = (mark.payload * mark.bus_khz + 500) / 1000;
  if (mark.nominal_ratio != 0) frequency.percent = (5 + 1000 * mark.payload / mark.nominal_ratio) / 10;
  return frequency;
}

std::string cbr_text(const AuxMarkFacts& mark) {
  const Frequency frequency = frequency_of(mark);
  std::string text = fmt::format(" cbr: {:2} freq: {:4} MHz ", mark.payload, frequency.mhz);
  if (mark.nominal_ratio != 0) text += fmt::format("({:3}%) ", frequency.percent);
  return text;
}

std::string text_of(const AuxMarkFacts& mark) {
  const std::uint64_t payload = mark.payload;
  switch (mark.kind) {
    case Kind::ptwrite: return fmt::format(" IP: {:d} payload: {} {} ", mark.has_ip, hex(payload), printable(payload));
    case Kind::cbr: return cbr_text(mark);
    case Kind::psb: return " psb offs: " + hex(payload);
    case Kind::mwait:
      return fmt::format(" hints: {} extensions: {} ", hex(bits(payload, 0, 8)), hex(bits(payload, 32, 2)));
    case Kind::pwre:
      return fmt::format(" hw: {} cstate: {} sub-cstate: {} ", bits(payload, 7, 1), bits(payload, 12, 4),
                         bits(payload, 8, 4));
    case Kind::exstop: return fmt::format(" IP: {:d} ", mark.has_ip);
    case Kind::pwrx:
      return fmt::format(" deepest cstate: {} last cstate: {} wake reason: {} ", bits(payload, 0, 4),
                         bits(payload, 4, 4), hex(bits(payload, 8, 4)));
  }
  return {};
}

void add_cbr(JsonObject& object, const AuxMarkFacts& mark) {
  const Frequency frequency = frequency_of(mark);
  object.number("cbr", mark.payload);
  if (mark.bus_khz != 0) object.number("freq_mhz", frequency.mhz);
  if (mark.nominal_ratio != 0) object.number("percent", frequency.percent);
}

}  // namespace

void append_synth(TextBuffer& out, const AuxMarkFacts& mark) {
  constexpr std::size_t kColumns = 34;
  const std::string text = text_of(mark);
  append_text(out, text);
  append_padding(out, text.size(), kColumns);
}

void append_synth_json(TextBuffer& out, const AuxMarkFacts& mark) {
  const std::uint64_t payload = mark.payload;
  JsonObject object(out);
  switch (mark.kind) {
    case Kind::ptwrite:
      object.flag("has_ip", mark.has_ip);
      object.hex("payload", payload);
      return;
    case Kind::cbr: return add_cbr(object, mark);
    case Kind::psb: object.hex("psb_offs", payload); return;
    case Kind::mwait:
      object.number("hints", bits(payload, 0, 8));
      object.number("extensions", bits(payload, 32, 2));
      return;
    case Kind::pwre:
      object.flag("hw", bits(payload, 7, 1) != 0);
      object.number("cstate", bits(payload, 12, 4));
      object.number("sub_cstate", bits(payload, 8, 4));
      return;
    case Kind::exstop: object.flag("has_ip", mark.has_ip); return;
    case Kind::pwrx:
      object.number("deepest_cstate", bits(payload, 0, 4));
      object.number("last_cstate", bits(payload, 4, 4));
      object.number("wake_reason", bits(payload, 8, 4));
  }
}

}  // namespace simdprof::cmd
