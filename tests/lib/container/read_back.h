#pragma once

#include <string>
#include <vector>

#include "lib/container/reader.h"
#include "lib/container/record_walk.h"
#include "tests/lib/container/hand_made.h"

/// What a reader makes of an input, counted.
namespace simdprof::test {

/// A recording of three streams: 2, 5, 3 and 1 records.
inline const std::vector<HandChunk> kFour = {chunk_of_losts(0, 2), chunk_of_losts(1, 5, 100), chunk_of_losts(0, 3, 200),
                                             chunk_of_losts(2, 1, 300)};

struct Reading {
  bool opened = false;
  Errc refused = Errc::io;
  std::size_t chunks = 0;  // that load
  std::size_t records = 0;
  Ledger ledger;
  std::vector<Gap> gaps;
};

inline Reading read_all(const std::string& path) {
  Reading reading;
  const auto reader = ContainerReader::open(path, reading.ledger);
  reading.opened = reader.has_value();
  if (!reader) {
    reading.refused = reader.error().code;
    return reading;
  }
  reading.gaps = reader->gaps();
  for (std::size_t i = 0; i < reader->chunks().size(); ++i) {
    const auto records = reader->load(i);
    if (!records) {
      reading.ledger.lose(LossCause::chunk_damaged, 1);
      continue;
    }
    ++reading.chunks;
    RecordWalk walk{*records, 0, 0};
    for (auto record = walk.next(); record && *record; record = walk.next()) ++reading.records;
  }
  return reading;
}

inline Reading read_all(const TempFolder& folder, std::span<const std::byte> bytes) {
  return read_all(folder.store("input", bytes));
}

}  // namespace simdprof::test
