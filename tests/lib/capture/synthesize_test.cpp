#include "lib/capture/synthesize.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstring>

#include "tests/lib/capture/fake_sink.h"

namespace simdprof {
namespace {

using test::FakeSink;
using test::Fields;

class Synthesized : public testing::Test {
 protected:
  Synthesized() : batch_(sink_, sink_.open_stream({StreamKind::synthesized, -1, -1})), synthesizer_(batch_, 5000, 42) {}

  std::vector<std::byte> only(std::uint32_t type) {
    EXPECT_TRUE(batch_.hand_over());
    const auto records = sink_.records(type);
    EXPECT_EQ(records.size(), 1U);
    return records.empty() ? std::vector<std::byte>{} : records[0];
  }

  FakeSink sink_;
  RecordBatch batch_;
  Synthesizer synthesizer_;
};

// TID, TIME, CPU, IDENTIFIER of the base sample type.
Fields& trailer(Fields& out, std::uint32_t pid, std::uint32_t tid) {
  return out.u32(pid).u32(tid).u64(5000).u32(0).u32(0).u64(42);
}

TEST_F(Synthesized, CommHasItsNamePaddedAndTheTrailer) {
  synthesizer_.add_comm(10, 11, "longname");  // 8 letters: the NUL needs the next word
  Fields expected;
  expected.u32(10).u32(11).text("longname", 16);
  EXPECT_EQ(only(3), trailer(expected, 10, 11).record(3, 0));
}

TEST_F(Synthesized, ForkNamesProcessParentAndTime) {
  synthesizer_.add_fork(10, 11, 10, 10);
  Fields expected;
  expected.u32(10).u32(10).u32(11).u32(10).u64(5000);
  EXPECT_EQ(only(7), trailer(expected, 10, 11).record(7, 0));
}

TEST_F(Synthesized, MappingIsAnMmap2) {
  synthesizer_.add_mapping(10, {0x1000, 0x3000, 0x200, 0xfe, 1, 77, 5, 2, "/bin/x"});
  Fields expected;
  expected.u32(10).u32(10).u64(0x1000).u64(0x2000).u64(0x200).u32(0xfe).u32(1).u64(77).u64(0).u32(5).u32(2);
  expected.text("/bin/x", 8);
  EXPECT_EQ(only(10), trailer(expected, 10, 10).record(10, 2));
}

TEST_F(Synthesized, AnonymousMappingsHaveTheKernelsName) {
  synthesizer_.add_mapping(10, {0x1000, 0x2000, 0, 0, 0, 0, 7, 2, ""});
  const auto record = only(10);
  EXPECT_EQ(std::memcmp(record.data() + 72, "//anon", 7), 0);
}

TEST_F(Synthesized, KernelMappingIsAnMmapOfTheKernel) {
  synthesizer_.add_kernel_mapping({0xffffffff81000000, 0x1000, 0xffffffff81000000, "[m]"});
  Fields expected;
  expected.u32(0xffffffff).u32(0).u64(0xffffffff81000000).u64(0x1000).u64(0xffffffff81000000).text("[m]", 8);
  EXPECT_EQ(only(1), trailer(expected, 0xffffffff, 0).record(1, 1));
}

TEST_F(Synthesized, AnEndlessNameIsCut) {
  synthesizer_.add_mapping(10, {0x1000, 0x2000, 0, 0, 0, 0, 7, 2, std::string(100000, 'x')});
  EXPECT_LT(only(10).size(), 8192U);
}

TEST_F(Synthesized, ThisProcessIsFoundWithItsProgram) {
  synthesizer_.add_process(::getpid());
  ASSERT_TRUE(batch_.hand_over());
  EXPECT_FALSE(sink_.records(3).empty());
  bool program = false;
  for (const auto& record : sink_.records(10)) {
    std::string text;
    for (const std::byte byte : record) text.push_back(static_cast<char>(byte));
    program = program || text.find("test_lib_capture") != std::string::npos;
  }
  EXPECT_TRUE(program);
}

TEST_F(Synthesized, AProcessThatIsGoneGivesNothing) {
  synthesizer_.add_process(0x7ffffff0);
  ASSERT_TRUE(batch_.hand_over());
  EXPECT_TRUE(sink_.runs.empty());
}

}  // namespace
}  // namespace simdprof
