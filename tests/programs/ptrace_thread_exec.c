// A thread other than the first executes a new program while its siblings burn CPU time: the new program takes over the
// process id, and every other thread ends without a word.
//
//   ptrace_thread_exec COMMAND [WORD...]
#define _GNU_SOURCE
#include <pthread.h>
#include <stddef.h>
#include <unistd.h>

static char** command;
static volatile unsigned long sink;

static void* burn(void* argument) {
  for (;;) sink += (unsigned long)(size_t)argument;
  return NULL;
}

static void* run_command(void* argument) {
  usleep(30000);
  execvp(command[0], command);
  return argument;
}

int main(int argc, char** argv) {
  if (argc < 2) return 64;
  command = argv + 1;
  pthread_t thread;
  for (int i = 0; i < 3; ++i) pthread_create(&thread, NULL, burn, NULL);
  pthread_create(&thread, NULL, run_command, NULL);
  pthread_join(thread, NULL);
  return 99;
}
