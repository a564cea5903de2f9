// SPDX-License-Identifier: GPL-2.0-only
/*
 * The AUX PMU of simdprof's kernel lab: every millisecond it writes some bytes of a stream that proves itself.
 *
 * The stream is made of pairs of u64: the offset of the pair in the area's stream, and the number of bytes that were
 * produced for the area before it. In a stream without loss both grow alike; bytes that found no room show as a step
 * between them. With `clock` the second number is the time of the tick, in the clock of the event.
 *
 * It gives its newest bytes to samples (snapshot_aux), takes address filters and tells what the kernel made of them
 * (aux_filters.c), takes the output of another PMU's events (aux_source.c), and can be paused.
 */
#include <linux/kprobes.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/perf_event.h>
#include <linux/slab.h>

#include "simdaux.h"

#define TICK_NS 1000000
#define PAIR_BYTES 16

#define CONFIG_BYTES(config) ((config)&0xffffff) /* a tick; 0: 4096 */
#define CONFIG_FLAGS(config) (((config) >> 24) & 3)
#define WANT_PARTIAL 1   /* on every 16th record */
#define WANT_COLLISION 2 /* the same */
#define CONFIG_GROWS(config) \
  (((config) >> 26) & 1) /* overwrite mode: the head grows, as CoreSight's; else as Intel PT's */
#define CONFIG_CLOCK(config) (((config) >> 27) & 1)

struct area {
  void** pages;
  int count;
  bool overwrite;
  u64 head; /* overwrite mode: bytes written */
  u64 produced;
};

/* Of an event. */
struct producer {
  /* Not that of event->hw, where the kernel notes whether an event with an AUX area is paused. */
  struct hrtimer timer;
  struct perf_event* event;
  u64 records;
  bool started; /* the first jump was made */
  bool paused;
};

static atomic64_t produced, written, dropped, truncated, refused, sampled, paused;
static typeof(&perf_output_copy) output_copy;

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

/* One tick's pairs at `start` of the stream. */
static void write_pairs(struct perf_event* event, struct area* area, u64 start, u64 size) {
  const u64 now = event->clock();
  const bool clock = CONFIG_CLOCK(event->attr.config);
  u64 at;

  for (at = 0; at < size; at += PAIR_BYTES) put_pair(area, start + at, clock ? now : area->produced + at);
}

static void produce(struct perf_event* event) {
  struct producer* producer = event->pmu_private;
  const u64 wanted = round_up(CONFIG_BYTES(event->attr.config) ?: 4096, PAIR_BYTES);
  struct perf_output_handle handle = {};
  struct area* area = perf_aux_output_begin(&handle, event);
  u64 size, start;

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
  write_pairs(event, area, start, size);
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
  struct producer* producer = container_of(timer, struct producer, timer);

  if (producer->event->state != PERF_EVENT_STATE_ACTIVE) return HRTIMER_NORESTART;
  if (producer->paused) {
    atomic64_inc(&paused);
  } else {
    produce(producer->event);
  }
  return lab_next_tick(timer, TICK_NS);
}

/*
 * The newest `size` bytes of the area, for a sample of another event of the group on this CPU. A whole area is always
 * given: what nobody has written yet is zero, as Intel PT does it.
 */
static long snapshot_aux(struct perf_event* event, struct perf_output_handle* handle, unsigned long size) {
  /* An inherited event writes to the buffer of the one that it was made of. */
  struct perf_output_handle aux = {.event = event, .rb = (event->parent ?: event)->rb};
  const struct area* area = aux.rb ? perf_get_aux(&aux) : NULL;
  const u64 area_bytes = area ? (u64)area->count << PAGE_SHIFT : 0;
  u64 at, part;

  if (!area) return 0;
  at = (area->head + area_bytes - size) & (area_bytes - 1);
  atomic64_inc(&sampled);
  for (aux.size = size; aux.size; aux.size -= part) {
    part = min_t(u64, aux.size, PAGE_SIZE - (at & ~PAGE_MASK));
    if (output_copy(handle, area->pages[at >> PAGE_SHIFT] + (at & ~PAGE_MASK), part)) return -EFAULT;
    at = (at + part) & (area_bytes - 1);
  }
  return size;
}

