// Fixed SIMD work in one thread: FMA chains in YMM registers, or scalar where the CPU has no FMA. Prints a checksum
// that depends on the work alone, so that a profiled run can be compared with a plain one, in result and in time.
//
//   fma_loop [ROUNDS [FILE]]    one round is about a millisecond; 1000 when not given
//
// With FILE, the seconds that the rounds took are written there: without the start and the end of the program.
#include <immintrin.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { kStepsPerRound = 400000 };

__attribute__((target("avx,fma"), noinline)) static double fma_round(double seed) {
  __m256d a = _mm256_set1_pd(seed);
  __m256d b = _mm256_set1_pd(seed + 1.0);
  __m256d c = _mm256_set1_pd(seed + 2.0);
  __m256d d = _mm256_set1_pd(seed + 3.0);
  const __m256d scale = _mm256_set1_pd(0.999999);
  const __m256d step = _mm256_set1_pd(1e-6);
  for (int i = 0; i < kStepsPerRound; ++i) {
    a = _mm256_fmadd_pd(a, scale, step);
    b = _mm256_fmadd_pd(b, scale, step);
    c = _mm256_fmadd_pd(c, scale, step);
    d = _mm256_fmadd_pd(d, scale, step);
  }
  double lanes[4];
  _mm256_storeu_pd(lanes, _mm256_add_pd(_mm256_add_pd(a, b), _mm256_add_pd(c, d)));
  return lanes[0];
}

__attribute__((noinline)) static double scalar_round(double seed) {
  double a = seed;
  for (int i = 0; i < kStepsPerRound; ++i) a = a * 0.999999 + 1e-6;
  return a;
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static int write_seconds(const char* path, double seconds) {
  FILE* file = fopen(path, "w");
  if (file == NULL || fprintf(file, "%.9f\n", seconds) < 0 || fclose(file) != 0) {
    perror(path);
    return 1;
  }
  return 0;
}

int main(int argc, char** argv) {
  const long rounds = argc > 1 ? atol(argv[1]) : 1000;
  const int has_fma = __builtin_cpu_supports("avx") && __builtin_cpu_supports("fma");
  double sum = 0;
  const double start = now();
  for (long i = 0; i < rounds; ++i) sum += has_fma ? fma_round((double)(i % 7)) : scalar_round((double)(i % 7));
  const double seconds = now() - start;
  printf("%ld rounds, checksum %.9f\n", rounds, sum);
  return argc > 2 ? write_seconds(argv[2], seconds) : 0;
}
