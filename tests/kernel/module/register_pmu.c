// SPDX-License-Identifier: GPL-2.0-only
/*
 * Two PMUs for the kernel lab of simdprof: `simdtest` samples XMM registers in both sets, `simdplain` cannot.
 * One hrtimer an event is the counter: periods are nanoseconds while the task runs.
 */
#include <linux/module.h>
#include <linux/perf_event.h>

#include <asm/irq_regs.h>
#include <asm/perf_regs.h>

#include "lab_pmu.h"
#include "simdtest.h"

#ifndef PERF_REG_EXTENDED_MASK
#define PERF_REG_EXTENDED_MASK (~((1ULL << 32) - 1))
#endif
#define SHORTEST_NS 10000

DEFINE_PER_CPU(struct tick, simdtest_tick);
static DEFINE_PER_CPU(unsigned int, guest_turn);

static atomic64_t ticks, samples, lost, throttled, guest_kernel, guest_user;

static unsigned int guest_state(void) { return this_cpu_read(simdtest_tick.guest_state); }

static unsigned long guest_ip(void) { return guest_state() & PERF_GUEST_USER ? 0x700000 : 0xffffffff81234567; }

static unsigned int guest_pt_interrupt(void) { return 0; }

static struct perf_guest_info_callbacks guest_callbacks = {
    .state = guest_state,
    .get_ip = guest_ip,
    .handle_intel_pt_intr = guest_pt_interrupt,
};

static void choose_guest(struct tick* tick, struct perf_event* event) {
  tick->guest_state = 0;
  if (!CONFIG_GUEST(event->attr.config)) return;
  switch (this_cpu_inc_return(guest_turn) % 3) {
    case 1:
      tick->guest_state = PERF_GUEST_ACTIVE;
      tick->flags |= TRUTH_GUEST;
      atomic64_inc(&guest_kernel);
      break;
    case 2:
      tick->guest_state = PERF_GUEST_ACTIVE | PERF_GUEST_USER;
      tick->flags |= TRUTH_GUEST;
      atomic64_inc(&guest_user);
      break;
  }
}

static bool excluded(const struct perf_event* event, struct pt_regs* regs) {
  if (event->attr.exclude_user && user_mode(regs)) return true;
  return event->attr.exclude_kernel && !user_mode(regs);
}

/* One sample of the code that `regs` interrupted. Says whether the event is to stop. */
static bool take_sample(struct perf_event* event, struct pt_regs* regs) {
  struct tick* tick = this_cpu_ptr(&simdtest_tick);
  struct perf_sample_data data;
  struct truth truth = {};
  bool stop;

  tick->flags = user_mode(regs) ? TRUTH_USER : 0;
  if (current->flags & PF_KTHREAD) tick->flags |= TRUTH_KTHREAD;
  tick->data = NULL;
  tick->intr.regs = *regs;
  tick->intr.xmm_regs = tick->intr_xmm;
  simdtest_store_live(tick->intr_xmm);
  choose_guest(tick, event);

  perf_sample_data_init(&data, 0, event->hw.last_period);
  stop = simdtest_overflow(event, &data, &tick->intr.regs);
  tick->guest_state = 0;
  if (user_mode(regs)) simdtest_remember_user_hit(tick);
  if (stop) {
    tick->flags |= TRUTH_THROTTLED;
    atomic64_inc(&throttled);
  }
  if (tick->data) atomic64_inc(tick->flags & TRUTH_LOST ? &lost : &samples);

  truth.time = tick->data ? data.time : 0;
  truth.ip = instruction_pointer(regs);
  truth.cpu = smp_processor_id();
  truth.pid = current->tgid;
  truth.tid = current->pid;
  truth.flags = tick->flags;
  truth.event = event->parent ? event->parent->id : event->id;
  simdtest_truth_add(&truth);
  return stop;
}

static u64 tick_ns(const struct perf_event* event) { return max_t(u64, SHORTEST_NS, event->hw.sample_period); }

static enum hrtimer_restart on_tick(struct hrtimer* timer) {
  struct perf_event* event = lab_ticking_event(timer);
  struct pt_regs* regs = get_irq_regs();

  if (!event) return HRTIMER_NORESTART;
  event->pmu->read(event);
  atomic64_inc(&ticks);
  event->hw.last_period = event->hw.sample_period;
  if (regs && !excluded(event, regs) && take_sample(event, regs)) return HRTIMER_NORESTART;
  return lab_next_tick(timer, tick_ns(event));
}

static void event_read(struct perf_event* event) {
  const u64 now = ktime_get_ns();
  const u64 before = local64_xchg(&event->hw.prev_count, now);

  local64_add(now - before, &event->count);
}

static void event_start(struct perf_event* event, int flags) {
  local64_set(&event->hw.prev_count, ktime_get_ns());
  if (is_sampling_event(event)) lab_timer_start(&event->hw.hrtimer, tick_ns(event));
}

static void event_stop(struct perf_event* event, int flags) {
  if (is_sampling_event(event)) lab_timer_stop(&event->hw.hrtimer);
  event_read(event);
}

