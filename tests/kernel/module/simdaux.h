/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The parts of the AUX PMU of simdprof's kernel lab.
 */
#ifndef SIMDAUX_H
#define SIMDAUX_H

#include "lab_pmu.h"

#define SIMDAUX_FILTERS 2                                       /* of an event */
#define SIMDAUX_ALONE(event) (((event)->attr.config >> 28) & 1) /* the area takes no output of other events */

extern struct pmu simdaux_pmu;
extern atomic64_t simdaux_led; /* ticks of events whose output is led to the AUX area of their group */

int simdaux_filters_validate(struct list_head* filters);
void simdaux_filters_sync(struct perf_event* event);
int simdaux_register_source(void);
void simdaux_unregister_source(void);
int simdaux_find(const char* name, void* place);

#endif
