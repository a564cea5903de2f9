// Holds known values in the vector registers of arm64 while it spins, for some seconds.
//
// vector_patterns SECONDS neon | sve [BYTES]     BYTES: the vector length to ask for
//
// stdout: "spin FIRST END", the addresses between which the registers hold their values, then "vl BYTES" (0: NEON), at
// the end "intact" when they still had them, and "sleeps N short M": how many of N sleeps of 5 ms ended early.
//   64-bit word w of vector n   0x5e00000000000000 + n * 0x10000 + w
//   byte b of predicate n       (n * 16 + b * 37 + 1) % 256
//   ffr                         its lower half is ones
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <time.h>

enum { kVectors = 32, kPredicates = 16, kMostBytes = 256, kSleepMs = 5 };

typedef void spin_function(unsigned long turns, const void* vectors, const void* predicates, void* vectors_after,
                           void* predicates_after);
spin_function neon_spin, sve_spin;
extern char neon_first[], neon_end[], sve_first[], sve_end[];

#define SAVE                    \
  "  stp d8, d9, [sp, #-64]!\n" \
  "  stp d10, d11, [sp, #16]\n" \
  "  stp d12, d13, [sp, #32]\n" \
  "  stp d14, d15, [sp, #48]\n"
#define RESTORE                 \
  "  ldp d14, d15, [sp, #48]\n" \
  "  ldp d12, d13, [sp, #32]\n" \
  "  ldp d10, d11, [sp, #16]\n" \
  "  ldp d8, d9, [sp], #64\n"   \
  "  ret\n"

__asm__(
    ".text\n"
    ".arch armv8.2-a+sve\n"
    ".globl neon_spin\n"
    ".type neon_spin, %function\n"
    "neon_spin:\n" SAVE
    ".irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, "
    "28, 29, 30, 31\n"
    "  ldr q\\n, [x1, #16 * \\n]\n"
    ".endr\n"
    ".globl neon_first\n"
    "neon_first:\n"
    "1: subs x0, x0, #1\n"
    "  b.ne 1b\n"
    ".globl neon_end\n"
    "neon_end:\n"
    ".irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, "
    "28, 29, 30, 31\n"
    "  str q\\n, [x3, #16 * \\n]\n"
    ".endr\n" RESTORE
    ".size neon_spin, . - neon_spin\n"

    ".globl sve_spin\n"
    ".type sve_spin, %function\n"
    "sve_spin:\n" SAVE
    ".irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, "
    "28, 29, 30, 31\n"
    "  ldr z\\n, [x1, #\\n, mul vl]\n"
    ".endr\n"
    "  ldr p0, [x2, #16, mul vl]\n"
    "  wrffr p0.b\n"
    ".irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15\n"
    "  ldr p\\n, [x2, #\\n, mul vl]\n"
    ".endr\n"
    ".globl sve_first\n"
    "sve_first:\n"
    "1: subs x0, x0, #1\n"
    "  b.ne 1b\n"
    ".globl sve_end\n"
    "sve_end:\n"
    ".irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, "
    "28, 29, 30, 31\n"
    "  str z\\n, [x3, #\\n, mul vl]\n"
    ".endr\n"
    ".irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15\n"
    "  str p\\n, [x4, #\\n, mul vl]\n"
    ".endr\n"
    "  rdffr p0.b\n"
    "  str p0, [x4, #16, mul vl]\n" RESTORE ".size sve_spin, . - sve_spin\n");

static uint64_t vectors[kVectors * kMostBytes / 8], vectors_after[kVectors * kMostBytes / 8];
static uint8_t predicates[(kPredicates + 1) * kMostBytes / 8], predicates_after[sizeof predicates];

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static void fill(int vector_bytes) {
  const int words = vector_bytes / 8, bytes = vector_bytes / 8;  // of a vector, of a predicate
  for (int n = 0; n < kVectors; ++n) {
    for (int w = 0; w < words; ++w) vectors[n * words + w] = 0x5e00000000000000 + (uint64_t)n * 0x10000 + (uint64_t)w;
  }
  for (int n = 0; n < kPredicates; ++n) {
    for (int b = 0; b < bytes; ++b) predicates[n * bytes + b] = (uint8_t)(n * 16 + b * 37 + 1);
  }
  for (int b = 0; b < bytes / 2; ++b) predicates[kPredicates * bytes + b] = 0xff;
}

int main(int argc, char** argv) {
  const double seconds = argc > 1 ? atof(argv[1]) : 1.0;
  const int sve = argc > 2 && strcmp(argv[2], "sve") == 0;
  if (sve && (getauxval(AT_HWCAP) & HWCAP_SVE) == 0) {
    puts("no SVE");
    return 3;
  }
  if (sve && argc > 3 && prctl(PR_SVE_SET_VL, atoi(argv[3])) < 0) {
    perror("PR_SVE_SET_VL");
    return 4;
  }
  const int vl = sve ? prctl(PR_SVE_GET_VL) & 0xffff : 0;
  fill(sve ? vl : 16);
  printf("spin %p %p\n", (void*)(sve ? sve_first : neon_first), (void*)(sve ? sve_end : neon_end));
  printf("vl %d\n", vl);
  fflush(stdout);
  const double begin = now();
  int intact = 1, sleeps = 0, short_ones = 0;
  do {
    (sve ? sve_spin : neon_spin)(3000000, vectors, predicates, vectors_after, predicates_after);
    intact = intact && memcmp(vectors, vectors_after, sizeof vectors) == 0;
    if (sve) intact = intact && memcmp(predicates, predicates_after, sizeof predicates) == 0;
    const struct timespec pause = {0, kSleepMs * 1000000};
    const double before = now();
    const int failed = nanosleep(&pause, NULL);
    ++sleeps;
    short_ones += failed != 0 || now() - before < kSleepMs * 1e-3;
  } while (now() - begin < seconds);
  puts(intact ? "intact" : "changed");
  printf("sleeps %d short %d\n", sleeps, short_ones);
  return intact ? 0 : 1;
}
