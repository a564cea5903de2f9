// Holds known values in the callee-saved registers of arm64 (x19 to x27) while it spins, for some seconds.
//
// stdout: "spin FIRST END", the addresses between which register x(19+i) holds 0x1900000000000000 + i.
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

void spin(unsigned long turns);
extern char spin_first[], spin_end[];

__asm__(
    ".text\n"
    ".globl spin\n"
    ".type spin, %function\n"
    "spin:\n"
    "  stp x19, x20, [sp, #-80]!\n"
    "  stp x21, x22, [sp, #16]\n"
    "  stp x23, x24, [sp, #32]\n"
    "  stp x25, x26, [sp, #48]\n"
    "  str x27, [sp, #64]\n"
    "  mov x19, #0x1900000000000000\n"
    "  add x20, x19, #1\n"
    "  add x21, x19, #2\n"
    "  add x22, x19, #3\n"
    "  add x23, x19, #4\n"
    "  add x24, x19, #5\n"
    "  add x25, x19, #6\n"
    "  add x26, x19, #7\n"
    "  add x27, x19, #8\n"
    ".globl spin_first\n"
    "spin_first:\n"
    "1: subs x0, x0, #1\n"
    "  b.ne 1b\n"
    ".globl spin_end\n"
    "spin_end:\n"
    "  ldr x27, [sp, #64]\n"
    "  ldp x25, x26, [sp, #48]\n"
    "  ldp x23, x24, [sp, #32]\n"
    "  ldp x21, x22, [sp, #16]\n"
    "  ldp x19, x20, [sp], #80\n"
    "  ret\n"
    ".size spin, . - spin\n");

int main(int argc, char** argv) {
  const double seconds = argc > 1 ? atof(argv[1]) : 1.0;
  struct timespec begin, now;
  printf("spin %p %p\n", (void*)spin_first, (void*)spin_end);
  clock_gettime(CLOCK_MONOTONIC, &begin);
  do {
    spin(1000000);
    clock_gettime(CLOCK_MONOTONIC, &now);
  } while ((double)(now.tv_sec - begin.tv_sec) + (double)(now.tv_nsec - begin.tv_nsec) * 1e-9 < seconds);
  return 0;
}
