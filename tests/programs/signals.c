// Sends itself signals of every kind while it burns CPU time and counts what arrives: a recorder that swallows, adds or
// reorders a signal changes the counts. stdout is the same in every run.
//
//   signals [ROUNDS]    20 when not given
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t traps, usr1, usr2, children, queued_sum;
static volatile unsigned long sink;

static void on_trap(int signal) {
  (void)signal;
  traps = traps + 1;
}
static void on_usr1(int signal) {
  (void)signal;
  usr1 = usr1 + 1;
}
static void on_usr2(int signal, siginfo_t* info, void* context) {
  (void)signal;
  (void)context;
  usr2 = usr2 + 1;
  queued_sum = queued_sum + info->si_value.sival_int;
}
static void on_child(int signal) {
  (void)signal;
  children = children + 1;
}

static void burn(void) {
  for (unsigned long i = 0; i < 4000000; ++i) sink += i;
}

// A child stops itself; we see the stop, continue it, see that too, and its end, for which it waits until we have.
static void job_control(void) {
  int seen[2];
  char byte = 0;
  if (pipe(seen) != 0) return;
  const pid_t pid = fork();
  if (pid == 0) {
    burn();
    raise(SIGSTOP);
    burn();
    while (read(seen[0], &byte, 1) < 0 && errno == EINTR) {
    }
    _exit(4);
  }
  int status = 0;
  while (waitpid(pid, &status, WUNTRACED) < 0 && errno == EINTR) {
  }
  printf("child stopped %d by %d\n", WIFSTOPPED(status) != 0, WIFSTOPPED(status) ? WSTOPSIG(status) : -1);
  kill(pid, SIGCONT);
  while (waitpid(pid, &status, WCONTINUED) < 0 && errno == EINTR) {
  }
  printf("child continued %d\n", WIFCONTINUED(status) != 0);
  if (write(seen[1], &byte, 1) != 1) return;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  printf("child ended %d\n", WIFEXITED(status) ? WEXITSTATUS(status) : -1);
}

int main(int argc, char** argv) {
  const int rounds = argc > 1 ? atoi(argv[1]) : 20;
  signal(SIGTRAP, on_trap);
  signal(SIGUSR1, on_usr1);
  struct sigaction with_info;
  memset(&with_info, 0, sizeof with_info);
  with_info.sa_sigaction = on_usr2;
  with_info.sa_flags = SA_SIGINFO;
  sigaction(SIGUSR2, &with_info, NULL);
  for (int i = 0; i < rounds; ++i) {
    burn();
    raise(SIGTRAP);
#if defined(__x86_64__)
    __asm__ volatile("int3");
#else
    raise(SIGTRAP);
#endif
    raise(SIGUSR1);
    const union sigval value = {.sival_int = i};
    sigqueue(getpid(), SIGUSR2, value);
  }
  printf("own traps %d of %d\n", (int)traps, 2 * rounds);
  printf("usr1 %d of %d\n", (int)usr1, rounds);
  printf("usr2 %d of %d, values %d\n", (int)usr2, rounds, (int)queued_sum);

  sigset_t blocked;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGTRAP);
  sigprocmask(SIG_BLOCK, &blocked, NULL);
  traps = 0;
  raise(SIGTRAP);
  for (int i = 0; i < 10; ++i) burn();
  printf("while blocked %d\n", (int)traps);
  sigprocmask(SIG_UNBLOCK, &blocked, NULL);
  burn();
  printf("after unblocking %d\n", (int)traps);

  signal(SIGTRAP, SIG_IGN);
  raise(SIGTRAP);
  for (int i = 0; i < 5; ++i) burn();
  puts("ignored");

  struct timespec nap = {0, 30000000};
  const int slept = nanosleep(&nap, NULL);
  printf("sleep interrupted %d\n", slept != 0);
  signal(SIGCHLD, on_child);
  fflush(stdout);
  job_control();
  return 0;
}
