#include "cmd/aux_kernel_code.h"

#include <gtest/gtest.h>

#include <array>

#include "tests/cmd/mmap_record.h"
#include "tests/support/bytes.h"

namespace simdprof::cmd {
namespace {

using test::append_word;
using test::Bytes;
using test::operator+;

/// An ELF64 core with these segments: type, offset, address, bytes.
Bytes core(const std::vector<std::array<std::uint64_t, 4>>& segments) {
  Bytes out = test::raw({0x7f, 'E', 'L', 'F', 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0});
  append_word(out, 4, 2);   // ET_CORE
  append_word(out, 62, 2);  // x86-64
  append_word(out, 1, 4);
  append_word(out, 0, 8);   // entry
  append_word(out, 64, 8);  // program headers
  append_word(out, 0, 8);
  append_word(out, 0, 4);
  append_word(out, 64, 2);
  append_word(out, 56, 2);
  append_word(out, segments.size(), 2);
  append_word(out, 0, 6);
  for (const auto& [type, offset, address, bytes] : segments) {
    append_word(out, type, 4);
    append_word(out, 7, 4);
    for (const std::uint64_t word : {offset, address, std::uint64_t{0}, bytes, bytes, std::uint64_t{4096}}) {
      append_word(out, word, 8);
    }
  }
  return out;
}

TEST(CoreSegments, AreTheLoadedOnes) {
  const Bytes bytes =
      core({{4, 0, 0, 100}, {1, 0x1000, 0xffffffff81000000, 0x2000}, {1, 0x9000, 0xffffffffc0000000, 0}});
  const auto segments = decode_core_segments(bytes);
  ASSERT_TRUE(segments);
  ASSERT_EQ(segments->size(), 1U);
  EXPECT_EQ((*segments)[0].address, 0xffffffff81000000U);
  EXPECT_EQ((*segments)[0].offset, 0x1000U);
  EXPECT_EQ((*segments)[0].bytes, 0x2000U);
}

TEST(CoreSegments, EveryShorterFileIsRefused) {
  const Bytes bytes = core({{1, 0x1000, 0xffffffff81000000, 0x2000}});
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(decode_core_segments(std::span(bytes).first(size))) << size;
  }
}

TEST(CoreSegments, ATableBeyondTheFileIsRefused) {
  Bytes bytes = core({{1, 0, 0, 1}});
  for (std::size_t i = 32; i < 40; ++i) bytes[i] = std::byte{0xff};
  EXPECT_FALSE(decode_core_segments(bytes));
}

Record kernel_map(VirtAddr start, std::uint64_t length, std::string_view path) {
  Record record = test::mmap_record(-1, start, length, path);
  std::get<MmapRecord>(record.body).kernel = true;
  return record;
}

TEST(AuxKernelCode, NamesTheImageAndModulesAndNothingElse) {
  AuxKernelCode code{SymbolOptions{}};
  code.observe(kernel_map(0xffffffff81000000, 0x1000, "[kernel.kallsyms]_text"), 0);
  code.observe(kernel_map(0xffffffffc0000000, 0x1000, "/lib/modules/6.1.0/kernel/fs/ext4/ext4.ko"), 0);
  code.observe(test::mmap_record(7, 0x401000, 0x1000, "/bin/app"), 0);
  EXPECT_EQ(code.mapped_name(0xffffffff81000fff), "[kernel.kallsyms]");
  EXPECT_EQ(code.mapped_name(0xffffffff81001000), "");
  EXPECT_EQ(code.mapped_name(0xffffffffc0000000), "/lib/modules/6.1.0/kernel/fs/ext4/ext4.ko");
  EXPECT_EQ(code.mapped_name(0x401000), "");
}

TEST(AuxKernelCode, IsNotKnownForAnotherKernel) {
  SymbolOptions options;
  options.kernel_release = "1.2.3-not-this-one";
  const AuxKernelCode code(options);
  std::array<std::byte, 16> bytes{};
  EXPECT_EQ(code.read(0xffffffff81000000, 0, bytes), 0U);
  EXPECT_NE(code.problem(), "");
}

}  // namespace
}  // namespace simdprof::cmd
