// One way of using SIGTRAP, while CPU time is burnt: a recorder that stops its target with SIGTRAP must not show.
//
//   ptrace_traps raise|kill|int3|again|queued|sigwait|signalfd|ignored|exec-default|late|leave|leave-ignoring
//
// The last two print the id of a `sleep` that they leave behind, started as a shell would.
// stdout and exit status are the same in every run.
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static volatile unsigned long sink;
static volatile sig_atomic_t traps, last_code, last_value, sender_is_us;

static void burn(int milliseconds) {
  struct timespec start, now;
  clock_gettime(CLOCK_MONOTONIC, &start);
  do {
    for (unsigned i = 0; i < 10000; ++i) sink += i;
    clock_gettime(CLOCK_MONOTONIC, &now);
  } while ((now.tv_sec - start.tv_sec) * 1000 + (now.tv_nsec - start.tv_nsec) / 1000000 < milliseconds);
}

static void on_trap(int signal, siginfo_t* info, void* context) {
  (void)signal;
  (void)context;
  traps = traps + 1;
  last_code = info->si_code;
  last_value = info->si_value.sival_int;
  sender_is_us = info->si_pid == getpid();
}

static void handle_traps(void) {
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_sigaction = on_trap;
  action.sa_flags = SA_SIGINFO;
  sigaction(SIGTRAP, &action, NULL);
}

static sigset_t block_traps(void) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTRAP);
  sigprocmask(SIG_BLOCK, &set, NULL);
  return set;
}

static void send_traps(const char* how) {
  if (strcmp(how, "raise") == 0) raise(SIGTRAP);
  if (strcmp(how, "kill") == 0) kill(getpid(), SIGTRAP);
  if (strcmp(how, "int3") == 0) __asm__ volatile("int3");
  if (strcmp(how, "again") == 0) {  // a handler, then the default again
    handle_traps();
    raise(SIGTRAP);
    printf("traps %d\n", (int)traps);
    fflush(stdout);
    signal(SIGTRAP, SIG_DFL);
    burn(20);
    raise(SIGTRAP);
  }
}

static void queued(void) {
  handle_traps();
  const union sigval value = {.sival_int = 4711};
  sigqueue(getpid(), SIGTRAP, value);
  printf("traps %d code %d value %d from us %d\n", (int)traps, (int)last_code, (int)last_value, (int)sender_is_us);
  burn(20);
  __asm__ volatile("int3");
  printf("traps %d code %d\n", (int)traps, (int)last_code);
}

static void wait_for_trap(void) {
  const sigset_t set = block_traps();
  kill(getpid(), SIGTRAP);
  siginfo_t info;
  memset(&info, 0, sizeof info);
  const int got = sigwaitinfo(&set, &info);
  printf("got %d code %d from us %d\n", got, info.si_code, info.si_pid == getpid());
  const struct timespec moment = {0, 1000000};
  printf("another %d\n", sigtimedwait(&set, NULL, &moment));
}

static void read_signalfd(void) {
  const sigset_t set = block_traps();
  const int fd = signalfd(-1, &set, SFD_NONBLOCK);
  kill(getpid(), SIGTRAP);
  struct signalfd_siginfo info;
  memset(&info, 0, sizeof info);
  printf("read %d signal %d code %d\n", (int)read(fd, &info, sizeof info), (int)info.ssi_signo, (int)info.ssi_code);
  printf("another %d\n", (int)read(fd, &info, sizeof info));
}

// Blocked for long: nothing may arrive, and nothing is left over for the handler.
static void blocked_for_long(void) {
  handle_traps();
  const sigset_t set = block_traps();
  burn(150);
  sigprocmask(SIG_UNBLOCK, &set, NULL);
  burn(20);
  printf("traps %d\n", (int)traps);
}

static void run_next(const char* self, const char* how) {
  fflush(stdout);
  execl(self, "ptrace_traps", how, (char*)NULL);
}

static void leave_a_process(void) {
  const pid_t child = fork();
  if (child == 0) {
    execlp("sleep", "sleep", "5", (char*)NULL);
    _exit(127);
  }
  printf("%d\n", (int)child);
  usleep(200000);
  fflush(stdout);
  _exit(0);
}

int main(int argc, char** argv) {
  const char* how = argc > 1 ? argv[1] : "";
  const struct rlimit no_core = {0, 0};
  setrlimit(RLIMIT_CORE, &no_core);
  char self[4096] = {0};
  if (readlink("/proc/self/exe", self, sizeof self - 1) <= 0) return 98;
  burn(30);
  if (strcmp(how, "leave-ignoring") == 0) signal(SIGTRAP, SIG_IGN);
  if (strncmp(how, "leave", 5) == 0) leave_a_process();
  printf("%s\n", how);
  fflush(stdout);
  send_traps(how);
  if (strcmp(how, "queued") == 0) queued();
  if (strcmp(how, "sigwait") == 0) wait_for_trap();
  if (strcmp(how, "signalfd") == 0) read_signalfd();
  if (strcmp(how, "late") == 0) blocked_for_long();
  if (strcmp(how, "ignored") == 0) {
    signal(SIGTRAP, SIG_IGN);
    raise(SIGTRAP);
    kill(getpid(), SIGTRAP);
  }
  if (strcmp(how, "exec-default") == 0) {  // an exec takes the handler away
    handle_traps();
    run_next(self, "raise");
  }
  burn(30);
  puts("end");
  return 6;
}
