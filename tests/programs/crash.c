// Ends in the way that its argument says, after some CPU time: crash segv|abrt|ill|trap|term|kill|fpe|exit [STATUS]
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

static volatile unsigned long sink;

int main(int argc, char** argv) {
  const char* kind = argc > 1 ? argv[1] : "exit";
  const struct rlimit no_core = {0, 0};
  setrlimit(RLIMIT_CORE, &no_core);
  for (unsigned long i = 0; i < 30000000; ++i) sink += i;
  puts("before the end");
  fflush(stdout);
  if (strcmp(kind, "segv") == 0) {
    volatile int* volatile nowhere = NULL;
    *nowhere = 1;
  }
  if (strcmp(kind, "abrt") == 0) abort();
  if (strcmp(kind, "ill") == 0) __builtin_trap();
  if (strcmp(kind, "trap") == 0) raise(SIGTRAP);
  if (strcmp(kind, "term") == 0) raise(SIGTERM);
  if (strcmp(kind, "kill") == 0) raise(SIGKILL);
  if (strcmp(kind, "fpe") == 0) raise(SIGFPE);
  return argc > 2 ? atoi(argv[2]) : 0;
}
