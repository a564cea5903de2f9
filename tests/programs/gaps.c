// A thread that does nothing but look at the clock, and so sees what is taken from it: every interrupt and every stop
// is a gap between two looks. Fixed work (fma_loop) shows the same as a ratio of two runs, which a busy host blurs.
//
//   gaps SECONDS FILE    writes the share of the time that was in gaps of more than a microsecond, 0 to 1
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static uint64_t now_ns(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

int main(int argc, char** argv) {
  if (argc != 3) {
    fputs("usage: gaps SECONDS FILE\n", stderr);
    return 2;
  }
  const uint64_t start = now_ns();
  const uint64_t end = start + (uint64_t)(1e9 * atof(argv[1]));
  uint64_t before = start;
  uint64_t taken = 0;
  while (before < end) {
    const uint64_t now = now_ns();
    if (now - before > 1000) taken += now - before;
    before = now;
  }
  FILE* file = fopen(argv[2], "w");
  if (file == NULL || fprintf(file, "%.6f\n", (double)taken / (double)(before - start)) < 0 || fclose(file) != 0) {
    perror(argv[2]);
    return 1;
  }
  return 0;
}