static bool refused(const struct perf_event* event) {
  const struct perf_event_attr* attr = &event->attr;
  const unsigned int refuse = CONFIG_REFUSE(attr->config);
  const bool user = attr->sample_type & PERF_SAMPLE_REGS_USER && attr->sample_regs_user & PERF_REG_EXTENDED_MASK;
  const bool intr = attr->sample_type & PERF_SAMPLE_REGS_INTR && attr->sample_regs_intr & PERF_REG_EXTENDED_MASK;

  if (user && refuse & REFUSE_USER) return true;
  if (intr && refuse & REFUSE_INTR) return true;
  return intr && refuse & REFUSE_IMPRECISE && !attr->precise_ip;
}

static int event_init(struct perf_event* event) {
  if (event->attr.type != event->pmu->type) return -ENOENT;
  if (has_branch_stack(event)) return -EOPNOTSUPP;
  if (CONFIG_MODE(event->attr.config) >= MODE_COUNT || refused(event)) return -EINVAL;
  if (!is_sampling_event(event)) return 0;
  lab_timer_setup(&event->hw.hrtimer, on_tick);
  /* A timer has a fixed rate: the frequency is a period. */
  if (event->attr.freq) {
    event->attr.sample_period = NSEC_PER_SEC / event->attr.sample_freq;
    event->hw.sample_period = event->attr.sample_period;
    local64_set(&event->hw.period_left, event->hw.sample_period);
    event->hw.last_period = event->hw.sample_period;
    event->attr.freq = 0;
  }
  event->overflow_handler = simdtest_output;
  return 0;
}

PMU_FORMAT_ATTR(mode, "config:0-3");
PMU_FORMAT_ATTR(every, "config:8-15");
PMU_FORMAT_ATTR(guest, "config:16");
PMU_FORMAT_ATTR(refuse, "config:17-19");

static struct attribute* format_attrs[] = {
    &format_attr_mode.attr, &format_attr_every.attr, &format_attr_guest.attr, &format_attr_refuse.attr, NULL,
};
static const struct attribute_group format_group = {.name = "format", .attrs = format_attrs};
static const struct attribute_group* groups[] = {&format_group, NULL};

static struct pmu extended_pmu = {
    .module = THIS_MODULE,
    .attr_groups = groups,
    .task_ctx_nr = perf_sw_context,
    .capabilities = PERF_PMU_CAP_EXTENDED_REGS,
    .event_init = event_init,
    .add = lab_event_add,
    .del = lab_event_del,
    .start = event_start,
    .stop = event_stop,
    .read = event_read,
};
static struct pmu plain_pmu;

static const struct lab_counter counters[] = {{"ticks", &ticks},
                                              {"samples", &samples},
                                              {"lost", &lost},
                                              {"throttled", &throttled},
                                              {"guest_kernel", &guest_kernel},
                                              {"guest_user", &guest_user},
                                              {}};
module_param_cb(counters, &lab_counters_ops, (void*)counters, 0644);

/*
 * perf patches the scheduler when the first event of a task comes and a second after the last has gone. An emulated
 * processor may still run the breakpoint of such a patch when the kernel no longer knows it, which is an oops. One
 * event that stays keeps the scheduler as it is.
 */
static struct perf_event* hold_scheduler(void) {
  struct perf_event_attr attr = {
      .type = PERF_TYPE_SOFTWARE, .config = PERF_COUNT_SW_DUMMY, .size = sizeof(attr), .disabled = 1};

  return perf_event_create_kernel_counter(&attr, -1, current, NULL, NULL);
}

static struct perf_event* held;

static int __init simdtest_init(void) {
  int error = simdtest_find_output();

  error = error ?: simdtest_truth_init();
  if (error) return error;
  held = hold_scheduler();
  if (IS_ERR(held)) {
    simdtest_truth_exit();
    return PTR_ERR(held);
  }
  plain_pmu = extended_pmu;
  plain_pmu.capabilities = 0;
  error = simdtest_device_init();
  if (error) goto no_device;
  error = perf_pmu_register(&extended_pmu, "simdtest", -1);
  if (error) goto no_pmu;
  error = perf_pmu_register(&plain_pmu, "simdplain", -1);
  if (error) goto no_plain;
  perf_register_guest_info_callbacks(&guest_callbacks);
  return 0;
no_plain:
  perf_pmu_unregister(&extended_pmu);
no_pmu:
  simdtest_device_exit();
no_device:
  perf_event_release_kernel(held);
  simdtest_truth_exit();
  return error;
}

static void __exit simdtest_exit(void) {
  perf_unregister_guest_info_callbacks(&guest_callbacks);
  perf_pmu_unregister(&plain_pmu);
  perf_pmu_unregister(&extended_pmu);
  simdtest_device_exit();
  perf_event_release_kernel(held);
  simdtest_truth_exit();
}

module_init(simdtest_init);
module_exit(simdtest_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("XMM registers in perf samples, for the tests of simdprof");
