#include "decoders/tracepoint/print_text.h"

#include <gtest/gtest.h>

#include "tests/decoders/tracepoint/said.h"

namespace simdprof {
namespace {

using test::raw;
using test::said;

TEST(PrintPointer, HardwareAddressesRawBytesAndBitmaps) {
  constexpr std::string_view kField =
      "\tfield:u8 mac[6];\toffset:0;\tsize:6;\tsigned:0;\n\tfield:u16 half[3];\toffset:0;\tsize:6;\tsigned:0;\n";
  const auto bytes = raw({1, 2, 0xa0, 0xb0, 0xff, 0});
  EXPECT_EQ(said(kField, R"("%pM %pm %pMF %pMR", REC->mac, REC->mac, REC->mac, REC->mac)", bytes),
            "01:02:a0:b0:ff:00 0102a0b0ff00 01-02-a0-b0-ff-00 00:ff:b0:a0:02:01");
  EXPECT_EQ(said(kField, R"("%*ph|%*phC|%*phD|%*phN", 2, REC->mac, 2, REC->mac, 2, REC->mac, 20, REC->mac)", bytes),
            "01 02|01:02|01-02|0102a0b0ff00");
  EXPECT_EQ(said(kField, R"("%*ph", 99, REC->mac)", bytes), "01 02 a0 b0 ff 00");
}

TEST(PrintPointer, BitmapsAreOfLongs) {
  constexpr std::string_view kField = "\tfield:unsigned long m[2];\toffset:0;\tsize:16;\tsigned:0;\n";
  const std::string print = R"("%*pbl|%*pb|%8pb", 40, REC->m, 40, REC->m, REC->m)";
  EXPECT_EQ(said(kField, print, test::words({0x8000000003, 0})), "0-1,39|80,00000003|03");
  const auto big = raw({0, 0, 0, 0x80, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0});
  EXPECT_EQ(said(kField, print, big, std::endian::big), "0-1,39|80,00000003|03");
  const auto big_short = raw({0, 0, 0, 3, 0, 0, 0, 0x80, 0, 0, 0, 0, 0, 0, 0, 0});
  EXPECT_EQ(said(kField, print, big_short, std::endian::big, 4), "0-1,39|80,00000003|03");
}

TEST(PrintPointer, AddressesOfNetworksAndUuids) {
  constexpr std::string_view kField =
      "\tfield:u8 ip[16];\toffset:0;\tsize:16;\tsigned:0;\n\tfield:__u8 sock[28];\toffset:0;\tsize:28;\tsigned:0;\n";
  const auto v6 = raw({0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9});
  EXPECT_EQ(said(kField, R"("%pI4 %pi4", REC->ip, REC->ip)", v6), "32.1.13.184 032.001.013.184");
  EXPECT_EQ(said(kField, R"("%pI6c", REC->ip)", v6), "2001:db8::1");
  EXPECT_EQ(said(kField, R"("%pI6", REC->ip)", v6), "2001:0db8:0000:0000:0000:0000:0000:0001");
  EXPECT_EQ(said(kField, R"("%pi6", REC->ip)", v6), "20010db8000000000000000000000001");
  EXPECT_EQ(
      said(kField, R"("%pU %pUl %pUB", REC->ip, REC->ip, REC->ip)", v6),
      "20010db8-0000-0000-0000-000000000001 b80d0120-0000-0000-0000-000000000001 20010DB8-0000-0000-0000-000000000001");
  test::Bytes inet = raw({2, 0, 0x1f, 0x90, 127, 0, 0, 1});
  inet.resize(28);
  EXPECT_EQ(said(kField, R"("%pISpc %pIS", REC->sock, REC->sock)", inet), "127.0.0.1:8080 127.0.0.1");
  test::Bytes inet6 = raw({10, 0, 0, 80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0});
  EXPECT_EQ(said(kField, R"("%pISpc %pISc", REC->sock, REC->sock)", inet6), "[::1]:80 ::1");
}

TEST(PrintPointer, PointersAndWhatIsBehindThem) {
  constexpr std::string_view kField =
      "\tfield:void * p;\toffset:0;\tsize:8;\tsigned:0;\n\tfield:const char * t;\toffset:8;\tsize:8;\tsigned:0;\n";
  const std::string print = R"("%p %pS %ps %s", REC->p, (void *)REC->p, REC->p, REC->t)";
  const auto bytes = test::words({0xffffffff81000010, 0xffffffff81a00000});
  EXPECT_EQ(said(kField, print, bytes), "0xffffffff81000010 do_one+0x10 do_one a kernel text");
  EXPECT_EQ(said(kField, print, test::words({0x1234, 0xffffffff82000000})), "0x1234 0x1234 0x1234 do_two");
  EXPECT_EQ(said(kField, print, test::words({0, 0})), "(nil) 0x0 0x0 (null)");
  EXPECT_EQ(said(kField, print, test::words({1, 0xabc})), "0x1 0x1 0x1 abc");
}

}  // namespace
}  // namespace simdprof
