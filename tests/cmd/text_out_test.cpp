#include "cmd/text_out.h"

#include <gtest/gtest.h>

#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <string>

namespace simdprof::cmd {
namespace {

/// A file in memory that takes the output.
class Sink {
 public:
  Sink() : fd_(::memfd_create("out", MFD_CLOEXEC)) {}
  Sink(const Sink&) = delete;
  Sink& operator=(const Sink&) = delete;
  ~Sink() { ::close(fd_); }
  [[nodiscard]] int fd() const { return fd_; }
  [[nodiscard]] std::string text() const {
    std::string text(static_cast<std::size_t>(::lseek(fd_, 0, SEEK_END)), '\0');
    EXPECT_EQ(::pread(fd_, text.data(), text.size(), 0), static_cast<ssize_t>(text.size()));
    return text;
  }

 private:
  int fd_;
};

std::shared_ptr<const std::string> kept(char letter, std::size_t bytes) {
  return std::make_shared<const std::string>(bytes, letter);
}

void append(TextOut& out, const std::shared_ptr<const std::string>& text) {
  const std::shared_ptr<const void> owner = text;
  out.append(*text, &owner);
}

TEST(TextOut, ATextWithoutAnOwnerIsCopied) {
  const Sink sink;
  TextOut out(sink.fd());
  std::string text(1000, 'x');
  out.append(text, nullptr);
  text.assign(1000, 'y');
  EXPECT_TRUE(out.finish());
  EXPECT_EQ(sink.text(), std::string(1000, 'x'));
}

TEST(TextOut, WhatIsReferredToStandsWhereItWasGiven) {
  const Sink sink;
  TextOut out(sink.fd());
  std::string expected;
  for (std::size_t i = 0; i < 3000; ++i) {  // more than one writev() takes, and longer than the buffer
    const auto text = kept(static_cast<char>('a' + i % 26), 1 + i * 7 % 400);
    out.write("<");
    append(out, text);
    out.write(">\n");
    out.flush_if_full();
    expected += "<" + *text + ">\n";
  }
  EXPECT_TRUE(out.finish());
  EXPECT_EQ(sink.text(), expected);
}

TEST(TextOut, ATextThatNothingElseKeepsIsKeptUntilItIsWritten) {
  const Sink sink;
  TextOut out(sink.fd());
  std::weak_ptr<const std::string> watched;
  {
    const auto text = kept('x', 1000);
    watched = text;
    append(out, text);
  }
  EXPECT_FALSE(watched.expired());
  EXPECT_TRUE(out.finish());
  EXPECT_TRUE(watched.expired());
  EXPECT_EQ(sink.text(), std::string(1000, 'x'));
}

TEST(TextOut, AShortTextIsCopiedAndNotKept) {
  const Sink sink;
  TextOut out(sink.fd());
  {
    const auto text = kept('x', 3);
    append(out, text);
    EXPECT_EQ(text.use_count(), 1);
  }
  EXPECT_TRUE(out.finish());
  EXPECT_EQ(sink.text(), "xxx");
}

// The kernel takes the first bytes and then no more.
TEST(TextOut, AFileThatMayNotGrowHasTheFirstBytesAndTheErrorIsTold) {
  const Sink sink;
  rlimit before{};
  ::getrlimit(RLIMIT_FSIZE, &before);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit small{1500, before.rlim_max};
  ::setrlimit(RLIMIT_FSIZE, &small);
  TextOut out(sink.fd());
  for (const char letter : {'a', 'b', 'c'}) {
    const auto text = kept(letter, 700);
    out.write("-");
    append(out, text);
  }
  testing::internal::CaptureStderr();
  const bool written = out.finish();
  const std::string told = testing::internal::GetCapturedStderr();
  ::setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  EXPECT_FALSE(written);
  EXPECT_NE(told.find("standard output: cannot write: File too large"), std::string::npos) << told;
  const std::string all = "-" + std::string(700, 'a') + "-" + std::string(700, 'b') + "-" + std::string(700, 'c');
  EXPECT_EQ(sink.text(), all.substr(0, 1500));
}

}  // namespace
}  // namespace simdprof::cmd
