// SPDX-License-Identifier: GPL-2.0-only
/*
 * The PMU `simdsource`, whose events may lead their output to the AUX area of their group (attr.aux_output), as those
 * of Intel PEBS do by way of PT. An event says by which number it is known there (AUX_OUTPUT_HW_ID), and counts the
 * ticks at which the kernel has it linked with an event of the AUX PMU.
 */
#include <linux/perf_event.h>

#include "simdaux.h"

#define TICK_NS 1000000
#define HW_ID 0x51d

atomic64_t simdaux_led;
static typeof(&perf_report_aux_output_id) report_id;

static enum hrtimer_restart on_tick(struct hrtimer* timer) {
  struct perf_event* event = lab_ticking_event(timer);

  if (!event) return HRTIMER_NORESTART;
  if (event->attr.aux_output && event->aux_event && event->aux_event->pmu == &simdaux_pmu) atomic64_inc(&simdaux_led);
  return lab_next_tick(timer, TICK_NS);
}

static void event_start(struct perf_event* event, int flags) {
  if (event->attr.aux_output) report_id(event, HW_ID);
  lab_timer_start(&event->hw.hrtimer, TICK_NS);
}

static void event_stop(struct perf_event* event, int flags) { lab_timer_stop(&event->hw.hrtimer); }

/* Whether output may be led to `leader`. Which event asks is not told, so that it is a term of the leader's. */
static int output_match(struct perf_event* leader) { return leader->pmu == &simdaux_pmu && !SIMDAUX_ALONE(leader); }

static void event_read(struct perf_event* event) {}

static int event_init(struct perf_event* event) {
  if (event->attr.type != event->pmu->type) return -ENOENT;
  lab_timer_setup(&event->hw.hrtimer, on_tick);
  return 0;
}

static struct pmu source_pmu = {
    .module = THIS_MODULE,
    .task_ctx_nr = perf_sw_context,
    .capabilities = PERF_PMU_CAP_AUX_OUTPUT,
    .event_init = event_init,
    .add = lab_event_add,
    .del = lab_event_del,
    .start = event_start,
    .stop = event_stop,
    .read = event_read,
    .aux_output_match = output_match,
};

int simdaux_register_source(void) {
  const int error = simdaux_find("perf_report_aux_output_id", &report_id);

  return error ?: perf_pmu_register(&source_pmu, "simdsource", -1);
}

void simdaux_unregister_source(void) { perf_pmu_unregister(&source_pmu); }
