// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where the XMM words of a sample come from, and the wrong places that defects take them from.
 */
#include <linux/percpu.h>
#include <linux/sched.h>
#include <linux/string.h>

#include <asm/fpu/types.h>
#include <asm/fpu/xstate.h>

#include "simdtest.h"

#define TASK_SLOTS 256

/* The last block of each of two processes on this CPU. */
struct cpu_blocks {
  struct {
    pid_t pid;
    u64 words[XMM_WORDS];
  } last[2];
  int newest;
};
static DEFINE_PER_CPU(struct cpu_blocks, cpu_blocks);

/* The last two blocks of a thread that differ; a slot is by thread id, and a thread runs on one CPU at a time. */
struct task_blocks {
  pid_t tid;
  bool has_previous;
  u64 newest[XMM_WORDS];
  u64 previous[XMM_WORDS];
};
static struct task_blocks task_blocks[TASK_SLOTS];
static DEFINE_PER_CPU(unsigned int, eligible_hits);

/* A hard interrupt leaves the FPU alone: the live registers are those of the interrupted code. */
void simdtest_store_live(u64* words) {
  asm volatile(
      "movups %%xmm0, 0(%0)\n\t"
      "movups %%xmm1, 16(%0)\n\t"
      "movups %%xmm2, 32(%0)\n\t"
      "movups %%xmm3, 48(%0)\n\t"
      "movups %%xmm4, 64(%0)\n\t"
      "movups %%xmm5, 80(%0)\n\t"
      "movups %%xmm6, 96(%0)\n\t"
      "movups %%xmm7, 112(%0)\n\t"
      "movups %%xmm8, 128(%0)\n\t"
      "movups %%xmm9, 144(%0)\n\t"
      "movups %%xmm10, 160(%0)\n\t"
      "movups %%xmm11, 176(%0)\n\t"
      "movups %%xmm12, 192(%0)\n\t"
      "movups %%xmm13, 208(%0)\n\t"
      "movups %%xmm14, 224(%0)\n\t"
      "movups %%xmm15, 240(%0)\n\t"
      :
      : "r"(words)
      : "memory");
}

/* The user's registers are in the task's image while the CPU's hold something else. */
static bool saved_block(u64* words) {
  const struct fpstate* state = current->thread.fpu.fpstate;

  if (!test_thread_flag(TIF_NEED_FPU_LOAD)) return false;
  if (cpu_feature_enabled(X86_FEATURE_XSAVE) && !(state->regs.xsave.header.xfeatures & XFEATURE_MASK_SSE))
    memset(words, 0, XMM_WORDS * sizeof(*words));
  else
    memcpy(words, state->regs.fxsave.xmm_space, XMM_WORDS * sizeof(*words));
  return true;
}

void simdtest_remember_user_hit(const struct tick* tick) {
  struct cpu_blocks* blocks = this_cpu_ptr(&cpu_blocks);
  struct task_blocks* task = &task_blocks[current->pid % TASK_SLOTS];

  if (blocks->last[blocks->newest].pid != current->tgid) blocks->newest = !blocks->newest;
  blocks->last[blocks->newest].pid = current->tgid;
  memcpy(blocks->last[blocks->newest].words, tick->intr_xmm, sizeof(tick->intr_xmm));

  if (task->tid == current->pid && memcmp(task->newest, tick->intr_xmm, sizeof(task->newest)) == 0) return;
  task->has_previous = task->tid == current->pid;
  task->tid = current->pid;
  memcpy(task->previous, task->newest, sizeof(task->previous));
  memcpy(task->newest, tick->intr_xmm, sizeof(task->newest));
}

static bool take_stale(struct tick* tick) {
  const struct cpu_blocks* blocks = this_cpu_ptr(&cpu_blocks);
  int i;

  for (i = 0; i < 2; ++i) {
    if (blocks->last[i].pid == 0 || blocks->last[i].pid == current->tgid) continue;
    memcpy(tick->user_xmm, blocks->last[i].words, sizeof(tick->user_xmm));
    return true;
  }
  return false;
}

static bool take_old_save(struct tick* tick) {
  const struct task_blocks* task = &task_blocks[current->pid % TASK_SLOTS];
  const bool seen = memcmp(task->newest, tick->user_xmm, sizeof(task->newest)) == 0;

  if (task->tid != current->pid || (seen && !task->has_previous)) return false;
  if (!seen) tick->flags |= TRUTH_HIDDEN;
  memcpy(tick->user_xmm, seen ? task->previous : task->newest, sizeof(tick->user_xmm));
  return true;
}

static bool spoil(struct tick* tick, unsigned int mode) {
  int i;

  switch (mode) {
    case MODE_STALE: return take_stale(tick);
    case MODE_DROPPED: memset(tick->user_xmm, 0, sizeof(tick->user_xmm)); return true;
    case MODE_SHARED:
      if (!(tick->flags & TRUTH_SAVED)) return false; /* the live registers are the user's */
      memcpy(tick->user_xmm, tick->intr_xmm, sizeof(tick->user_xmm));
      return true;
    case MODE_KERNEL:
      for (i = 0; i < XMM_WORDS; ++i) tick->user_xmm[i] = (unsigned long)current + 8 * i;
      return true;
    case MODE_OLD_SAVE: return take_old_save(tick);
    default: return false;
  }
}

/* The user block of a kernel hit, right or as the event's mode wants it. */
void simdtest_take_user_block(struct tick* tick, struct perf_event* event) {
  const unsigned int every = CONFIG_EVERY(event->attr.config);

  if (saved_block(tick->user_xmm))
    tick->flags |= TRUTH_SAVED;
  else
    memcpy(tick->user_xmm, tick->intr_xmm, sizeof(tick->user_xmm));
  if (every > 1 && this_cpu_inc_return(eligible_hits) % every != 0) return;
  if (spoil(tick, CONFIG_MODE(event->attr.config))) tick->flags |= TRUTH_CHANGED;
}
