#include "decoders/registers/image_registers.h"

#include <gtest/gtest.h>

#include "tests/decoders/registers/register_input.h"

namespace simdprof {
namespace {

using namespace abi;
using test::ascending;
using test::Bytes;
using test::zen4_table;
using test::operator+;

constexpr std::uint64_t kX87 = 1U << 0U, kSse = 1U << 1U, kYmm = 1U << 2U, kOpmask = 1U << 5U, kZmmHi = 1U << 6U,
                        kHi16 = 1U << 7U;
constexpr std::uint64_t kAll = kX87 | kSse | kYmm | kOpmask | kZmmHi | kHi16;

RegisterImage image_of(std::uint64_t available, std::uint64_t in_use, std::uint64_t stored, const Bytes& data) {
  RegisterImage image;
  image.available = available;
  image.in_use = in_use;
  image.stored = stored;
  image.mxcsr = 0x9fc0;
  image.data = data;
  return image;
}

RegisterSet decoded(const RegisterImage& image) {
  const auto checked = check_image(image, zen4_table());
  EXPECT_TRUE(checked) << (checked ? "" : checked.error().fact);
  RegisterSet set;
  set.arch = Arch::x86_64;
  decode_image(image, zen4_table(), set);
  return set;
}

// Stored components one after another, ascending: x87 160, SSE 256, YMM_Hi128 256, opmask 64, ZMM_Hi256 512,
// Hi16_ZMM 1024 bytes.
const Bytes kX87Bytes = ascending(0x8700, 20);
const Bytes kSseBytes = ascending(0x1000, 32);
const Bytes kYmmBytes = ascending(0x2000, 32);
const Bytes kOpmaskBytes = ascending(0x5000, 8);
const Bytes kZmmHiBytes = ascending(0x6000, 64);
const Bytes kHi16Bytes = ascending(0x7000, 128);

TEST(ImageRegisters, AZmmRegisterIsPutTogetherFromThreeComponents) {
  const Bytes data = kX87Bytes + kSseBytes + kYmmBytes + kOpmaskBytes + kZmmHiBytes + kHi16Bytes;
  const auto set = decoded(image_of(kAll, kAll, kAll, data));
  EXPECT_EQ(set.vector_origin, Origin::xstate);
  EXPECT_EQ(set.xstate_in_use, kAll);
  const std::array<std::uint64_t, 8> zmm15 = {0x101e, 0x101f, 0x201e, 0x201f, 0x603c, 0x603d, 0x603e, 0x603f};
  EXPECT_EQ(set.vector[15].words, zmm15);
  const std::array<std::uint64_t, 8> zmm17 = {0x7008, 0x7009, 0x700a, 0x700b, 0x700c, 0x700d, 0x700e, 0x700f};
  EXPECT_EQ(set.vector[17].words, zmm17);
  for (const VectorRegister& vector : set.vector) {
    EXPECT_EQ(vector.xmm, Presence::valid);
    EXPECT_EQ(vector.ymm_high, Presence::valid);
    EXPECT_EQ(vector.zmm_high, Presence::valid);
    EXPECT_EQ(vector.recorded_words, 0xffU);
  }
  EXPECT_EQ(set.opmask_presence, Presence::valid);
  EXPECT_EQ(set.opmask[3], 0x5003U);
  EXPECT_EQ(set.mxcsr, 0x9fc0U);
  EXPECT_EQ(set.mxcsr_presence, Presence::valid);
}

TEST(ImageRegisters, NotAvailableInitAndNotStoredAreThreeThings) {
  // AVX machine; XMM in use and stored, YMM_Hi128 in INIT state, no AVX-512 at all.
  const auto set = decoded(image_of(kX87 | kSse | kYmm, kX87 | kSse, kSse, kSseBytes));
  EXPECT_EQ(set.vector[3].xmm, Presence::valid);
  EXPECT_EQ(set.vector[3].words[0], 0x1006U);
  EXPECT_EQ(set.vector[3].ymm_high, Presence::init);
  EXPECT_EQ(set.vector[3].zmm_high, Presence::not_recorded);
  EXPECT_EQ(set.vector[16].xmm, Presence::not_recorded);
  EXPECT_EQ(set.opmask_presence, Presence::not_recorded);
  // In use, but the recorder was not asked for it.
  const auto narrow = decoded(image_of(kAll, kAll, kSse, kSseBytes));
  EXPECT_EQ(narrow.vector[3].ymm_high, Presence::not_recorded);
  EXPECT_EQ(narrow.vector[3].zmm_high, Presence::not_recorded);
  EXPECT_EQ(narrow.vector[31].xmm, Presence::not_recorded);
  EXPECT_EQ(narrow.opmask_presence, Presence::not_recorded);
  EXPECT_EQ(narrow.xstate_in_use, kAll) << "what was in use is known all the same";
}

TEST(ImageRegisters, EverythingInInitIsInitNotZero) {
  const auto set = decoded(image_of(kAll, 0, 0, {}));
  EXPECT_EQ(set.vector[0].xmm, Presence::init);
  EXPECT_EQ(set.vector[31].zmm_high, Presence::init);
  EXPECT_EQ(set.opmask_presence, Presence::init);
  EXPECT_EQ(set.mxcsr_presence, Presence::init);
  EXPECT_EQ(set.mxcsr, kMxcsrInit) << "INIT of MXCSR is 0x1f80";
  EXPECT_EQ(set.vector[0].recorded_words, 0U);
}

TEST(ImageRegisters, MxcsrIsInUseWithYmmAlone) {
  const auto set = decoded(image_of(kAll, kYmm, kYmm, kYmmBytes));
  EXPECT_EQ(set.mxcsr_presence, Presence::valid);
  EXPECT_EQ(set.mxcsr, 0x9fc0U);
  EXPECT_EQ(set.vector[2].xmm, Presence::init);
  EXPECT_EQ(set.vector[2].ymm_high, Presence::valid);
  EXPECT_EQ(set.vector[2].words[2], 0x2004U);
}

TEST(ImageRegisters, A32BitTaskHasEightRegisters) {
  RegisterSet set;
  set.arch = Arch::x86_64;
  set.abi = PERF_SAMPLE_REGS_ABI_32;
  decode_image(image_of(kAll, kAll, kSse | kHi16, kSseBytes + kHi16Bytes), zen4_table(), set);
  EXPECT_EQ(set.vector[7].xmm, Presence::valid);
  EXPECT_EQ(set.vector[8].xmm, Presence::not_recorded);
  EXPECT_EQ(set.vector[16].xmm, Presence::not_recorded);
}

TEST(CheckImage, RefusesWhatContradictsTheTable) {
  const auto refusal = [](const RegisterImage& image, const XsaveTable& table) {
    const auto checked = check_image(image, table);
    return checked ? std::string("accepted") : checked.error().fact;
  };
  const Bytes short_sse = ascending(0, 31);
  EXPECT_EQ(refusal(image_of(kAll, kSse, kSse, short_sse), zen4_table()),
            "register image has 248 bytes, its components take 256");
  EXPECT_EQ(refusal(image_of(kAll, kSse, kSse, kSseBytes + kOpmaskBytes), zen4_table()),
            "register image has 320 bytes, its components take 256");
  EXPECT_EQ(refusal(image_of(kAll, kSse, kYmm, kYmmBytes), zen4_table()),
            "register image masks contradict each other: available 0xe7, in use 0x2, stored 0x4");
  EXPECT_EQ(refusal(image_of(kSse, kAll, kSse, kSseBytes), zen4_table()),
            "register image masks contradict each other: available 0x2, in use 0xe7, stored 0x2");
  EXPECT_EQ(refusal(image_of(~0ULL, ~0ULL, 1ULL << 63U, {}), zen4_table()),
            "register image masks contradict each other: available 0xffffffffffffffff, in use 0xffffffffffffffff, "
            "stored 0x8000000000000000");
  EXPECT_EQ(refusal(image_of(1U << 17U, 1U << 17U, 1U << 17U, kOpmaskBytes), zen4_table()),
            "register image stores component 17, the machine's table lacks it");
  XsaveTable odd = zen4_table();
  odd.components[2].size = 128;
  EXPECT_EQ(refusal(image_of(kAll, kYmm, kYmm, ascending(0, 16)), odd),
            "component 2 has 128 bytes in the machine's table, its registers take 256");
  auto backwards = image_of(0, 0, 0, {});
  backwards.window_start_ns = 2;
  EXPECT_EQ(refusal(backwards, zen4_table()), "register image ends before it starts");
}

TEST(CheckImage, ComponentsThatHoldNoVectorsMayHaveAnySize) {
  XsaveTable table = zen4_table();
  table.components[18] = {2816, 8192, 0};
  const Bytes tiles(8192);
  const Bytes data = kSseBytes + tiles;
  const std::uint64_t mask = kSse | (1U << 18U);
  EXPECT_TRUE(check_image(image_of(mask, mask, mask, data), table));
}

}  // namespace
}  // namespace simdprof
