// Recordings that others made with many kernels and tools; skipped where the corpus is not there.
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>
#include <vector>

#include "decoders/record/decode_record.h"
#include "decoders/record/record_time.h"
#include "decoders/registers/register_stage.h"
#include "lib/base/cursor.h"
#include "lib/model/ledger.h"

namespace simdprof {
namespace {

constexpr std::uint64_t kPerfFileMagic = 0x32454c4946524550;  // "PERFILE2"
constexpr std::uint32_t kFirstToolType = 64;                  // records of the perf tool itself, not of the kernel
constexpr std::uint32_t kAuxtrace = 71;                       // followed by bytes that its size does not count

std::string load_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream read;
  read << file.rdbuf();
  return read.str();
}

struct Section {
  std::uint64_t offset = 0, size = 0;
};
Section read_section(Cursor& in) {
  const std::uint64_t offset = in.u64();
  return {offset, in.u64()};
}

EventTable read_events(std::span<const std::byte> file, std::uint64_t entry_bytes, const Section& attrs) {
  EventTable events;
  Cursor in{file.subspan(attrs.offset, attrs.size)};
  while (in.remaining() != 0) {
    EventDesc event;
    const auto attr = in.take(entry_bytes - 16);
    std::memcpy(&event.attr, attr.data(), std::min(attr.size(), sizeof(event.attr)));
    const Section ids = read_section(in);
    Cursor id{file.subspan(ids.offset, ids.size)};
    while (id.remaining() != 0) events.event_of_id[id.u64()] = static_cast<std::uint32_t>(events.events.size());
    events.events.push_back(event);
  }
  return events;
}

/// A sample and its registers, as the stages give them.
using SampleCheck = std::function<void(const Sample&, const RegisterSets&)>;

/// Decodes every kernel record of a perf.data; returns the number of samples.
std::uint64_t decode_file(std::span<const std::byte> file, const SampleCheck& check = {}) {
  Cursor header{file};
  EXPECT_EQ(header.u64(), kPerfFileMagic);
  header.skip(8);
  const std::uint64_t entry_bytes = header.u64();
  const Section attrs = read_section(header);
  const Section data = read_section(header);
  const EventTable events = read_events(file, entry_bytes, attrs);
  RegisterStage stage{abi::Arch::x86_64, std::nullopt, event_registers(events, std::nullopt, abi::Arch::x86_64)};
  RegisterSets sets;
  std::uint64_t samples = 0;
  Cursor in{file.subspan(data.offset, data.size), data.offset};
  while (in.remaining() >= 8) {
    RawRecord raw;
    raw.offset = in.offset();
    raw.type = in.u32();
    raw.misc = in.u16();
    raw.payload = in.take(in.u16() - 8U);
    if (raw.type == kAuxtrace) in.skip(WordView(raw.payload)[0]);
    if (raw.type >= kFirstToolType) continue;
    const auto record = decode_record(raw, events);
    if (!record) {
      ADD_FAILURE() << record_name(raw.type) << ": " << render_error(record.error());
      return samples;
    }
    EXPECT_EQ(record->time_ns, find_record_time(raw, events));
    const auto* sample = std::get_if<Sample>(&record->body);
    if (sample == nullptr) continue;
    ++samples;
    stage.build(*sample, sets);
    if (check) check(*sample, sets);
  }
  return samples;
}

struct CorpusFile {
  const char* name;
  std::uint64_t samples;  ///< as an independent parser of the format and the perf tool count them
};

constexpr CorpusFile kFiles[] = {
    {"autofdo/perf-kernel.data", 24},                           // arm64, identifier, branch stack
    {"autofdo/propeller_sample_1.perfdata1", 3740},             // Linux 4.13, branch stack
    {"covlizer/perf.lbr-callstack.data", 856},                  // Linux 6.12, call-stack branches
    {"flg/perf_oncpu.data", 67},                                // Linux 6.17, three events, attr of 136 bytes, stacks
    {"gf-complete/perf.data", 483},                             // Linux 3.13, ID without IDENTIFIER
    {"hase/loopy-20180404T162955.perf", 0},                     // Intel PT side band
    {"pdc/perf.data.armv7-3.4", 3893},                          // 32-bit ARM
    {"pdc/perf.data.branch_stack_hw_index", 5},                 // hw_idx before the branches
    {"pdc/perf.data.ctx_switch_namespaces-4.14", 2},            // SWITCH, NAMESPACES
    {"pdc/perf.data.hybrid_topology", 7},                       // two PMUs
    {"pdc/perf.data.i686-3.4", 703},                            // 32-bit x86
    {"pdc/perf.data.raw-3.4", 441},                             // RAW
    {"pdc/perf.data.throttle-3.8", 14980},                      // THROTTLE, no sample period
    {"pdc/perf.data.weight_struct", 14},                        // WEIGHT_STRUCT
    {"perfprofd/callchain.canned.perf.data", 1972},             // arm64 registers and stacks
    {"simpleperf/perf_with_trace_offcpu.data", 2369},           // simpleperf, switches
    {"simpleperf/perf_with_tracepoint_event.data", 45},         // RAW of tracepoints
    {"legacy-xmm/legacy-xmm-6.1-both-gpr-xmm.perf.data", 262},  // XMM in both sets
};

/// Bytes of a file of the corpus; empty, and the test is to be skipped, where there is no corpus.
std::string corpus_file(const std::string& name) {
  const std::string folder = SIMDPROF_CORPUS_DIR;
  return std::filesystem::exists(folder) ? load_file(folder + "/" + name) : std::string();
}
std::span<const std::byte> bytes_of(const std::string& file) {
  return std::as_bytes(std::span(file.data(), file.size()));
}

TEST(Corpus, EveryKernelRecordDecodesAndSamplesAreAllThere) {
  for (const CorpusFile& file : kFiles) {
    SCOPED_TRACE(file.name);
    const std::string bytes = corpus_file(file.name);
    if (bytes.empty()) GTEST_SKIP() << "no corpus of recordings (SIMDPROF_CORPUS)";
    EXPECT_EQ(decode_file(bytes_of(bytes)), file.samples);
  }
}

// legacy-xmm/README.md: xmm<i> holds 1000 + i + 0.25 and -(1000 + i + 0.5).
struct HeldWords {
  std::uint16_t low = 0, high = 0;  ///< bit i: that word of xmm<i> was asked for
};

void expect_held(const RegisterSet& set, const HeldWords& held) {
  for (unsigned i = 0; i < 16; ++i) {
    const VectorRegister& vector = set.vector[i];
    const bool low = ((held.low >> i) & 1U) != 0, high = ((held.high >> i) & 1U) != 0;
    EXPECT_EQ(vector.recorded_words, (low ? 1U : 0U) | (high ? 2U : 0U)) << i;
    EXPECT_EQ(vector.xmm, low && high ? Presence::valid : Presence::not_recorded) << i;
    if (low) {
      EXPECT_EQ(std::bit_cast<double>(vector.words[0]), 1000 + i + 0.25) << i;
    }
    if (high) {
      EXPECT_EQ(std::bit_cast<double>(vector.words[1]), -(1000 + i + 0.5)) << i;
    }
  }
}

struct LegacyXmmFile {
  const char* name;
  std::uint64_t samples;
  HeldWords user, intr;
};
constexpr HeldWords kAllWords{0xffff, 0xffff};
constexpr LegacyXmmFile kLegacyXmm[] = {
    {"both-gpr-xmm", 262, kAllWords, kAllWords},
    {"intr-xmm-only", 125, {}, kAllWords},
    {"user-xmm-intr-gpr", 144, kAllWords, {}},
    {"halves", 132, {0x3, 0}, {0, 0xc}},
};

TEST(Corpus, EverySampleOfARealKernelHoldsTheKnownLanes) {
  for (const LegacyXmmFile& file : kLegacyXmm) {
    SCOPED_TRACE(file.name);
    const std::string bytes = corpus_file(std::string("legacy-xmm/legacy-xmm-6.1-") + file.name + ".perf.data");
    if (bytes.empty()) GTEST_SKIP() << "no corpus of recordings (SIMDPROF_CORPUS)";
    const auto samples = decode_file(bytes_of(bytes), [&](const Sample& sample, const RegisterSets& sets) {
      EXPECT_EQ(sample.ip, 0x401920U);
      expect_held(sets.user, file.user);
      expect_held(sets.intr, file.intr);
    });
    EXPECT_EQ(samples, file.samples);
  }
}

TEST(Corpus, TheThreePartsOfAWeightAreTakenApart) {
  const std::string bytes = corpus_file("pdc/perf.data.weight_struct");
  if (bytes.empty()) GTEST_SKIP() << "no corpus of recordings (SIMDPROF_CORPUS)";
  std::vector<std::uint64_t> costs;
  decode_file(bytes_of(bytes), [&](const Sample& sample, const RegisterSets&) {
    costs.push_back(sample.weight_parts().cost);
    EXPECT_EQ(sample.weight_parts().instruction_latency, 0U);
  });
  std::sort(costs.begin(), costs.end());
  // What perf script -F weight prints, sorted.
  const std::vector<std::uint64_t> printed = {70, 70, 71, 77, 80, 81, 89, 92, 96, 117, 168, 225, 240, 249};
  EXPECT_EQ(costs, printed);
}

}  // namespace
}  // namespace simdprof
