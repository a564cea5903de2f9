// A 32-bit program that holds known values in xmm0 to xmm7 while it spins for half a second. It needs no C library, so
// that it is built where only the 64-bit one is installed.
//
// Register i holds the doubles 1000 + i + 0.25 (low) and -(1000 + i + 0.5). Exit status: 0, or 1 when a value was lost.

struct time_pair {
  int seconds, nanoseconds;
};

static int call(int number, int first, void* second) {
  int result;
  __asm__ volatile("int $0x80" : "=a"(result) : "0"(number), "b"(first), "c"(second) : "memory");
  return result;
}

static double lanes[16] __attribute__((aligned(16)));
static double after[16] __attribute__((aligned(16)));

static void spin(void) {
  unsigned rounds = 2000000;
  __asm__ volatile(
      "movapd 0(%1), %%xmm0\n movapd 16(%1), %%xmm1\n movapd 32(%1), %%xmm2\n movapd 48(%1), %%xmm3\n"
      "movapd 64(%1), %%xmm4\n movapd 80(%1), %%xmm5\n movapd 96(%1), %%xmm6\n movapd 112(%1), %%xmm7\n"
      "1: dec %0\n jnz 1b\n"
      "movapd %%xmm0, 0(%2)\n movapd %%xmm1, 16(%2)\n movapd %%xmm2, 32(%2)\n movapd %%xmm3, 48(%2)\n"
      "movapd %%xmm4, 64(%2)\n movapd %%xmm5, 80(%2)\n movapd %%xmm6, 96(%2)\n movapd %%xmm7, 112(%2)\n"
      : "+r"(rounds)
      : "r"(lanes), "r"(after)
      : "memory", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7");
}

__attribute__((force_align_arg_pointer)) void _start(void) {
  const int clock_gettime = 265, monotonic = 1, end = 1;
  struct time_pair start, now;
  for (int i = 0; i < 8; ++i) {
    lanes[2 * i] = 1000 + i + 0.25;
    lanes[2 * i + 1] = -(1000 + i + 0.5);
  }
  int lost = 0;
  call(clock_gettime, monotonic, &start);
  do {
    spin();
    for (int i = 0; i < 16; ++i) lost |= after[i] != lanes[i];
    call(clock_gettime, monotonic, &now);
  } while ((now.seconds - start.seconds) * 1000 + (now.nanoseconds - start.nanoseconds) / 1000000 < 500);
  call(end, lost, 0);
  __builtin_unreachable();
}
