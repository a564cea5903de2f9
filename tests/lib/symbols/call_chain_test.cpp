#include "lib/symbols/call_chain.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/uio.h>
#include <ucontext.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <string>
#include <vector>

#include "tests/lib/symbols/own_process.h"

namespace simdprof {
namespace {

using testing::ElementsAre;

/// Words as the kernel writes them.
std::vector<std::byte> bytes_of(const std::vector<std::uint64_t>& words) {
  std::vector<std::byte> bytes(words.size() * 8);
  std::memcpy(bytes.data(), words.data(), bytes.size());
  return bytes;
}

class RecordedChain : public testing::Test {
 protected:
  std::vector<CallFrame> unwind(const std::vector<std::uint64_t>& words, CpuMode mode, VirtAddr ip) {
    const auto bytes = bytes_of(words);
    Sample sample;
    sample.present = abi::PERF_SAMPLE_IP | abi::PERF_SAMPLE_CALLCHAIN;
    sample.mode = mode;
    sample.ip = ip;
    sample.callchain = WordView(bytes);
    std::vector<CallFrame> frames;
    unwinder_.unwind(spaces_, sample, frames);
    return frames;
  }
  AddressSpaces spaces_;
  Resolver resolver_{SymbolOptions{}};
  Unwinder unwinder_{resolver_};
};

TEST_F(RecordedChain, MarkersSetTheModeAndAreTakenOut) {
  const auto frames = unwind(
      {abi::PERF_CONTEXT_KERNEL, 0xffffffff81000010, 0xffffffff81000020, abi::PERF_CONTEXT_USER, 0x401000, 0x402000},
      CpuMode::kernel, 0xffffffff81000010);
  ASSERT_EQ(frames.size(), 4U);
  EXPECT_EQ(frames[0].mode, CpuMode::kernel);
  EXPECT_EQ(frames[1].mode, CpuMode::kernel);
  EXPECT_EQ(frames[2].mode, CpuMode::user);
  EXPECT_EQ(frames[3].address, 0x402000U);
}

TEST_F(RecordedChain, OnlyReturnAddressesAreLookedUpOneByteEarlier) {
  const auto frames = unwind(
      {abi::PERF_CONTEXT_KERNEL, 0xffffffff81000010, 0xffffffff81000020, abi::PERF_CONTEXT_USER, 0x401000, 0x402000},
      CpuMode::kernel, 0xffffffff81000010);
  ASSERT_EQ(frames.size(), 4U);
  EXPECT_EQ(frames[0].lookup_address, 0xffffffff81000010U) << "interrupted there";
  EXPECT_EQ(frames[1].lookup_address, 0xffffffff8100001fU);
  EXPECT_EQ(frames[2].lookup_address, 0x401000U) << "where the kernel was entered";
  EXPECT_EQ(frames[3].lookup_address, 0x401fffU);
}

TEST_F(RecordedChain, AChainWithoutAddressesFallsBackToTheSampledOne) {
  const auto frames = unwind({abi::PERF_CONTEXT_USER}, CpuMode::user, 0x401234);
  ASSERT_EQ(frames.size(), 1U);
  EXPECT_EQ(frames[0].address, 0x401234U);
  EXPECT_EQ(frames[0].mode, CpuMode::user);
}

TEST_F(RecordedChain, TheCookieOfADeferredChainIsNoAddress) {
  const auto frames = unwind({abi::PERF_CONTEXT_KERNEL, 0xffffffff81000010, abi::PERF_CONTEXT_USER_DEFERRED, 0x1234},
                             CpuMode::kernel, 0xffffffff81000010);
  ASSERT_EQ(frames.size(), 1U);
  EXPECT_EQ(frames[0].address, 0xffffffff81000010U);
}

TEST_F(RecordedChain, AGuestSampleIsItsAddressAndNothingMore) {
  const auto frames = unwind({abi::PERF_CONTEXT_GUEST_USER, 0x5000, 0x6000}, CpuMode::guest_user, 0x5000);
  ASSERT_EQ(frames.size(), 1U);
  EXPECT_EQ(frames[0].address, 0x5000U);
  EXPECT_EQ(frames[0].mode, CpuMode::guest_user);
}

#if defined(__x86_64__)

/// A sample of this very process: registers and stack as they are when take() runs.
struct SelfSample {
  static constexpr std::size_t kStackBytes = 32768;
  std::vector<std::byte> registers;
  std::vector<std::byte> stack;

