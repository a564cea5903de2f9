/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the PMUs of simdprof's kernel lab share: an event whose counter is a timer, and numbers for the judge.
 */
#ifndef LAB_PMU_H
#define LAB_PMU_H

#include <linux/hrtimer.h>
#include <linux/moduleparam.h>
#include <linux/perf_event.h>
#include <linux/sysfs.h>
#include <linux/version.h>

/* Ticks come in hard interrupts, on the CPU where the event was started. */
static inline void lab_timer_setup(struct hrtimer* timer, enum hrtimer_restart (*on_tick)(struct hrtimer*)) {
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 13, 0)
  hrtimer_setup(timer, on_tick, CLOCK_MONOTONIC, HRTIMER_MODE_REL_HARD);
#else
  hrtimer_init(timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL_HARD);
  timer->function = on_tick;
#endif
}

static inline void lab_timer_start(struct hrtimer* timer, u64 ns) {
  hrtimer_start(timer, ns_to_ktime(ns), HRTIMER_MODE_REL_PINNED_HARD);
}

static inline void lab_timer_stop(struct hrtimer* timer) { hrtimer_cancel(timer); }

/* The event of a tick; NULL when it is no longer counted. */
static inline struct perf_event* lab_ticking_event(struct hrtimer* timer) {
  struct perf_event* event = container_of(timer, struct perf_event, hw.hrtimer);

  return event->state == PERF_EVENT_STATE_ACTIVE ? event : NULL;
}

static inline enum hrtimer_restart lab_next_tick(struct hrtimer* timer, u64 ns) {
  hrtimer_forward_now(timer, ns_to_ktime(ns));
  return HRTIMER_RESTART;
}

static inline int lab_event_add(struct perf_event* event, int flags) {
  if (flags & PERF_EF_START) event->pmu->start(event, flags);
  perf_event_update_userpage(event);
  return 0;
}

static inline void lab_event_del(struct perf_event* event, int flags) { event->pmu->stop(event, flags); }

/* The module parameter `counters`: reading it gives "NAME NUMBER ...", writing anything sets all to 0. */
struct lab_counter {
  const char* name; /* NULL: the end */
  atomic64_t* count;
};

static inline int lab_counters_get(char* text, const struct kernel_param* param) {
  const struct lab_counter* one = param->arg;
  int size = 0;

  for (; one->name; ++one) size += sysfs_emit_at(text, size, "%s %lld ", one->name, atomic64_read(one->count));
  return size + sysfs_emit_at(text, size, "\n");
}

static inline int lab_counters_set(const char* text, const struct kernel_param* param) {
  const struct lab_counter* one = param->arg;

  for (; one->name; ++one) atomic64_set(one->count, 0);
  return 0;
}

static const struct kernel_param_ops lab_counters_ops = {.get = lab_counters_get, .set = lab_counters_set};

#endif
