#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cmd/aux_reading.h"
#include "decoders/aux/aux_decoder.h"
#include "tests/cmd/session_input.h"

/// Recordings with AUX areas, written by hand, and a trace whose bytes are what they say.
namespace simdprof::test {

/// TID, TIME, CPU in samples and in the trailer of every other record.
inline constexpr std::uint64_t kIpTidTimeCpuType = 0x87;
inline constexpr std::uint64_t kSampleIdAll = 1ULL << 18U;

inline Bytes trailer(std::uint32_t tid, std::uint64_t time_ns, std::uint32_t cpu) {
  return words({(std::uint64_t{tid} << 32U) | tid, time_ns, cpu});
}

/// PERF_RECORD_AUX.
inline Bytes aux_record(std::uint64_t offset, std::uint64_t bytes, std::uint64_t flags, std::uint64_t time_ns,
                        std::uint32_t cpu, std::uint32_t tid = 7) {
  return framed(11, words({offset, bytes, flags}) + trailer(tid, time_ns, cpu));
}

/// simdprof's AUXTRACE record.
inline Bytes aux_piece(std::uint64_t offset, const Bytes& data, std::uint32_t cpu, std::uint32_t tid = 0xffffffff) {
  Bytes out = words({offset, 0});
  append_word(out, cpu == 0xffffffff ? 0 : cpu, 4);  // index
  append_word(out, tid, 4);
  append_word(out, cpu, 4);
  append_word(out, data.size(), 4);
  out.insert(out.end(), data.begin(), data.end());
  while (out.size() % 8 != 0) out.push_back(std::byte{0});
  return framed(0x5344000b, out);
}

/// How to read AUX bytes.
inline Bytes aux_info(std::uint32_t type, const std::vector<std::uint64_t>& values = {}) {
  Bytes out;
  append_word(out, type, 4);
  append_word(out, values.size(), 4);
  for (const std::uint64_t value : values) append_word(out, value, 8);
  return framed(0x5344000a, out);
}

inline HandRun aux_metadata(std::uint32_t type = 1) {
  return {StreamKind::metadata,
          0,
          {event_desc(0, kIpTidTimeCpuType, kSampleIdAll, "trace//u"), host_fact("arch", "x86_64"), aux_info(type)}};
}

inline Bytes counting(std::size_t size, unsigned first = 0) {
  Bytes out;
  for (std::size_t i = 0; i < size; ++i) out.push_back(static_cast<std::byte>(first + i));
  return out;
}

/// Every byte is a branch that comes from its value and has the time of that value; 0xff begins a segment, 0xfe is an
/// error.
class ByteDecoder : public AuxDecoder {
 public:
  [[nodiscard]] std::vector<AuxSegment> split(const AuxSlice& slice) const override {
    std::vector<AuxSegment> segments = {{0, slice.data.size()}};
    for (std::size_t i = 1; i < slice.data.size(); ++i) {
      if (slice.data[i] != std::byte{0xff}) continue;
      segments.back().end = i;
      segments.push_back({i, slice.data.size()});
    }
    return segments;
  }
  void decode(const AuxSlice& slice, const AuxSegment& segment, AuxSink& sink) const override {
    for (std::size_t i = segment.begin; i < segment.end; ++i) {
      AuxPlace place;
      place.index = slice.index;
      place.cpu = slice.cpu;
      place.tid = slice.tid;
      place.offset = slice.offset + i;
      const auto value = std::to_integer<unsigned>(slice.data[i]);
      if (value == 0xff) continue;
      if (value == 0xfe) {
        sink.on_error({place, 0, "bad", "a byte that is none"});
        continue;
      }
      place.time_ns = value;
      sink.on_branch({place, value, value + 1, kAuxBranch, 0, 0});
    }
  }
};

/// Lists what it takes as "offset:from".
class ListCollector : public cmd::AuxCollector {
 public:
  void on_branch(const AuxBranch& branch) override {
    fmt::format_to(std::back_inserter(batch.bytes), "{}:{}", branch.place.offset, branch.from);
    batch.end_entry(branch.place.time_ns);
  }
  void on_error(const AuxError& error) override {
    fmt::format_to(std::back_inserter(batch.bytes), "{}:{}", error.place.offset, error.code);
    batch.end_error(error);
  }
};

}  // namespace simdprof::test
