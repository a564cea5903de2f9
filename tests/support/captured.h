#pragma once

#include <gtest/gtest.h>

#include <cstddef>
#include <cstring>
#include <fstream>
#include <span>
#include <sstream>
#include <string>
#include <vector>

#include "lib/base/cursor.h"
#include "lib/model/event.h"
#include "lib/model/raw_record.h"

/// Records of a real kernel, as tests/fixtures/*/NAME.records keep them: u64 number of events; for each event the 128
/// bytes of its perf_event_attr, u64 number of ids, the ids; then the kernel's records with their headers.
namespace simdprof::test {

struct Captured {
  std::vector<std::byte> bytes;
  EventTable events;
  std::vector<RawRecord> records;  ///< their payloads point into `bytes`
};

inline Captured load_captured(const std::string& name) {
  Captured captured;
  std::ifstream file(std::string(SIMDPROF_SOURCE_DIR) + "/tests/fixtures/" + name + ".records", std::ios::binary);
  EXPECT_TRUE(file) << name;
  std::ostringstream read;
  read << file.rdbuf();
  const std::string content = read.str();
  const auto bytes = std::as_bytes(std::span(content.data(), content.size()));
  captured.bytes.assign(bytes.begin(), bytes.end());
  Cursor in{captured.bytes};
  const std::uint64_t events = in.u64();
  for (std::uint64_t i = 0; i < events && !in.failed(); ++i) {
    EventDesc event;
    const auto attr = in.take(128);
    std::memcpy(&event.attr, attr.data(), attr.size());
    captured.events.events.push_back(event);
    for (std::uint64_t ids = in.u64(); ids != 0 && !in.failed(); --ids) {
      captured.events.event_of_id[in.u64()] = static_cast<std::uint32_t>(i);
    }
  }
  while (in.remaining() != 0) {
    RawRecord raw;
    raw.offset = in.offset();
    raw.type = in.u32();
    raw.misc = in.u16();
    raw.payload = in.take(in.u16() - 8U);
    captured.records.push_back(raw);
  }
  EXPECT_FALSE(in.failed()) << name;
  return captured;
}

}  // namespace simdprof::test
