#include "lib/capture/ptrace_requests.h"

#include <sys/ptrace.h>
#include <sys/uio.h>

#include <array>
#include <bit>
#include <cerrno>

namespace simdprof::ptrace {
namespace {

// glibc declares ptrace with varargs of pointer size; all requests here pass one address and one data word.
long request(__ptrace_request what, Tid tid, std::uintptr_t address, const void* data) {
  return ::ptrace(what, tid, address, data);
}

long request(__ptrace_request what, Tid tid, std::uintptr_t address, std::uintptr_t data) {
  return ::ptrace(what, tid, address, data);
}

std::uintptr_t as_word(int signal) { return static_cast<std::uintptr_t>(static_cast<unsigned>(signal)); }

}  // namespace

int seize(Tid tid, bool follow) {
  std::uintptr_t options = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEEXEC;
  if (follow) options |= PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK;
  return request(PTRACE_SEIZE, tid, 0, options) == 0 ? 0 : errno;
}

bool interrupt(Tid tid) { return request(PTRACE_INTERRUPT, tid, 0, std::uintptr_t{0}) == 0; }
bool resume(Tid tid, int signal) { return request(PTRACE_CONT, tid, 0, as_word(signal)) == 0; }
bool resume_to_syscall(Tid tid, int signal) { return request(PTRACE_SYSCALL, tid, 0, as_word(signal)) == 0; }
bool listen(Tid tid) { return request(PTRACE_LISTEN, tid, 0, std::uintptr_t{0}) == 0; }
bool detach(Tid tid, int signal) { return request(PTRACE_DETACH, tid, 0, as_word(signal)) == 0; }

std::optional<siginfo_t> load_siginfo(Tid tid) {
  siginfo_t info{};
  if (request(PTRACE_GETSIGINFO, tid, 0, &info) != 0) return std::nullopt;
  return info;
}

bool store_siginfo(Tid tid, const siginfo_t& info) { return request(PTRACE_SETSIGINFO, tid, 0, &info) == 0; }

std::vector<siginfo_t> peek_pending(Tid tid) {
  constexpr std::size_t kMost = 32;
  std::vector<siginfo_t> pending(kMost);
  __ptrace_peeksiginfo_args arguments{};
  arguments.nr = kMost;
  const long got = ::ptrace(PTRACE_PEEKSIGINFO, tid, &arguments, pending.data());
  pending.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  return pending;
}

std::optional<std::uint64_t> load_signal_mask(Tid tid) {
  std::uint64_t mask = 0;
  if (request(PTRACE_GETSIGMASK, tid, sizeof(mask), &mask) != 0) return std::nullopt;
  return mask;
}

bool store_signal_mask(Tid tid, std::uint64_t mask) {
  return request(PTRACE_SETSIGMASK, tid, sizeof(mask), &mask) == 0;
}

std::optional<Tid> load_event_tid(Tid tid) {
  unsigned long value = 0;
  if (request(PTRACE_GETEVENTMSG, tid, 0, &value) != 0) return std::nullopt;
  return static_cast<Tid>(value);
}

std::size_t load_regset(Tid tid, unsigned type, std::span<std::byte> bytes) {
  iovec target{bytes.data(), bytes.size()};
  return request(PTRACE_GETREGSET, tid, type, &target) == 0 ? target.iov_len : 0;
}

bool store_regset(Tid tid, unsigned type, std::span<const std::byte> bytes) {
  std::vector<std::byte> copy(bytes.begin(), bytes.end());
  iovec source{copy.data(), copy.size()};
  return request(PTRACE_SETREGSET, tid, type, &source) == 0;
}

// ptrace moves a long at a time: 32 bits in a 32-bit simdprof, which reaches the lower 4 GiB alone.
std::optional<std::uint64_t> load_word(Tid tid, VirtAddr at) {
  std::array<unsigned long, sizeof(std::uint64_t) / sizeof(long)> parts{};
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto place = static_cast<std::uintptr_t>(at + i * sizeof(long));
    if (place != at + i * sizeof(long)) return std::nullopt;
    errno = 0;
    parts[i] = static_cast<unsigned long>(::ptrace(PTRACE_PEEKDATA, tid, place, nullptr));
    if (errno != 0) return std::nullopt;
  }
  return std::bit_cast<std::uint64_t>(parts);
}

bool store_word(Tid tid, VirtAddr at, std::uint64_t value) {
  const auto parts = std::bit_cast<std::array<unsigned long, sizeof(value) / sizeof(long)>>(value);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto place = static_cast<std::uintptr_t>(at + i * sizeof(long));
    if (place != at + i * sizeof(long)) return false;
    if (request(PTRACE_POKEDATA, tid, place, std::uintptr_t{parts[i]}) != 0) return false;
  }
  return true;
}

}  // namespace simdprof::ptrace
