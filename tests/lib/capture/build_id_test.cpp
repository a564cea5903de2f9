#include "lib/capture/build_id.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tests/lib/capture/fake_sink.h"
#include "tests/support/stored_file.h"

namespace simdprof {
namespace {

using test::Fields;

constexpr std::size_t kHeader64 = 64, kEntry64 = 56;

// One note: name size, id size, type, "GNU\0", id padded to 4.
std::vector<std::byte> note(std::uint32_t type, const std::vector<std::uint8_t>& id, const char* name = "GNU") {
  Fields out;
  out.u32(4).u32(static_cast<std::uint32_t>(id.size())).u32(type).text(name, 4);
  for (const std::uint8_t byte : id) out.put(byte);
  while (out.bytes.size() % 4 != 0) out.put(std::uint8_t{0});
  return out.bytes;
}

// A 64-bit little-endian ELF file: header, one program header of `segment_type`, then the notes.
std::vector<std::byte> elf(std::uint32_t segment_type, const std::vector<std::byte>& notes) {
  Fields out;
  out.u32(0x464c457f).put(std::uint8_t{2}).put(std::uint8_t{1}).u16(1).u64(0);
  out.u16(3).u16(62).u32(1).u64(0).u64(kHeader64).u64(0).u32(0).u16(64).u16(kEntry64).u16(1).u16(0).u16(0).u16(0);
  out.u32(segment_type).u32(4).u64(kHeader64 + kEntry64).u64(0).u64(0).u64(notes.size()).u64(notes.size()).u64(4);
  out.bytes.insert(out.bytes.end(), notes.begin(), notes.end());
  return out.bytes;
}

std::vector<std::byte> id_bytes(const std::vector<std::uint8_t>& id) {
  std::vector<std::byte> bytes;
  for (const std::uint8_t byte : id) bytes.push_back(static_cast<std::byte>(byte));
  return bytes;
}

const std::vector<std::uint8_t> kId = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20};

class BuildIdFile : public testing::Test {
 protected:
  std::string put(const std::vector<std::byte>& bytes) {
    const std::string path =
        testing::TempDir() + "build_id_" + testing::UnitTest::GetInstance()->current_test_info()->name();
    test::store_file(path, bytes);
    return path;
  }
};

TEST(BuildIdNote, IsFoundBehindOtherNotes) {
  auto notes = note(1, {9, 9, 9});
  const auto other = note(3, {8, 8, 8, 8}, "ABC");
  const auto wanted = note(3, kId);
  notes.insert(notes.end(), other.begin(), other.end());
  notes.insert(notes.end(), wanted.begin(), wanted.end());
  EXPECT_EQ(find_build_id_note(notes, false), id_bytes(kId));
}

TEST(BuildIdNote, EveryCutGivesNone) {
  const auto notes = note(3, kId);
  for (std::size_t size = 0; size < notes.size(); ++size) {
    EXPECT_TRUE(find_build_id_note(std::span(notes).first(size), false).empty()) << size;
  }
}

TEST(BuildIdNote, AbsurdSizesAreRefused) {
  EXPECT_TRUE(find_build_id_note(Fields().u32(4).u32(0xffffffff).u32(3).text("GNU", 4).u64(0).bytes, false).empty());
  EXPECT_TRUE(find_build_id_note(Fields().u32(0xfffffffd).u32(4).u32(3).text("GNU", 4).u64(0).bytes, false).empty());
  EXPECT_TRUE(find_build_id_note(note(3, std::vector<std::uint8_t>(65, 1)), false).empty());
  EXPECT_TRUE(find_build_id_note(note(3, {}), false).empty());
}

TEST(BuildIdNote, BigEndianFilesAreRead) {
  const auto notes = Fields().u32(0x04000000).u32(0x02000000).u32(0x03000000).text("GNU", 4).u32(0x0000bbaa).bytes;
  EXPECT_EQ(find_build_id_note(notes, true), id_bytes({0xaa, 0xbb}));
}

TEST(NoteSegments, AreThoseOfTypeNote) {
  const auto notes = note(3, kId);
  const auto found = decode_note_segments(elf(4, notes));
  ASSERT_TRUE(found);
  ASSERT_EQ(found->segments.size(), 1U);
  EXPECT_EQ(found->segments[0].file_offset, kHeader64 + kEntry64);
  EXPECT_EQ(found->segments[0].bytes, notes.size());
  EXPECT_TRUE(decode_note_segments(elf(1, notes))->segments.empty());
}

TEST(NoteSegments, EveryCutInTheHeadersIsRefused) {
  const auto file = elf(4, {});
  for (std::size_t size = 0; size < file.size(); ++size) {
    EXPECT_FALSE(decode_note_segments(std::span(file).first(size))) << size;
  }
}

TEST(NoteSegments, WrongHeadersAreRefused) {
  auto file = elf(4, {});
  file[54] = std::byte{8};  // e_phentsize
  EXPECT_EQ(decode_note_segments(file).error().code, Errc::malformed);
  file = elf(4, {});
  file[4] = std::byte{3};  // class
  EXPECT_EQ(decode_note_segments(file).error().code, Errc::malformed);
  file = elf(4, {});
  file[56] = file[57] = std::byte{0xff};  // e_phnum
  EXPECT_EQ(decode_note_segments(file).error().code, Errc::truncated);
  file = elf(4, {});
  file[39] = std::byte{0xff};  // top of e_phoff
  EXPECT_EQ(decode_note_segments(file).error().code, Errc::truncated);
}

TEST_F(BuildIdFile, HasTheIdOfItsNotes) {
  const std::string path = put(elf(4, note(3, kId)));
  EXPECT_EQ(load_build_id(path), id_bytes(kId));
  struct stat facts {};
  ASSERT_EQ(::stat(path.c_str(), &facts), 0);
  EXPECT_EQ(load_build_id(path, facts.st_ino), id_bytes(kId));
  EXPECT_EQ(load_build_id(path, facts.st_ino + 1).error().code, Errc::not_found);
}

TEST_F(BuildIdFile, WithoutNotesHasNone) {
  EXPECT_EQ(load_build_id(put(elf(1, {}))), std::vector<std::byte>{});
  EXPECT_FALSE(load_build_id(put(Fields().text("#!/bin/sh", 16).bytes)));
  EXPECT_FALSE(load_build_id("/dev/null"));
  EXPECT_FALSE(load_build_id(testing::TempDir()));
}

TEST_F(BuildIdFile, NotesBeyondTheEndGiveNone) {
  auto file = elf(4, note(3, kId));
  file.resize(kHeader64 + kEntry64 + 10);
  EXPECT_EQ(load_build_id(put(file)), std::vector<std::byte>{});
}

TEST(BuildId, OfThisProgramsVdsoIsThere) {
  const auto id = load_vdso_build_id();
  ASSERT_TRUE(id);
  EXPECT_EQ(id->size(), 20U);
}

}  // namespace
}  // namespace simdprof
