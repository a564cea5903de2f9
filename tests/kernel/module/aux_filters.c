// SPDX-License-Identifier: GPL-2.0-only
/*
 * Address filters of the AUX PMU: it traces as before, and tells in the module parameter `filters` what the kernel
 * handed over, one line a filter each time an event starts with others than before:
 *
 *     THREAD filter|start|stop ADDRESS BYTES
 *
 * Bytes are 0 where the filter has none, and both are where its file is not mapped. Writing anything clears the text.
 */
#include <linux/mm.h>
#include <linux/moduleparam.h>
#include <linux/perf_event.h>
#include <linux/sched.h>
#include <linux/sysfs.h>

#include "simdaux.h"

static DEFINE_RAW_SPINLOCK(log_lock);
static char log_text[PAGE_SIZE];
static int log_size;

int simdaux_filters_validate(struct list_head* filters) {
  struct perf_addr_filter* filter;
  int count = 0;

  list_for_each_entry(filter, filters, entry) {
    if (++count > SIMDAUX_FILTERS) return -EOPNOTSUPP;
  }
  return 0;
}

/* Under the lock of the filters. */
void simdaux_filters_sync(struct perf_event* event) {
  static const char* const names[] = {
      [PERF_ADDR_FILTER_ACTION_STOP] = "stop",
      [PERF_ADDR_FILTER_ACTION_START] = "start",
      [PERF_ADDR_FILTER_ACTION_FILTER] = "filter",
  };
  const struct perf_addr_filter_range* range = event->addr_filter_ranges;
  struct perf_addr_filter* filter;
  unsigned long flags;

  raw_spin_lock_irqsave(&log_lock, flags);
  list_for_each_entry(filter, &perf_event_addr_filters(event)->list, entry) {
    log_size += scnprintf(log_text + log_size, sizeof(log_text) - log_size, "%d %s 0x%lx %lu\n", current->pid,
                          names[filter->action], range->start, range->size);
    ++range;
  }
  raw_spin_unlock_irqrestore(&log_lock, flags);
}

static int get_log(char* text, const struct kernel_param* param) {
  unsigned long flags;
  int size;

  raw_spin_lock_irqsave(&log_lock, flags);
  size = sysfs_emit(text, "%.*s", log_size, log_text);
  raw_spin_unlock_irqrestore(&log_lock, flags);
  return size;
}

static int clear_log(const char* text, const struct kernel_param* param) {
  unsigned long flags;

  raw_spin_lock_irqsave(&log_lock, flags);
  log_size = 0;
  raw_spin_unlock_irqrestore(&log_lock, flags);
  return 0;
}

static const struct kernel_param_ops log_ops = {.get = get_log, .set = clear_log};
module_param_cb(filters, &log_ops, NULL, 0644);
