// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writes a sample: as perf_event_output_forward() does, with the user set of kernel hits replaced in between.
 */
#include <linux/kprobes.h>
#include <linux/percpu.h>
#include <linux/sched/task_stack.h>
#include <linux/version.h>

#include "simdtest.h"

static typeof(&perf_prepare_sample) prepare_sample;
static typeof(&perf_output_sample) output_sample;
static typeof(&perf_output_begin_forward) output_begin;
static typeof(&perf_output_end) output_end;
static typeof(&perf_event_overflow) event_overflow;
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 3, 0)
static typeof(&perf_prepare_header) prepare_header;
#endif

/* These are not exported. A probe that is put on a function and taken off again tells where it is. */
static int find(const char* name, void* place) {
  struct kprobe probe = {.symbol_name = name};
  const int error = register_kprobe(&probe);

  if (error) {
    pr_err("simdtest: cannot find %s: %d\n", name, error);
    return error;
  }
  *(void**)place = probe.addr;
  unregister_kprobe(&probe);
  return 0;
}

int simdtest_find_output(void) {
  int error = find("perf_prepare_sample", &prepare_sample);

  error = error ?: find("perf_output_sample", &output_sample);
  error = error ?: find("perf_output_begin_forward", &output_begin);
  error = error ?: find("perf_output_end", &output_end);
  error = error ?: find("perf_event_overflow", &event_overflow);
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 3, 0)
  error = error ?: find("perf_prepare_header", &prepare_header);
#endif
  return error;
}

int simdtest_overflow(struct perf_event* event, struct perf_sample_data* data, struct pt_regs* regs) {
  return event_overflow(event, data, regs);
}

static void replace_user_set(struct tick* tick, struct perf_event* event, struct perf_sample_data* data) {
  if (!(event->attr.sample_type & PERF_SAMPLE_REGS_USER)) return;
  if (data->regs_user.abi == PERF_SAMPLE_REGS_ABI_NONE || (tick->flags & TRUTH_USER)) return;
  tick->user.regs = *data->regs_user.regs;
  simdtest_take_user_block(tick, event);
  tick->user.xmm_regs = tick->user_xmm;
  data->regs_user.regs = &tick->user.regs;
}

/* The event's overflow handler; regs is the `intr` of this CPU's tick. */
void simdtest_output(struct perf_event* event, struct perf_sample_data* data, struct pt_regs* regs) {
  struct tick* tick = this_cpu_ptr(&simdtest_tick);
  struct perf_output_handle handle;
  struct perf_event_header header;

  rcu_read_lock();
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 3, 0)
  prepare_sample(data, event, regs);
  prepare_header(&header, data, event, regs);
#else
  prepare_sample(&header, data, event, regs);
#endif
  replace_user_set(tick, event, data);
  if (output_begin(&handle, data, event, header.size)) {
    tick->flags |= TRUTH_LOST;
  } else {
    output_sample(&handle, &header, data, event);
    output_end(&handle);
  }
  rcu_read_unlock();
  tick->data = data;
}
