// Starts threads in waves; each does the same fixed work and ends. stdout is the same in every run.
//
//   many_threads [THREADS [WAVES [STEPS]]]    64 threads, 2 waves, 3000000 steps each
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { kMaxThreads = 4096 };

static unsigned long steps = 3000000;

static void* work(void* argument) {
  uint64_t value = (uint64_t)(uintptr_t)argument + 1;
  for (unsigned long i = 0; i < steps; ++i) value = value * 6364136223846793005ULL + 1442695040888963407ULL;
  return (void*)(uintptr_t)value;
}

int main(int argc, char** argv) {
  const unsigned long threads = argc > 1 ? strtoul(argv[1], NULL, 10) : 64;
  const unsigned long waves = argc > 2 ? strtoul(argv[2], NULL, 10) : 2;
  if (argc > 3) steps = strtoul(argv[3], NULL, 10);
  if (threads < 1 || threads > kMaxThreads) return 64;
  pthread_t* ids = calloc(threads, sizeof *ids);
  if (ids == NULL) return 1;
  uint64_t sum = 0;
  for (unsigned long wave = 0; wave < waves; ++wave) {
    for (unsigned long i = 0; i < threads; ++i) {
      if (pthread_create(&ids[i], NULL, work, (void*)(uintptr_t)(wave * threads + i)) != 0) abort();
    }
    for (unsigned long i = 0; i < threads; ++i) {
      void* value = NULL;
      pthread_join(ids[i], &value);
      sum += (uint64_t)(uintptr_t)value;
    }
  }
  free(ids);
  printf("%lu threads, sum %016llx\n", threads * waves, (unsigned long long)sum);
  return 0;
}
