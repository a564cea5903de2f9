#include "decoders/record/kernel_records.h"

#include <gtest/gtest.h>

#include "decoders/record/decode_record.h"
#include "tests/decoders/record/record_input.h"

namespace simdprof {
namespace {

using namespace abi;
using test::attr_of;
using test::Bytes;
using test::events_of;
using test::pair;
using test::raw;
using test::record_of;
using test::text;
using test::words;
using test::operator+;

/// A name and at least one NUL, padded to 8 bytes.
Bytes name(std::string_view value) {
  Bytes out = text(value);
  do out.push_back(std::byte{0});
  while (out.size() % 8 != 0);
  return out;
}

template <class Body>
Body decoded(std::uint32_t type, const Bytes& payload, std::uint16_t misc = 0) {
  const auto record = decode_record(record_of(type, payload, misc), events_of({attr_of(PERF_SAMPLE_IP)}));
  EXPECT_TRUE(record) << (record ? "" : render_error(record.error()));
  if (!record) return {};
  const auto* body = std::get_if<Body>(&record->body);
  EXPECT_NE(body, nullptr);
  return body != nullptr ? *body : Body{};
}

TEST(KernelRecords, Mmap) {
  const auto map =
      decoded<MmapRecord>(PERF_RECORD_MMAP, words({pair(7, 8), 0x400000, 0x1000, 0x2000}) + name("/bin/true"),
                          PERF_RECORD_MISC_USER | PERF_RECORD_MISC_MMAP_DATA);
  EXPECT_EQ(map.pid, 7);
  EXPECT_EQ(map.tid, 8);
  EXPECT_EQ(map.start, 0x400000U);
  EXPECT_EQ(map.length, 0x1000U);
  EXPECT_EQ(map.file_offset, 0x2000U);
  EXPECT_EQ(map.path, "/bin/true");
  EXPECT_TRUE(map.data);
  EXPECT_FALSE(map.kernel);
}

TEST(KernelRecords, Mmap2WithInode) {
  const auto map = decoded<MmapRecord>(
      PERF_RECORD_MMAP2, words({pair(7, 8), 0x400000, 0x1000, 0x2000, pair(8, 1), 99, 5, pair(5, 2)}) + name("1234567"),
      PERF_RECORD_MISC_KERNEL);
  EXPECT_EQ(map.major, 8U);
  EXPECT_EQ(map.minor, 1U);
  EXPECT_EQ(map.inode, 99U);
  EXPECT_EQ(map.inode_generation, 5U);
  EXPECT_EQ(map.prot, 5U);
  EXPECT_EQ(map.flags, 2U);
  EXPECT_EQ(map.path, "1234567") << "7 characters and their NUL fill 8 bytes";
  EXPECT_TRUE(map.build_id.empty());
  EXPECT_TRUE(map.kernel);
}

TEST(KernelRecords, Mmap2WithBuildId) {
  const auto id = raw({20, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20});
  const auto payload = words({pair(7, 8), 0x400000, 0x1000, 0}) + id + words({pair(5, 2)}) + name("/lib/x.so");
  const auto map = decoded<MmapRecord>(PERF_RECORD_MMAP2, payload, PERF_RECORD_MISC_MMAP_BUILD_ID);
  EXPECT_EQ(map.inode, 0U);
  ASSERT_EQ(map.build_id.size(), 20U);
  EXPECT_EQ(map.build_id[19], std::byte{20});
  EXPECT_EQ(map.path, "/lib/x.so");
}

TEST(KernelRecords, ABuildIdLongerThanItsFieldIsMalformed) {
  auto payload = words({pair(7, 8), 0x400000, 0x1000, 0, 21, 0, 0, pair(5, 2)}) + name("x");
  const auto record = decode_record(record_of(PERF_RECORD_MMAP2, payload, PERF_RECORD_MISC_MMAP_BUILD_ID), {});
  ASSERT_FALSE(record);
  EXPECT_EQ(record.error().fact, "record MMAP2: build id longer than 20 bytes");
}

TEST(KernelRecords, CommAndExec) {
  const auto comm = decoded<CommRecord>(PERF_RECORD_COMM, words({pair(7, 8)}) + name("sh"), PERF_RECORD_MISC_COMM_EXEC);
  EXPECT_EQ(comm.pid, 7);
  EXPECT_EQ(comm.tid, 8);
  EXPECT_EQ(comm.comm, "sh");
  EXPECT_TRUE(comm.exec);
  EXPECT_FALSE(decoded<CommRecord>(PERF_RECORD_COMM, words({pair(7, 8)}) + name("sh")).exec);
}

TEST(KernelRecords, ForkAndExitHaveParentsBetweenPidAndTid) {
  const auto payload = words({pair(7, 1), pair(8, 2), 1000});
  const auto fork = decoded<ForkRecord>(PERF_RECORD_FORK, payload);
  EXPECT_EQ(fork.pid, 7);
  EXPECT_EQ(fork.parent_pid, 1);
  EXPECT_EQ(fork.tid, 8);
  EXPECT_EQ(fork.parent_tid, 2);
  EXPECT_EQ(fork.time_ns, 1000U);
  EXPECT_EQ(decoded<ExitRecord>(PERF_RECORD_EXIT, payload).parent_tid, 2);
}

TEST(KernelRecords, LostRecords) {
  const auto lost = decoded<LostRecord>(PERF_RECORD_LOST, words({5, 600}));
  EXPECT_EQ(lost.id, 5U);
  EXPECT_EQ(lost.lost, 600U);
  EXPECT_EQ(decoded<LostSamplesRecord>(PERF_RECORD_LOST_SAMPLES, words({9})).lost, 9U);
}

TEST(KernelRecords, ThrottleAndUnthrottle) {
  const auto throttle = decoded<ThrottleRecord>(PERF_RECORD_THROTTLE, words({1000, 5, 6}));
  EXPECT_TRUE(throttle.throttled);
  EXPECT_EQ(throttle.time_ns, 1000U);
  EXPECT_EQ(throttle.id, 5U);
  EXPECT_EQ(throttle.stream_id, 6U);
  EXPECT_FALSE(decoded<ThrottleRecord>(PERF_RECORD_UNTHROTTLE, words({1000, 5, 6})).throttled);
}

TEST(KernelRecords, SwitchesSayOutAndPreemptedInMisc) {
  const auto in = decoded<SwitchRecord>(PERF_RECORD_SWITCH, {});
  EXPECT_FALSE(in.out);
  EXPECT_FALSE(in.next_prev_tid);
  const auto out = decoded<SwitchRecord>(PERF_RECORD_SWITCH_CPU_WIDE, words({pair(7, 8)}),
                                         PERF_RECORD_MISC_SWITCH_OUT | PERF_RECORD_MISC_SWITCH_OUT_PREEMPT);
  EXPECT_TRUE(out.out);
  EXPECT_TRUE(out.preempted);
  EXPECT_EQ(out.next_prev_pid, 7);
  EXPECT_EQ(out.next_prev_tid, 8);
}

TEST(KernelRecords, ReadUsesTheReadFormatOfItsEvent) {
  auto attr = attr_of(PERF_SAMPLE_IP);
  attr.read_format = PERF_FORMAT_ID;
  const auto payload = words({pair(7, 8), 600, 5});
  const auto record = decode_record(record_of(PERF_RECORD_READ, payload), events_of({attr}));
  ASSERT_TRUE(record);
  const auto& read = std::get<ReadRecord>(record->body);
  EXPECT_EQ(read.tid, 8);
  EXPECT_EQ(read.values.values.at(0).value, 600U);
  EXPECT_EQ(read.values.values.at(0).id, 5U);
}

TEST(KernelRecords, AuxRecords) {
  const auto aux = decoded<AuxRecord>(PERF_RECORD_AUX, words({4096, 512, 1}));
  EXPECT_EQ(aux.aux_offset, 4096U);
  EXPECT_EQ(aux.aux_bytes, 512U);
  EXPECT_EQ(aux.flags, 1U);
  EXPECT_EQ(decoded<ItraceStartRecord>(PERF_RECORD_ITRACE_START, words({pair(7, 8)})).tid, 8);
  EXPECT_EQ(decoded<AuxOutputHwIdRecord>(PERF_RECORD_AUX_OUTPUT_HW_ID, words({3})).hw_id, 3U);
}

TEST(KernelRecords, NamespacesArePairsOfDeviceAndInode) {
  const auto namespaces = decoded<NamespacesRecord>(PERF_RECORD_NAMESPACES, words({pair(7, 8), 2, 3, 100, 3, 101}));
  EXPECT_EQ(namespaces.tid, 8);
  ASSERT_EQ(namespaces.links.size(), 4U);
  EXPECT_EQ(namespaces.links[3], 101U);
}

TEST(KernelRecords, KsymbolBpfCgroup) {
  const auto payload = words({0xffffffffc0000000, 64U | (1ULL << 32U) | (1ULL << 48U)}) + name("bpf_prog_1");
  const auto symbol = decoded<KsymbolRecord>(PERF_RECORD_KSYMBOL, payload);
  EXPECT_EQ(symbol.address, 0xffffffffc0000000U);
  EXPECT_EQ(symbol.length, 64U);
  EXPECT_EQ(symbol.type, 1U);
  EXPECT_EQ(symbol.flags, 1U);
  EXPECT_EQ(symbol.name, "bpf_prog_1");
  const auto bpf = decoded<BpfEventRecord>(PERF_RECORD_BPF_EVENT, words({1U | (2U << 16U) | (77ULL << 32U), 0x7a6}));
  EXPECT_EQ(bpf.type, 1U);
  EXPECT_EQ(bpf.flags, 2U);
  EXPECT_EQ(bpf.id, 77U);
  EXPECT_EQ(decoded<CgroupRecord>(PERF_RECORD_CGROUP, words({9}) + name("/user.slice")).path, "/user.slice");
}

TEST(KernelRecords, TextPokeIsPaddedAfterBothInstructions) {
  const auto payload = words({0xffffffff81000000}) + raw({5, 0, 5, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 0, 0});
  const auto poke = decoded<TextPokeRecord>(PERF_RECORD_TEXT_POKE, payload);
  ASSERT_EQ(poke.old_bytes.size(), 5U);
  ASSERT_EQ(poke.new_bytes.size(), 5U);
  EXPECT_EQ(poke.new_bytes[0], std::byte{6});
}

TEST(KernelRecords, DeferredCallchain) {
  const auto chain = decoded<DeferredCallchainRecord>(PERF_RECORD_CALLCHAIN_DEFERRED, words({0xc0, 2, 1, 2}));
  EXPECT_EQ(chain.cookie, 0xc0U);
  EXPECT_EQ(chain.addresses.size(), 2U);
}

TEST(KernelRecords, CountsAboveTheBytesAreTruncated) {
  const std::uint64_t wraps = (1ULL << 60U) + 1;
  for (const auto& [type, payload] :
       {std::pair<std::uint32_t, Bytes>{PERF_RECORD_NAMESPACES, words({1, wraps, 3, 4})},
        std::pair<std::uint32_t, Bytes>{PERF_RECORD_CALLCHAIN_DEFERRED, words({1, wraps * 2, 3})},
        std::pair<std::uint32_t, Bytes>{PERF_RECORD_TEXT_POKE, words({1, 0xffffffff, 3})}}) {
    const auto record = decode_record(record_of(type, payload), {});
    ASSERT_FALSE(record) << type;
    EXPECT_EQ(record.error().code, Errc::truncated) << type;
  }
}

TEST(KernelRecords, ANameWithoutItsNulIsTruncated) {
  const auto payload = words({pair(7, 8)}) + text("12345678");
  const auto record = decode_record(record_of(PERF_RECORD_COMM, payload), {});
  ASSERT_FALSE(record);
  EXPECT_EQ(record.error().code, Errc::truncated);
}

TEST(KernelRecords, ReadsBigEndianInput) {
  Bytes payload;
  for (const std::uint32_t word : {7U, 1U, 8U, 2U}) test::append_word(payload, word, 4, std::endian::big);
  test::append_word(payload, 1000, 8, std::endian::big);
  const auto record = decode_record(record_of(PERF_RECORD_FORK, payload, 0, std::endian::big), {});
  ASSERT_TRUE(record);
  EXPECT_EQ(std::get<ForkRecord>(record->body).parent_tid, 2);
  EXPECT_EQ(record->time_ns, 1000U);
}

}  // namespace
}  // namespace simdprof
