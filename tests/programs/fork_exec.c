// Makes processes in every way a program can, each burning some CPU time, and checks every exit status.
//
//   fork_exec [DEPTH]    DEPTH exec generations in a row; 3 when not given
//
// stdout is the same in every run: a recorded run must print it too.
#define _GNU_SOURCE
#include <errno.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

static volatile unsigned long sink;

static void burn(unsigned long steps) {
  unsigned long value = 88172645463325252UL;
  for (unsigned long i = 0; i < steps; ++i) {
    value ^= value << 13;
    value ^= value >> 7;
    value ^= value << 17;
  }
  sink = value;
}

enum { kSteps = 20000000 };

static int wait_for(pid_t pid) {
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

// fork, then exec of this program with one generation less.
static int run_chain(const char* self, int depth) {
  fflush(stdout);
  const pid_t pid = fork();
  if (pid == 0) {
    burn(kSteps / 4);
    char text[16];
    snprintf(text, sizeof text, "%d", depth);
    execl(self, "fork_exec", "--chain", text, (char*)NULL);
    _exit(99);
  }
  return wait_for(pid);
}

static int run_vfork(const char* self) {
  fflush(stdout);
  const pid_t pid = vfork();
  if (pid == 0) {
    execl(self, "fork_exec", "--leaf", "7", (char*)NULL);
    _exit(99);
  }
  return wait_for(pid);
}

static int run_spawn(const char* self) {
  fflush(stdout);
  char* words[] = {(char*)"fork_exec", (char*)"--leaf", (char*)"9", NULL};
  pid_t pid = 0;
  if (posix_spawn(&pid, self, NULL, NULL, words, environ) != 0) return 99;
  return wait_for(pid);
}

static int run_fork_only(int number) {
  fflush(stdout);
  const pid_t pid = fork();
  if (pid == 0) {
    burn(kSteps);
    _exit(20 + number);
  }
  return wait_for(pid);
}

static int run_killed(void) {
  fflush(stdout);
  const pid_t pid = fork();
  if (pid == 0) {
    burn(kSteps / 4);
    abort();
  }
  return wait_for(pid);
}

int main(int argc, char** argv) {
  char self[4096];
  const ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
  if (length <= 0) return 98;
  self[length] = '\0';
  if (argc == 3 && strcmp(argv[1], "--leaf") == 0) {
    burn(kSteps);
    return atoi(argv[2]);
  }
  if (argc == 3 && strcmp(argv[1], "--chain") == 0) {
    burn(kSteps / 2);
    const int depth = atoi(argv[2]);
    if (depth == 0) return 5;
    char text[16];
    snprintf(text, sizeof text, "%d", depth - 1);
    execl(self, "fork_exec", "--chain", text, (char*)NULL);  // exec without fork
    return 99;
  }
  const int depth = argc > 1 ? atoi(argv[1]) : 3;
  printf("chain %d\n", run_chain(self, depth));
  printf("vfork %d\n", run_vfork(self));
  printf("spawn %d\n", run_spawn(self));
  for (int i = 0; i < 3; ++i) printf("fork %d\n", run_fork_only(i));
  printf("killed %d\n", run_killed());
  return 3;
}