static void event_start(struct perf_event* event, int flags) {
  struct producer* producer = event->pmu_private;

#ifdef PERF_EF_RESUME
  producer->paused = !(flags & PERF_EF_RESUME) && event->hw.aux_paused;
  if (flags & PERF_EF_RESUME) return; /* its timer runs on */
#else
  producer->paused = false;
#endif
  perf_event_addr_filters_sync(event);
  lab_timer_start(&producer->timer, TICK_NS);
}

static void event_stop(struct perf_event* event, int flags) {
  struct producer* producer = event->pmu_private;

#ifdef PERF_EF_PAUSE
  if (flags & PERF_EF_PAUSE) {
    producer->paused = true;
    return;
  }
#endif
  lab_timer_stop(&producer->timer);
}

static void event_read(struct perf_event* event) {}

static void event_destroy(struct perf_event* event) { kfree(event->pmu_private); }

static int event_init(struct perf_event* event) {
  struct producer* producer;

  if (event->attr.type != event->pmu->type) return -ENOENT;
  producer = kzalloc(sizeof(*producer), GFP_KERNEL);
  if (!producer) return -ENOMEM;
  producer->event = event;
  lab_timer_setup(&producer->timer, on_tick);
  event->pmu_private = producer;
  event->destroy = event_destroy;
  return 0;
}

PMU_FORMAT_ATTR(bytes, "config:0-23");
PMU_FORMAT_ATTR(flags, "config:24-25");
PMU_FORMAT_ATTR(grows, "config:26");
PMU_FORMAT_ATTR(clock, "config:27");
PMU_FORMAT_ATTR(alone, "config:28");
PMU_FORMAT_ATTR(start, "config1:0-63");

static struct attribute* format_attrs[] = {
    &format_attr_bytes.attr,
    &format_attr_flags.attr,
    &format_attr_grows.attr,
    &format_attr_clock.attr,
    &format_attr_alone.attr,
    &format_attr_start.attr,
    NULL,
};
static const struct attribute_group format_group = {.name = "format", .attrs = format_attrs};
static const struct attribute_group* groups[] = {&format_group, NULL};

#ifdef PERF_PMU_CAP_AUX_PAUSE
#define CAN_PAUSE PERF_PMU_CAP_AUX_PAUSE
#else
#define CAN_PAUSE 0
#endif

struct pmu simdaux_pmu = {
    .module = THIS_MODULE,
    .attr_groups = groups,
    .task_ctx_nr = perf_sw_context,
    .capabilities = PERF_PMU_CAP_EXCLUSIVE | PERF_PMU_CAP_ITRACE | CAN_PAUSE,
    .event_init = event_init,
    .add = lab_event_add,
    .del = lab_event_del,
    .start = event_start,
    .stop = event_stop,
    .read = event_read,
    .setup_aux = aux_setup,
    .free_aux = aux_free,
    .snapshot_aux = snapshot_aux,
    .nr_addr_filters = SIMDAUX_FILTERS,
    .addr_filters_validate = simdaux_filters_validate,
    .addr_filters_sync = simdaux_filters_sync,
};

static const struct lab_counter counters[] = {{"produced", &produced},   {"written", &written}, {"dropped", &dropped},
                                              {"truncated", &truncated}, {"refused", &refused}, {"sampled", &sampled},
                                              {"paused", &paused},       {"led", &simdaux_led}, {}};
module_param_cb(counters, &lab_counters_ops, (void*)counters, 0644);

/* Not exported. A probe that is put on a function and taken off again tells where it is. */
int simdaux_find(const char* name, void* place) {
  struct kprobe probe = {.symbol_name = name};
  const int error = register_kprobe(&probe);

  if (error) {
    pr_err("simdaux: cannot find %s: %d\n", name, error);
    return error;
  }
  *(void**)place = probe.addr;
  unregister_kprobe(&probe);
  return 0;
}

static int __init simdaux_init(void) {
  int error = simdaux_find("perf_output_copy", &output_copy);

  error = error ?: perf_pmu_register(&simdaux_pmu, "simdaux", -1);
  if (error) return error;
  error = simdaux_register_source();
  if (error) perf_pmu_unregister(&simdaux_pmu);
  return error;
}

static void __exit simdaux_exit(void) {
  simdaux_unregister_source();
  perf_pmu_unregister(&simdaux_pmu);
}

module_init(simdaux_init);
module_exit(simdaux_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("A perf PMU that writes an AUX area, for the tests of simdprof");
