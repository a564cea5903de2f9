#include "lib/capture/launch.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <filesystem>
#include <string>

namespace simdprof {
namespace {

/// What `argv` prints and its wait status, run by LaunchedCommand or plainly.
struct Outcome {
  std::string output;
  int wait_status = -1;
};

class OutputPipe {
 public:
  OutputPipe() {
    EXPECT_EQ(::pipe2(ends_.data(), O_CLOEXEC), 0);
    saved_ = ::fcntl(1, F_DUPFD_CLOEXEC, 0);
    ::dup2(ends_[1], 1);
    ::close(ends_[1]);
  }
  /// stdout is the old one again; what was printed until the end of file.
  std::string read_all() {
    restore();
    std::string text;
    std::array<char, 4096> buffer{};
    for (ssize_t got = 0; (got = ::read(ends_[0], buffer.data(), buffer.size())) > 0;) {
      text.append(buffer.data(), static_cast<std::size_t>(got));
    }
    ::close(ends_[0]);
    return text;
  }

 private:
  void restore() {
    ::dup2(saved_, 1);
    ::close(saved_);
  }
  std::array<int, 2> ends_{};
  int saved_ = -1;
};

Outcome run_launched(const std::vector<std::string>& argv, bool ignore_sigtrap = false) {
  OutputPipe pipe;
  auto command = LaunchedCommand::start(argv, ignore_sigtrap);
  Outcome outcome;
  EXPECT_TRUE(command);
  if (!command) return outcome;
  const Status went = command->go();
  EXPECT_TRUE(went) << went.error().fact;
  outcome.output = pipe.read_all();
  ::waitpid(command->pid(), &outcome.wait_status, 0);
  return outcome;
}

// As a shell does it, with fork and exec alone (popen would ignore the C library's own signals).
Outcome run_plain(const std::string& shell_command) {
  OutputPipe pipe;
  const pid_t pid = ::fork();
  if (pid == 0) {
    ::execl("/bin/sh", "sh", "-c", shell_command.c_str(), nullptr);
    ::_exit(127);
  }
  Outcome outcome;
  outcome.output = pipe.read_all();
  ::waitpid(pid, &outcome.wait_status, 0);
  return outcome;
}

TEST(LaunchedCommand, GivesOutputAndExitStatusOfTheCommand) {
  const Outcome outcome = run_launched({"sh", "-c", "echo out; exit 7"});
  EXPECT_EQ(outcome.output, "out\n");
  ASSERT_TRUE(WIFEXITED(outcome.wait_status));
  EXPECT_EQ(WEXITSTATUS(outcome.wait_status), 7);
}

TEST(LaunchedCommand, HandsOnTheSignalStateOfAPlainRunWhateverWeChanged) {
  const Outcome plain = run_plain("exec grep -E '^Sig(Blk|Ign|Cgt)' /proc/self/status");
  sigset_t blocked;
  sigset_t before;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGCHLD);
  sigaddset(&blocked, SIGTERM);
  ::pthread_sigmask(SIG_BLOCK, &blocked, &before);
  const auto old_pipe = std::signal(SIGPIPE, SIG_IGN);
  const auto old_user = std::signal(SIGUSR1, [](int) {});
  const Outcome launched = run_launched({"grep", "-E", "^Sig(Blk|Ign|Cgt)", "/proc/self/status"});
  std::signal(SIGPIPE, old_pipe);
  std::signal(SIGUSR1, old_user);
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  ASSERT_FALSE(plain.output.empty());
  EXPECT_EQ(launched.output, plain.output);
}

TEST(LaunchedCommand, IgnoresSigtrapAndNothingElseMoreWhenAsked) {
  const Outcome without = run_launched({"grep", "^SigIgn", "/proc/self/status"}, false);
  const Outcome with = run_launched({"grep", "^SigIgn", "/proc/self/status"}, true);
  ASSERT_GT(with.output.size(), 8U);
  const auto mask = [](const std::string& line) { return std::stoull(line.substr(8), nullptr, 16); };
  EXPECT_EQ(mask(with.output), mask(without.output) | (1ULL << (SIGTRAP - 1)));
}

TEST(LaunchedCommand, LeavesNoDescriptorOfOursInTheCommand) {
  const Outcome plain = run_plain("ls /proc/self/fd | wc -l");
  const Outcome launched = run_launched({"sh", "-c", "ls /proc/self/fd | wc -l"});
  EXPECT_EQ(launched.output, plain.output);
}

TEST(LaunchedCommand, KeepsProcessGroupAndSession) {
  const std::string expected = std::to_string(::getpgrp()) + " " + std::to_string(::getsid(0));
  const Outcome launched = run_launched({"sh", "-c", "cut -d' ' -f5,6 /proc/$$/stat"});
  EXPECT_EQ(launched.output, expected + "\n");
}

TEST(LaunchedCommand, SaysThatTheCommandIsNotThere) {
  auto command = LaunchedCommand::start({"no-such-command-at-all"}, false);
  ASSERT_TRUE(command);
  const Status went = command->go();
  ASSERT_FALSE(went);
  EXPECT_EQ(went.error().code, Errc::not_found);
  EXPECT_NE(went.error().fact.find("no-such-command-at-all"), std::string::npos);
}

TEST(LaunchedCommand, SaysThatTheFileMayNotBeRun) {
  auto command = LaunchedCommand::start({"/proc/self/status"}, false);
  ASSERT_TRUE(command);
  const Status went = command->go();
  ASSERT_FALSE(went);
  EXPECT_EQ(went.error().code, Errc::permission);
}

TEST(LaunchedCommand, RefusesAnEmptyCommand) {
  const auto command = LaunchedCommand::start({}, false);
  ASSERT_FALSE(command);
  EXPECT_EQ(command.error().code, Errc::usage);
}

TEST(LaunchedCommand, RunsNothingWhenItIsDroppedBeforeGo) {
  const std::string mark = testing::TempDir() + "launched_mark_" + std::to_string(::getpid());
  Pid pid = -1;
  {
    auto command = LaunchedCommand::start({"touch", mark}, false);
    ASSERT_TRUE(command);
    pid = command->pid();
    EXPECT_EQ(::kill(pid, 0), 0);
  }
  EXPECT_EQ(::kill(pid, 0), -1);  // reaped
  EXPECT_FALSE(std::filesystem::exists(mark));
}

}  // namespace
}  // namespace simdprof
