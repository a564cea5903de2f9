#include "lib/capture/ptrace_remote.h"

#include <elf.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "lib/base/cursor.h"
#include "lib/base/fd.h"
#include "lib/capture/proc_maps.h"
#include "lib/capture/ptrace_call.h"
#include "lib/capture/ptrace_requests.h"

namespace simdprof {
namespace {

using Registers = std::vector<std::uint64_t>;

std::optional<Registers> load_registers(Tid tid) {
  Registers registers(native_call_abi().words);
  const auto bytes = std::as_writable_bytes(std::span(registers));
  if (ptrace::load_regset(tid, NT_PRSTATUS, bytes) != bytes.size()) return std::nullopt;
  return registers;
}

bool store_registers(Tid tid, const Registers& registers) {
  return ptrace::store_regset(tid, NT_PRSTATUS, std::as_bytes(std::span(registers)));
}

/// After a call of ours the thread is to go on from where it stood before.
void resume_registers(Tid tid, Registers registers) {
  const CallAbi& abi = native_call_abi();
  if (abi.set_restart == nullptr) {
    store_registers(tid, registers);
    return;
  }
  const auto next = ptrace::load_word(tid, abi.next_instruction(registers));
  abi.set_restart(registers, static_cast<std::uint32_t>(next.value_or(0)));
  store_registers(tid, registers);
  constexpr std::int32_t kNone = -1;
  ptrace::store_regset(tid, NT_ARM_SYSTEM_CALL, std::as_bytes(std::span(&kNone, 1)));
}

std::optional<VirtAddr> find_vdso(Tid tid) {
  const auto bytes = load_bytes(fmt::format("/proc/{}/auxv", tid), 4096);
  if (!bytes) return std::nullopt;
  Cursor in{*bytes};
  while (in.remaining() >= 16) {
    const std::uint64_t key = in.u64();
    const std::uint64_t value = in.u64();
    if (key == AT_SYSINFO_EHDR) return value;
  }
  return std::nullopt;
}

/// Where `wanted` stands first in the code at [start, start + size).
std::optional<VirtAddr> find_code(Tid tid, VirtAddr start, std::size_t size, std::span<const std::byte> wanted) {
  const auto memory = open_to_read(fmt::format("/proc/{}/mem", tid));
  if (!memory) return std::nullopt;
  std::vector<std::byte> code(size);
  std::size_t got = 0;
  while (got < code.size()) {
    const ssize_t more = ::pread(memory->get(), code.data() + got, code.size() - got, static_cast<off_t>(start + got));
    if (more <= 0) break;
    got += static_cast<std::size_t>(more);
  }
  const std::span<const std::byte> bytes(code.data(), got);
  for (std::size_t at = 0; at + wanted.size() <= got; at += native_call_abi().alignment) {
    const auto here = bytes.subspan(at, wanted.size());
    if (std::equal(here.begin(), here.end(), wanted.begin())) return start + at;
  }
  return std::nullopt;
}

// The vdso falls back to real system calls, so it has the instruction, whatever the program itself is made of.
std::optional<VirtAddr> find_syscall_instruction(Tid tid) {
  constexpr std::size_t kVdsoBytes = 8192;
  const auto vdso = find_vdso(tid);
  return vdso ? find_code(tid, *vdso, kVdsoBytes, native_call_abi().instruction) : std::nullopt;
}

// The vdso has none: its calls do something afterwards. The dynamic loader, where a program begins, has some, and so
// has a static program.
std::optional<VirtAddr> find_call_and_return(Tid tid, VirtAddr entry) {
  constexpr std::uint64_t kMostBytes = std::uint64_t{4} << 20U;
  const auto maps = load_text(fmt::format("/proc/{}/maps", tid));
  if (!maps) return std::nullopt;
  for (const ProcMapping& mapping : parse_proc_maps(*maps)) {
    if (entry < mapping.start || entry >= mapping.end) continue;
    const auto size = static_cast<std::size_t>(std::min(mapping.end - mapping.start, kMostBytes));
    return find_code(tid, mapping.start, size, native_call_abi().call_and_return);
  }
  return std::nullopt;
}

/// Whether a thread stands at the SIGTRAP of a sample of ours.
bool is_sample_stop(Tid tid) {
  const auto info = ptrace::load_siginfo(tid);
  return info && is_perf_trap(*info, sigtrap_cookie());
}

auto fail_ended(Tid tid) { return fail(Errc::not_found, fmt::format("thread {} has ended", tid)); }

// In strict mode the kernel kills a thread for any call but four.
bool under_strict_seccomp(Tid tid) {
  const auto status = load_text(fmt::format("/proc/{}/status", tid));
  return status && status->find("\nSeccomp:\t1\n") != std::string::npos;
}

}  // namespace

std::optional<TraceeStop> RemoteCaller::settle(Tid tid) {
  if (stops_.keeps(tid)) return std::nullopt;
  if (!ptrace::interrupt(tid) || !ptrace::resume(tid, 0)) {
    (void)stops_.wait_for(tid);
    return std::nullopt;
  }
  for (;;) {
    const auto status = stops_.wait_for(tid);
    if (!status) return std::nullopt;
    const TraceeStop stop = classify_stop(*status);
    if (stop.kind == TraceeStop::Kind::interrupted || stop.kind == TraceeStop::Kind::group_stop) return stop;
    // The interrupt comes before any signal; only an event of the system call that is under way can be in between.
    if (!ptrace::resume(tid, 0)) return std::nullopt;
  }
}

std::optional<TraceeStop> RemoteCaller::run_to_syscall_stop(Tid tid) {
  int signal = 0;
  for (;;) {
    if (!ptrace::resume_to_syscall(tid, std::exchange(signal, 0))) return std::nullopt;
    const auto status = stops_.wait_for(tid);
    if (!status) return std::nullopt;
    const TraceeStop stop = classify_stop(*status);
    // A group stop that begins meanwhile waits: settle() meets it again.
    if (stop.kind == TraceeStop::Kind::interrupted || stop.kind == TraceeStop::Kind::group_stop) continue;
    // No mask holds it back. Passed on it begins such a group stop, unless a SIGCONT has come since.
    const bool stops_all = stop.kind == TraceeStop::Kind::signal && stop.signal == SIGSTOP;
    if (!stops_all) return stop;
    signal = SIGSTOP;
  }
}

Result<std::int64_t> RemoteCaller::call(Tid tid, long number, const std::array<std::uint64_t, 4>& arguments) {
  if (stops_.keeps(tid)) return fail_ended(tid);
  const auto saved = load_registers(tid);
  const auto mask = ptrace::load_signal_mask(tid);
  const auto instruction = find_syscall_instruction(tid);
  if (!saved || !mask || !instruction || under_strict_seccomp(tid)) {
    return fail(Errc::unsupported, fmt::format("thread {} cannot be made to run a system call", tid));
  }
  Registers registers = *saved;
  native_call_abi().set_call(registers, *instruction, number, arguments);
  // With all signals blocked nothing is delivered between here and the call; they wait as they would for any mask.
  bool done = ptrace::store_signal_mask(tid, ~std::uint64_t{0}) && store_registers(tid, registers);
  std::int64_t value = 0;
  for (int step = 0; done && step < 2; ++step) {  // to the entry, to the return
    const auto stop = run_to_syscall_stop(tid);
    if (!stop) return fail_ended(tid);
    done = stop->kind == TraceeStop::Kind::syscall;
  }
  if (const auto after = load_registers(tid); done && after) value = native_call_abi().result(*after);
  resume_registers(tid, *saved);
  ptrace::store_signal_mask(tid, *mask);
  if (!done) return fail(Errc::unsupported, fmt::format("thread {} did not run the system call", tid));
  return value;
}

std::optional<RemoteCaller::EntryCall> RemoteCaller::begin_at_entry(Tid tid, long number,
                                                                    const std::array<std::uint64_t, 4>& arguments) {
  const CallAbi& abi = native_call_abi();
  const auto saved = load_registers(tid);
  if (!saved) return std::nullopt;
  const VirtAddr entry = abi.next_instruction(*saved);
  const auto instruction = find_call_and_return(tid, entry);
  if (!instruction) return std::nullopt;
  Registers registers = *saved;
  abi.set_call(registers, *instruction, number, arguments);
  EntryCall call{*saved, abi.set_return(registers, entry), 0};
  if (call.slot != 0) {
    const auto word = ptrace::load_word(tid, call.slot);
    if (!word || !ptrace::store_word(tid, call.slot, entry)) return std::nullopt;
    call.slot_word = *word;
  }
  if (!store_registers(tid, registers)) return std::nullopt;
  return call;
}

Result<std::int64_t> RemoteCaller::call_at_entry(Tid tid, long number, const std::array<std::uint64_t, 4>& arguments) {
  if (stops_.keeps(tid)) return fail_ended(tid);
  const auto begun = begin_at_entry(tid, number, arguments);
  if (!begun) return call(tid, number, arguments);
  // Signals are not blocked, as in call(): if we died they would stay so.
  int signal = 0;
  for (int step = 0; step < 2 && signal == 0;) {  // to the entry, to the return
    const auto stop = run_to_syscall_stop(tid);
    if (!stop) return fail_ended(tid);
    // A sample of the program before, which may have handled SIGTRAP: the new one would die of it.
    if (stop->kind == TraceeStop::Kind::signal && is_sample_stop(tid)) continue;
    if (stop->kind != TraceeStop::Kind::syscall) signal = stop->signal;
    ++step;
  }
  const auto after = load_registers(tid);
  const std::int64_t value = after ? native_call_abi().result(*after) : 0;
  resume_registers(tid, begun->registers);
  if (begun->slot != 0) ptrace::store_word(tid, begun->slot, begun->slot_word);
  if (signal == 0) return value;
  ptrace::interrupt(tid);
  if (!ptrace::resume(tid, signal) || !stops_.wait_for(tid)) {
    return fail_ended(tid);
  }
  return fail(Errc::unsupported, fmt::format("signal {} came to thread {} before a call of ours", signal, tid));
}

std::optional<VirtAddr> RemoteCaller::find_scratch(Tid tid, std::size_t bytes) {
  const auto registers = load_registers(tid);
  if (!registers) return std::nullopt;
  constexpr std::uint64_t kRedZone = 128;  // of x86-64; arm64 has none
  return (native_call_abi().stack_pointer(*registers) - kRedZone - bytes) & ~std::uint64_t{15};
}

}  // namespace simdprof
