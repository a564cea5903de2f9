#pragma once

#include <bit>
#include <cstdint>
#include <deque>
#include <initializer_list>
#include <span>

#include "lib/model/event.h"
#include "lib/model/raw_record.h"
#include "tests/support/bytes.h"

/// Short ways to write down the inputs of the record decoders.
namespace simdprof::test {

/// The record over a copy of `payload` that lives to the end: decoded records point into it.
inline RawRecord record_of(std::uint32_t type, const Bytes& payload, std::uint16_t misc = 0,
                           std::endian order = std::endian::little) {
  static std::deque<Bytes> kept;
  kept.push_back(payload);
  RawRecord raw;
  raw.type = type;
  raw.misc = misc;
  raw.payload = kept.back();
  raw.order = order;
  return raw;
}

inline abi::EventAttr attr_of(std::uint64_t sample_type, std::uint64_t flags = 0) {
  abi::EventAttr attr;
  attr.size = 128;
  attr.sample_type = sample_type;
  attr.flags = flags;
  return attr;
}

inline EventTable events_of(std::initializer_list<abi::EventAttr> attrs) {
  EventTable table;
  for (const auto& attr : attrs) table.events.push_back({attr, "event"});
  return table;
}

/// Two u32 in one word, as they lie in little-endian bytes.
inline std::uint64_t pair(std::uint32_t first, std::uint32_t second) {
  return (static_cast<std::uint64_t>(second) << 32U) | first;
}

}  // namespace simdprof::test
