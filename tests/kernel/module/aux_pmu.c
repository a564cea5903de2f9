// SPDX-License-Identifier: GPL-2.0-only
/*
 * The AUX PMU of simdprof's kernel lab: every millisecond it writes some bytes of a stream that proves itself.
 *
 * The stream is made of pairs of u64: the offset of the pair in the area's stream, and the number of bytes that were
 * produced for the area before it. In a stream without loss both grow alike; bytes that found no room show as a step
 * between them.
 */
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/perf_event.h>
#include <linux/slab.h>

#include "lab_pmu.h"

#define TICK_NS 1000000
#define PAIR_BYTES 16

#define CONFIG_BYTES(config) ((config)&0xffffff) /* a tick; 0: 4096 */
#define CONFIG_FLAGS(config) (((config) >> 24) & 3)
#define WANT_PARTIAL 1   /* on every 16th record */
#define WANT_COLLISION 2 /* the same */
#define CONFIG_GROWS(config) \
  (((config) >> 26) & 1) /* overwrite mode: the head grows, as CoreSight's; else as Intel PT's */

struct area {
  void** pages;
  int count;
  bool overwrite;
  u64 head; /* overwrite mode: bytes written */
  u64 produced;
};

/* Of an event. */
struct producer {
  u64 records;
  bool started; /* the first jump was made */
};

static atomic64_t produced, written, dropped, truncated, refused;

static void* aux_setup(struct perf_event* event, void** pages, int count, bool overwrite) {
  struct area* area = kzalloc(sizeof(*area), GFP_KERNEL);

  if (!area) return NULL;
  area->pages = pages;
  area->count = count;
  area->overwrite = overwrite;
  return area;
}

static void aux_free(void* area) { kfree(area); }

static void put_pair(struct area* area, u64 offset, u64 number) {
  const u64 at = offset & (((u64)area->count << PAGE_SHIFT) - 1);
  u64* pair = area->pages[at >> PAGE_SHIFT] + (at & ~PAGE_MASK);

  pair[0] = offset;
  pair[1] = number;
}

static u64 room_for(const struct area* area, const struct perf_output_handle* handle, u64 wanted) {
  if (area->overwrite) return wanted;
  return min_t(u64, wanted, handle->size & ~(u64)(PAIR_BYTES - 1));
}

static void flag_record(struct perf_event* event, struct producer* producer, struct perf_output_handle* handle) {
  const unsigned int flags = CONFIG_FLAGS(event->attr.config);

  if (producer->records++ % 16 != 15) return;
  if (flags & WANT_PARTIAL) perf_aux_output_flag(handle, PERF_AUX_FLAG_PARTIAL);
  if (flags & WANT_COLLISION) perf_aux_output_flag(handle, PERF_AUX_FLAG_COLLISION);
}

/* One tick's bytes. */
static void produce(struct perf_event* event) {
  struct producer* producer = event->pmu_private;
  const u64 wanted = round_up(CONFIG_BYTES(event->attr.config) ?: 4096, PAIR_BYTES);
  struct perf_output_handle handle = {};
  struct area* area = perf_aux_output_begin(&handle, event);
  u64 size, at, start;

  if (!area) {
    atomic64_inc(&refused); /* full, or the reader is gone: nothing was produced */
    return;
  }
  start = area->overwrite ? area->head : handle.head;
  if (!producer->started && event->attr.config1 && !area->overwrite) {
    /* Nothing bounds what a driver says it wrote: the head is far away at once, and the reader must pass over it. */
    producer->started = true;
    perf_aux_output_flag(&handle, PERF_AUX_FLAG_PARTIAL);
    perf_aux_output_end(&handle, round_up(event->attr.config1, PAIR_BYTES));
    return;
  }
  size = room_for(area, &handle, wanted);
  for (at = 0; at < size; at += PAIR_BYTES) put_pair(area, start + at, area->produced + at);
  area->produced += wanted;
  area->head += size;
  atomic64_add(wanted, &produced);
  atomic64_add(size, &written);
  atomic64_add(wanted - size, &dropped);
  flag_record(event, producer, &handle);
  if (size < wanted) {
    atomic64_inc(&truncated);
    perf_aux_output_flag(&handle, PERF_AUX_FLAG_TRUNCATED);
  }
  if (area->overwrite) {
    handle.head = area->head; /* the kernel takes it from here as it is */
    if (!CONFIG_GROWS(event->attr.config)) handle.head &= ((u64)area->count << PAGE_SHIFT) - 1;
  }
  perf_aux_output_end(&handle, size);
}

static enum hrtimer_restart on_tick(struct hrtimer* timer) {
  struct perf_event* event = lab_ticking_event(timer);

  if (!event) return HRTIMER_NORESTART;
  produce(event);
  return lab_next_tick(timer, TICK_NS);
}

static void event_start(struct perf_event* event, int flags) { lab_timer_start(event, TICK_NS); }

static void event_stop(struct perf_event* event, int flags) { lab_timer_stop(event); }

static void event_read(struct perf_event* event) {}

static void event_destroy(struct perf_event* event) { kfree(event->pmu_private); }

static int event_init(struct perf_event* event) {
  if (event->attr.type != event->pmu->type) return -ENOENT;
  event->pmu_private = kzalloc(sizeof(struct producer), GFP_KERNEL);
  if (!event->pmu_private) return -ENOMEM;
  event->destroy = event_destroy;
  lab_timer_setup(event, on_tick);
  return 0;
}

PMU_FORMAT_ATTR(bytes, "config:0-23");
PMU_FORMAT_ATTR(flags, "config:24-25");
PMU_FORMAT_ATTR(grows, "config:26");
PMU_FORMAT_ATTR(start, "config1:0-63");

static struct attribute* format_attrs[] = {
    &format_attr_bytes.attr, &format_attr_flags.attr, &format_attr_grows.attr, &format_attr_start.attr, NULL,
};
static const struct attribute_group format_group = {.name = "format", .attrs = format_attrs};
static const struct attribute_group* groups[] = {&format_group, NULL};

static struct pmu aux_pmu = {
    .module = THIS_MODULE,
    .attr_groups = groups,
    .task_ctx_nr = perf_sw_context,
    .capabilities = PERF_PMU_CAP_EXCLUSIVE | PERF_PMU_CAP_ITRACE,
    .event_init = event_init,
    .add = lab_event_add,
    .del = lab_event_del,
    .start = event_start,
    .stop = event_stop,
    .read = event_read,
    .setup_aux = aux_setup,
    .free_aux = aux_free,
};

static const struct lab_counter counters[] = {{"produced", &produced},   {"written", &written}, {"dropped", &dropped},
                                              {"truncated", &truncated}, {"refused", &refused}, {}};
module_param_cb(counters, &lab_counters_ops, (void*)counters, 0644);

static int __init simdaux_init(void) { return perf_pmu_register(&aux_pmu, "simdaux", -1); }

static void __exit simdaux_exit(void) { perf_pmu_unregister(&aux_pmu); }

module_init(simdaux_init);
module_exit(simdaux_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("A perf PMU that writes an AUX area, for the tests of simdprof");
