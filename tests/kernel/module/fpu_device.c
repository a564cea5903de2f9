// SPDX-License-Identifier: GPL-2.0-only
/*
 * /dev/simdfpu: each read holds a kernel SIMD section open for `hold_us`, with known values in xmm0..15:
 * double -(777000 + register) in both halves.
 */
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/timekeeping.h>

#include <asm/fpu/api.h>

#include "simdtest.h"

static unsigned int hold_us = 60; /* of some hundred hits in a second a tenth are then outside of a section */
module_param(hold_us, uint, 0644);

/* -(777000 + i) as an IEEE double, without floating point: 2^19 <= 777000 + i < 2^20. */
static u64 pattern(unsigned int i) {
  return (1ULL << 63) | ((u64)(1023 + 19) << 52) | (((u64)(777000 + i) << 33) & ((1ULL << 52) - 1));
}

/* Named like the kernel's own AES routines: simdprof knows those as SIMD code by name. */
noinline void aesni_simdtest_hold(const u64* words, unsigned long turns);
noinline void aesni_simdtest_hold(const u64* words, unsigned long turns) {
  asm volatile(
      "movups 0(%1), %%xmm0\n\t"
      "movups 16(%1), %%xmm1\n\t"
      "movups 32(%1), %%xmm2\n\t"
      "movups 48(%1), %%xmm3\n\t"
      "movups 64(%1), %%xmm4\n\t"
      "movups 80(%1), %%xmm5\n\t"
      "movups 96(%1), %%xmm6\n\t"
      "movups 112(%1), %%xmm7\n\t"
      "movups 128(%1), %%xmm8\n\t"
      "movups 144(%1), %%xmm9\n\t"
      "movups 160(%1), %%xmm10\n\t"
      "movups 176(%1), %%xmm11\n\t"
      "movups 192(%1), %%xmm12\n\t"
      "movups 208(%1), %%xmm13\n\t"
      "movups 224(%1), %%xmm14\n\t"
      "movups 240(%1), %%xmm15\n\t"
      "1: dec %0\n\t"
      "jnz 1b\n\t"
      : "+r"(turns)
      : "r"(words)
      : "memory", "cc");
}

static ssize_t hold_read(struct file* file, char __user* to, size_t size, loff_t* at) {
  u64 words[XMM_WORDS];
  unsigned int i;
  u64 end;

  for (i = 0; i < XMM_WORDS; ++i) words[i] = pattern(i / 2);
  end = ktime_get_ns() + 1000ULL * hold_us;
  kernel_fpu_begin();
  do {
    aesni_simdtest_hold(words, 2000);
  } while (ktime_get_ns() < end);
  kernel_fpu_end();
  return size;
}

static const struct file_operations hold_ops = {
    .owner = THIS_MODULE,
    .read = hold_read,
};

static struct miscdevice hold_device = {
    .minor = MISC_DYNAMIC_MINOR,
    .name = "simdfpu",
    .fops = &hold_ops,
};

int simdtest_device_init(void) { return misc_register(&hold_device); }

void simdtest_device_exit(void) { misc_deregister(&hold_device); }