  void take(const ucontext_t& context) {
    const auto& g = context.uc_mcontext.gregs;
    const auto reg = [&g](int number) { return static_cast<std::uint64_t>(g[number]); };
    // Order of perf's register numbers: AX BX CX DX SI DI BP SP IP R8..R15.
    registers = bytes_of({reg(REG_RAX), reg(REG_RBX), reg(REG_RCX), reg(REG_RDX), reg(REG_RSI), reg(REG_RDI),
                          reg(REG_RBP), reg(REG_RSP), reg(REG_RIP), reg(REG_R8), reg(REG_R9), reg(REG_R10),
                          reg(REG_R11), reg(REG_R12), reg(REG_R13), reg(REG_R14), reg(REG_R15)});
    // By way of the kernel: it stops at the end of the stack, and a sanitizer does not object.
    stack.resize(kStackBytes);
    const iovec to{stack.data(), stack.size()};
    const iovec from{reinterpret_cast<void*>(reg(REG_RSP)), stack.size()};
    const ssize_t got = process_vm_readv(getpid(), &to, 1, &from, 1, 0);
    stack.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  }
  [[nodiscard]] Sample sample() const {
    Sample sample;
    sample.present = abi::PERF_SAMPLE_IP | abi::PERF_SAMPLE_REGS_USER | abi::PERF_SAMPLE_STACK_USER;
    sample.mode = CpuMode::user;
    sample.pid = sample.tid = getpid();
    sample.regs_user.abi = abi::PERF_SAMPLE_REGS_ABI_64;
    sample.regs_user.mask = 0xff01ff;
    sample.regs_user.words = WordView(registers);
    sample.ip = sample.regs_user.words[8];
    sample.stack_user = stack;
    return sample;
  }
};

SelfSample g_self;

// The calls must stay calls: no inlining, and work after each so that none becomes a jump.
extern "C" __attribute__((noinline, used)) int simdprof_test_leaf(int depth) {
  ucontext_t context;
  if (getcontext(&context) != 0) return -1;
  g_self.take(context);
  return depth + 1;
}
extern "C" __attribute__((noinline, used)) int simdprof_test_middle(int depth) { return simdprof_test_leaf(depth) * 3; }
extern "C" __attribute__((noinline, used)) int simdprof_test_outer(int depth) {
  return simdprof_test_middle(depth) + 7;
}
// NOLINTNEXTLINE(misc-no-recursion)
extern "C" __attribute__((noinline, used)) int simdprof_test_recurse(int depth) {
  const int below = depth == 0 ? simdprof_test_leaf(0) : simdprof_test_recurse(depth - 1);
  __asm__ volatile("" ::: "memory");  // or -O2 makes a loop of it
  return depth == 0 ? below : below + 1;
}
extern "C" __attribute__((noinline, used)) void simdprof_test_handler(int, siginfo_t*, void*) {
  simdprof_test_leaf(0);
  __asm__ volatile("" ::: "memory");  // or -O2 makes a jump of it
}
extern "C" __attribute__((noinline, used)) int simdprof_test_raise(int depth) {
  // A fault, not a call, so that the interrupted address is no return address.
  __asm__ volatile("ud2; simdprof_test_after_fault:" ::: "memory");
  return depth + 1;
}
extern "C" __attribute__((noinline, used)) void simdprof_test_fault_handler(int number, siginfo_t* info, void* raw) {
  simdprof_test_handler(number, info, raw);
  static_cast<ucontext_t*>(raw)->uc_mcontext.gregs[REG_RIP] += 2;  // past the ud2
}

class UserStack : public testing::Test {
 protected:
  UserStack() {
    test::observe_self(spaces_);
    SymbolOptions options;
    options.kernel_release = test::release();
    resolver_ = std::make_unique<Resolver>(options);
    unwinder_ = std::make_unique<Unwinder>(*resolver_);
  }
  std::vector<std::string> names(const Sample& sample) {
    unwinder_->unwind(spaces_, sample, frames_);
    std::vector<std::string> names;
    for (const CallFrame& frame : frames_) {
      names.emplace_back(resolver_->locate(spaces_, getpid(), frame.lookup_address, frame.mode).symbol);
    }
    return names;
  }
  AddressSpaces spaces_;
  std::unique_ptr<Resolver> resolver_;
  std::unique_ptr<Unwinder> unwinder_;
  std::vector<CallFrame> frames_;
};

TEST_F(UserStack, IsUnwoundByCallFrameInformationUpToMainsCaller) {
  ASSERT_EQ(simdprof_test_outer(1), 13);
  const auto chain = names(g_self.sample());
  ASSERT_GE(chain.size(), 8U);
  EXPECT_EQ(chain[0], "simdprof_test_leaf");
  EXPECT_EQ(chain[1], "simdprof_test_middle");
  EXPECT_EQ(chain[2], "simdprof_test_outer");
  EXPECT_EQ(chain[chain.size() - 1], "_start");
  EXPECT_THAT(chain, testing::Contains("main"));
}

TEST_F(UserStack, OfOneSampleGivesTheSameChainAgain) {
  ASSERT_EQ(simdprof_test_outer(1), 13);
  const auto first = names(g_self.sample());
  EXPECT_EQ(names(g_self.sample()), first);
}

TEST_F(UserStack, GoesThroughASignalFrameToWhereTheTaskWasInterrupted) {
  struct sigaction action {};
  struct sigaction before {};
  action.sa_sigaction = simdprof_test_fault_handler;
  action.sa_flags = SA_SIGINFO;
  ASSERT_EQ(sigaction(SIGILL, &action, &before), 0);
  ASSERT_EQ(simdprof_test_raise(4), 5);
  sigaction(SIGILL, &before, nullptr);
  const auto chain = names(g_self.sample());
  ASSERT_GE(chain.size(), 6U);
  EXPECT_EQ(chain[0], "simdprof_test_leaf");
  EXPECT_EQ(chain[1], "simdprof_test_handler");
  EXPECT_EQ(chain[2], "simdprof_test_fault_handler");
  EXPECT_EQ(chain[4], "simdprof_test_raise") << "frame 3 is the trampoline";
  EXPECT_EQ(frames_[4].address, frames_[4].lookup_address) << "interrupted, not called from there";
}

TEST_F(UserStack, IsCutAtTheFrameLimit) {
  ASSERT_EQ(simdprof_test_recurse(500), 501);
  const auto chain = names(g_self.sample());
  EXPECT_EQ(chain.size(), 127U);
  EXPECT_EQ(chain.back(), "simdprof_test_recurse");
}

TEST_F(UserStack, EndsWhereTheRecordedBytesEnd) {
  ASSERT_EQ(simdprof_test_outer(1), 13);
  const auto whole = names(g_self.sample());
  for (std::size_t bytes = 0; bytes <= 4096; bytes += 8) {
    Sample sample = g_self.sample();
    sample.stack_user = sample.stack_user.first(bytes);
    const auto chain = names(sample);
    ASSERT_LE(chain.size(), whole.size()) << bytes;
    ASSERT_FALSE(chain.empty()) << bytes;
    EXPECT_TRUE(std::equal(chain.begin(), chain.end(), whole.begin())) << bytes;
  }
}

TEST_F(UserStack, StandsBehindTheKernelsPartOfTheChain) {
  ASSERT_EQ(simdprof_test_outer(1), 13);
  const auto words = bytes_of({abi::PERF_CONTEXT_KERNEL, 0xffffffff81000010, 0xffffffff81000020});
  Sample sample = g_self.sample();
  sample.present |= abi::PERF_SAMPLE_CALLCHAIN;
  sample.mode = CpuMode::kernel;
  sample.callchain = WordView(words);
  const auto chain = names(sample);
  ASSERT_GE(chain.size(), 6U);
  EXPECT_EQ(frames_[0].mode, CpuMode::kernel);
  EXPECT_EQ(frames_[1].mode, CpuMode::kernel);
  EXPECT_EQ(frames_[2].mode, CpuMode::user);
  EXPECT_EQ(chain[2], "simdprof_test_leaf");
}

TEST_F(UserStack, OfA32BitTaskIsNotUnwound) {
  ASSERT_EQ(simdprof_test_outer(1), 13);
  Sample sample = g_self.sample();
  sample.regs_user.abi = abi::PERF_SAMPLE_REGS_ABI_32;
  EXPECT_EQ(names(sample).size(), 1U);
}

TEST_F(UserStack, OfGarbageEndsInABoundedNumberOfFrames) {
  ASSERT_EQ(simdprof_test_outer(1), 13);
  // Every word of the stack points into the leaf: an endless chain for whoever believes it.
  const auto leaf = reinterpret_cast<std::uint64_t>(&simdprof_test_middle) + 8;
  const auto stack = bytes_of(std::vector<std::uint64_t>(4096, leaf));
  Sample sample = g_self.sample();
  sample.stack_user = stack;
  EXPECT_LE(names(sample).size(), 127U);
}

#endif

}  // namespace
}  // namespace simdprof
