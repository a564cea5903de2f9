"""Samples that were lost or held back: what simdprof reports is what the module counted."""

from lab_results import check, equal, loss_as_counted


def loss_is_reported(results, name, at_least):
    results.ended(name)
    counters = results.counters(name)
    quality = results.quality(name)
    check(counters["lost"] >= at_least, f"{counters['lost']} samples were lost: too few to judge")
    equal(quality["samples"]["all"], counters["samples"], "samples recorded, of those that the module wrote")
    others = loss_as_counted(results, name)
    print(f"{name}: {counters['samples']} samples, {counters['lost']} lost, all reported, and {others} records of other kinds")


def recorder_stopped_for_a_second(results):
    loss_is_reported(results, "stopped_recorder", 20)


def tiny_ring(results):
    loss_is_reported(results, "tiny_ring", 20)


def throttling_is_reported(results):
    results.ended("throttled")
    counters = results.counters("throttled")
    quality = results.quality("throttled")
    check(counters["throttled"] >= 10, f"throttled {counters['throttled']} times: too seldom to judge")
    equal(quality["throttled"], counters["throttled"], "throttled")
    loss_as_counted(results, "throttled")
    equal(quality["samples"]["all"], counters["samples"], "samples recorded, of those that the module wrote")
    print(f"throttled {counters['throttled']} times, all reported")


CHECKS = [recorder_stopped_for_a_second, tiny_ring, throttling_is_reported]
