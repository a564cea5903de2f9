// The least that vector registers at each sample cost on a machine: a stop, one read of the XSAVE image, and on.
// Nothing is recorded and both stay on one CPU. tests/bench/slowdown.py runs it beside the recorder.
//
// bare_tracer HZ PROGRAM [ARGUMENT...]     status: the program's, or 2
#define _GNU_SOURCE
#include <elf.h>
#include <errno.h>
#include <linux/perf_event.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

static int fail(const char* what) {
  perror(what);
  return 2;
}

static int open_event(pid_t pid, unsigned long hz) {
  struct perf_event_attr attr;
  memset(&attr, 0, sizeof attr);
  attr.size = sizeof attr;
  attr.type = PERF_TYPE_SOFTWARE;
  attr.config = PERF_COUNT_SW_TASK_CLOCK;
  attr.freq = 1;
  attr.sample_freq = hz;
  attr.sample_type = PERF_SAMPLE_IP | PERF_SAMPLE_TID | PERF_SAMPLE_TIME;
  attr.sigtrap = 1;
  attr.remove_on_exec = 1;
  int event = (int)syscall(SYS_perf_event_open, &attr, pid, -1, -1, PERF_FLAG_FD_CLOEXEC);
  if (event >= 0 || errno != EACCES) return event;
  attr.exclude_kernel = 1;  // perf_event_paranoid 2: the recorder leaves kernel samples out there too
  return (int)syscall(SYS_perf_event_open, &attr, pid, -1, -1, PERF_FLAG_FD_CLOEXEC);
}

int main(int argc, char** argv) {
  if (argc < 3) {
    fputs("usage: bare_tracer HZ PROGRAM [ARGUMENT...]\n", stderr);
    return 2;
  }
  cpu_set_t here;
  CPU_ZERO(&here);
  CPU_SET((size_t)sched_getcpu(), &here);
  if (sched_setaffinity(0, sizeof here, &here) != 0) return fail("sched_setaffinity");
  const pid_t child = fork();
  if (child < 0) return fail("fork");
  if (child == 0) {
    ptrace(PTRACE_TRACEME, 0, NULL, NULL);
    execvp(argv[2], argv + 2);
    perror(argv[2]);
    _exit(2);
  }
  int status = 0;
  if (waitpid(child, &status, 0) < 0) return fail("waitpid");
  if (!WIFSTOPPED(status)) return 2;  // the program could not be started
  if (open_event(child, strtoul(argv[1], NULL, 10)) < 0) return fail("perf_event_open");
  static char image[16384];
  for (int signal = 0;;) {
    if (ptrace(PTRACE_CONT, child, NULL, (void*)(long)signal) != 0) return fail("PTRACE_CONT");
    if (waitpid(child, &status, 0) < 0) return fail("waitpid");
    if (WIFEXITED(status)) return WEXITSTATUS(status);
    if (WIFSIGNALED(status)) return 2;
    signal = WSTOPSIG(status) == SIGTRAP ? 0 : WSTOPSIG(status);
    struct iovec space = {image, sizeof image};
    if (signal == 0 && ptrace(PTRACE_GETREGSET, child, (void*)NT_X86_XSTATE, &space) != 0) return fail("NT_X86_XSTATE");
  }
}
