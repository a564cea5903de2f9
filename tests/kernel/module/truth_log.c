// SPDX-License-Identifier: GPL-2.0-only
/*
 * /proc/simdtest_truth: every tick as the module knows it, for the judge. Writing to it empties it.
 */
#include <linux/atomic.h>
#include <linux/proc_fs.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>

#include "simdtest.h"

#define TRUTHS (1 << 18)

static struct truth* truths;
static atomic_t used = ATOMIC_INIT(0);

void simdtest_truth_add(const struct truth* entry) {
  const int at = atomic_inc_return(&used) - 1;

  if (at < TRUTHS) truths[at] = *entry;
}

static ssize_t truth_read(struct file* file, char __user* to, size_t size, loff_t* at) {
  /* More ticks than room show as a size that no number of entries has. */
  const int count = min(atomic_read(&used), TRUTHS);
  const size_t odd = atomic_read(&used) > TRUTHS ? 1 : 0;

  return simple_read_from_buffer(to, size, at, truths, count * sizeof(*truths) - odd);
}

static ssize_t truth_write(struct file* file, const char __user* from, size_t size, loff_t* at) {
  atomic_set(&used, 0);
  return size;
}

static const struct proc_ops truth_ops = {
    .proc_read = truth_read,
    .proc_write = truth_write,
    .proc_lseek = default_llseek,
};

int simdtest_truth_init(void) {
  truths = vzalloc(TRUTHS * sizeof(*truths));
  if (!truths) return -ENOMEM;
  if (!proc_create("simdtest_truth", 0600, NULL, &truth_ops)) {
    vfree(truths);
    return -ENOMEM;
  }
  return 0;
}

void simdtest_truth_exit(void) {
  remove_proc_entry("simdtest_truth", NULL);
  vfree(truths);
}
