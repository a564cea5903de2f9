/* SPDX-License-Identifier: GPL-2.0-only */
/* The register PMU of simdprof's kernel lab: what its files share. */
#ifndef SIMDTEST_H
#define SIMDTEST_H

#include <linux/perf_event.h>
#include <linux/types.h>

#include <asm/perf_event.h>

#define XMM_WORDS 32 /* 16 registers of two u64, low word first */

/* attr.config: format/mode. What is done to the user XMM of kernel hits. */
enum simdtest_mode {
  MODE_CORRECT = 0,  /* live, or from the saved fpstate when that is newer */
  MODE_STALE = 1,    /* the block that another process had on this CPU last */
  MODE_DROPPED = 2,  /* zeros */
  MODE_SHARED = 3,   /* the interrupt set's, when those are the kernel's */
  MODE_KERNEL = 4,   /* kernel addresses */
  MODE_OLD_SAVE = 5, /* what the task had when its registers were last seen different */
  MODE_COUNT,
};

#define CONFIG_MODE(config) ((config)&0xf)
#define CONFIG_EVERY(config) (((config) >> 8) & 0xff) /* of so many eligible hits one is changed; 0: all */
#define CONFIG_GUEST(config) (((config) >> 16) & 1)   /* of three ticks one is of a guest's kernel, one of its user */
#define CONFIG_REFUSE(config) (((config) >> 17) & 7)
#define REFUSE_USER 1      /* EINVAL for XMM bits in sample_regs_user */
#define REFUSE_INTR 2      /* EINVAL for XMM bits in sample_regs_intr */
#define REFUSE_IMPRECISE 4 /* EINVAL for XMM bits in sample_regs_intr without precise_ip */

/* One tick, as the module knows it. Layout read by tests/kernel/lab_results.py: 40 bytes, little-endian. */
struct truth {
  u64 time; /* of the sample, in the event's clock; 0 when none was made */
  u64 ip;
  u32 cpu;
  u32 pid;
  u32 tid;
  u32 flags;
  u64 event; /* PERF_SAMPLE_ID */
};
#define TRUTH_USER 1u       /* interrupted in user mode */
#define TRUTH_GUEST 2u      /* claimed for a guest */
#define TRUTH_CHANGED 4u    /* user XMM were made wrong */
#define TRUTH_SAVED 8u      /* user XMM came from the saved fpstate */
#define TRUTH_LOST 16u      /* no room in the ring */
#define TRUTH_THROTTLED 32u /* the tick after which the event was throttled */
#define TRUTH_KTHREAD 64u
#define TRUTH_HIDDEN 128u /* changed to what no later user hit contradicts */

/* Of the tick in flight on this CPU; interrupts are off while it lives. */
struct tick {
  struct x86_perf_regs intr;
  struct x86_perf_regs user;
  u64 intr_xmm[XMM_WORDS];
  u64 user_xmm[XMM_WORDS];
  u32 flags;
  u32 guest_state;
  struct perf_sample_data* data;
};
DECLARE_PER_CPU(struct tick, simdtest_tick);

void simdtest_store_live(u64* words);
void simdtest_take_user_block(struct tick* tick, struct perf_event* event);
void simdtest_remember_user_hit(const struct tick* tick);

int simdtest_find_output(void);
int simdtest_overflow(struct perf_event* event, struct perf_sample_data* data, struct pt_regs* regs);
void simdtest_output(struct perf_event* event, struct perf_sample_data* data, struct pt_regs* regs);

int simdtest_truth_init(void);
void simdtest_truth_exit(void);
void simdtest_truth_add(const struct truth* entry);

int simdtest_device_init(void);
void simdtest_device_exit(void);

#endif
