#include "lib/capture/launch.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

namespace simdprof {
namespace {

constexpr int kCannotRun = 126;
constexpr int kNotFound = 127;

/// What exec hands on of a process's signal state.
struct SignalState {
  sigset_t mask;
  sigset_t ignored;
};

SignalState load_signal_state() {
  SignalState state;
  sigemptyset(&state.mask);
  sigemptyset(&state.ignored);
  ::pthread_sigmask(SIG_SETMASK, nullptr, &state.mask);
  for (int number = 1; number < NSIG; ++number) {
    struct sigaction action {};
    if (::sigaction(number, nullptr, &action) == 0 && action.sa_handler == SIG_IGN) sigaddset(&state.ignored, number);
  }
  return state;
}

// Taken before main() changes anything: what a shell would have handed to the command itself.
const SignalState kAtProgramStart = load_signal_state();

// In the child: the signal state of a plain run. Handlers of ours vanish with the exec.
void restore_signal_state(bool ignore_sigtrap) {
  for (int number = 1; number < NSIG; ++number) {
    const bool ignored = sigismember(&kAtProgramStart.ignored, number) == 1 || (ignore_sigtrap && number == SIGTRAP);
    struct sigaction action {};
    action.sa_handler = ignored ? SIG_IGN : SIG_DFL;
    ::sigaction(number, &action, nullptr);
  }
  ::pthread_sigmask(SIG_SETMASK, &kAtProgramStart.mask, nullptr);
}

struct Pipe {
  UniqueFd read_end;
  UniqueFd write_end;
};

Result<Pipe> make_pipe() {
  std::array<int, 2> fds{};
  if (::pipe2(fds.data(), O_CLOEXEC) != 0) return fail_errno(errno, "cannot make a pipe");
  return Pipe{UniqueFd(fds[0]), UniqueFd(fds[1])};
}

// Only system calls from here on: other threads of the recorder do not exist in the child, their locks do.
[[noreturn]] void run_child(int go_fd, int error_fd, char* const* argv, bool ignore_sigtrap) {
  char byte = 0;
  ssize_t got = 0;
  do {
    got = ::read(go_fd, &byte, 1);
  } while (got < 0 && errno == EINTR);
  if (got != 1) ::_exit(kNotFound);
  restore_signal_state(ignore_sigtrap);
  ::execvp(argv[0], argv);
  const int error_number = errno;
  const ssize_t written = ::write(error_fd, &error_number, sizeof(error_number));
  ::_exit(written > 0 && error_number == ENOENT ? kNotFound : kCannotRun);
}

}  // namespace

Result<LaunchedCommand> LaunchedCommand::start(const std::vector<std::string>& argv, bool ignore_sigtrap) {
  if (argv.empty()) return fail(Errc::usage, "no command is given");
  auto go = make_pipe();
  if (!go) return fail(go.error());
  auto error = make_pipe();
  if (!error) return fail(error.error());
  std::vector<std::string> words = argv;
  std::vector<char*> pointers;
  pointers.reserve(words.size() + 1);
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);

  const pid_t pid = ::fork();
  if (pid < 0) return fail_errno(errno, "cannot make a process");
  if (pid == 0) {
    // The child's own copy of this end would keep it from seeing the recorder's death.
    ::close(go->write_end.release());
    run_child(go->read_end.get(), error->write_end.get(), pointers.data(), ignore_sigtrap);
  }
  return LaunchedCommand(pid, std::move(go->write_end), std::move(error->read_end), argv[0]);
}

LaunchedCommand::LaunchedCommand(Pid pid, UniqueFd go_pipe, UniqueFd error_pipe, std::string name)
    : pid_(pid), go_pipe_(std::move(go_pipe)), error_pipe_(std::move(error_pipe)), name_(std::move(name)) {}

LaunchedCommand::LaunchedCommand(LaunchedCommand&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      go_pipe_(std::move(other.go_pipe_)),
      error_pipe_(std::move(other.error_pipe_)),
      name_(std::move(other.name_)) {}

LaunchedCommand& LaunchedCommand::operator=(LaunchedCommand&& other) noexcept {
  if (this == &other) return *this;
  abandon();
  pid_ = std::exchange(other.pid_, -1);
  go_pipe_ = std::move(other.go_pipe_);
  error_pipe_ = std::move(other.error_pipe_);
  name_ = std::move(other.name_);
  return *this;
}

LaunchedCommand::~LaunchedCommand() { abandon(); }

void LaunchedCommand::abandon() {
  if (pid_ < 0 || !go_pipe_.valid()) return;
  go_pipe_.reset();
  while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
}

void LaunchedCommand::release() {
  if (!go_pipe_.valid()) return;
  const char byte = 1;
  // A child that is gone already shows in exec_outcome() and in its wait status; SIGPIPE is ignored by main().
  while (::write(go_pipe_.get(), &byte, 1) < 0 && errno == EINTR) {
  }
  go_pipe_.reset();
}

bool LaunchedCommand::sigtrap_was_ignored() { return sigismember(&kAtProgramStart.ignored, SIGTRAP) == 1; }

Status LaunchedCommand::exec_outcome() {
  int error_number = 0;
  ssize_t got = 0;
  do {
    got = ::read(error_pipe_.get(), &error_number, sizeof(error_number));
  } while (got < 0 && errno == EINTR);
  error_pipe_.reset();
  if (got != static_cast<ssize_t>(sizeof(error_number))) return {};
  const Errc code = error_number == ENOENT ? Errc::not_found : Errc::permission;
  return fail(code, fmt::format("cannot run {}: {}", name_, std::strerror(error_number)));
}

Status LaunchedCommand::go() {
  release();
  Status outcome = exec_outcome();
  if (!outcome) {
    while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
    }
    pid_ = -1;
  }
  return outcome;
}

}  // namespace simdprof
