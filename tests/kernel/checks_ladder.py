"""What the kernel refuses, with which errno, and what simdprof takes in its place."""

from lab_results import check, equal


def refused(results, name, *words):
    results.ended(name, 1)
    text = results.text(f"{name}.stderr")
    for word in words:
        check(word in text, f"{name}: no '{word}' in: {text}")
    lines = [line for line in text.splitlines() if not line.startswith("simdprof: source kernel: E")]
    check(lines[-1].startswith("simdprof: "), f"{name}: the last line is no message: {text}")


def taken(results, name, attempts, line):
    """The errnos of the attempts in order, then the line that says what was taken."""
    results.ended(name)
    text = results.text(f"{name}.stderr").splitlines()
    prefix = "simdprof: source kernel: "
    tried = [one[len(prefix):].split(": ")[0] for one in text if one.startswith(prefix)]
    equal([word for word in tried if word.startswith("E")], attempts, f"{name}: errnos")
    check(f"simdprof: source {line}" in text, f"{name}: no '{line}' in {text}")


def software_clocks_take_no_xmm(results):
    refused(results, "refuse_clock", "EOPNOTSUPP", "try --source=ptrace")


def a_pmu_without_the_capability(results):
    refused(results, "refuse_plain", "EOPNOTSUPP", "try --source=ptrace")
    taken(results, "auto_plain", ["E2BIG"] + ["EOPNOTSUPP"] * 4,
          "ptrace: user XMM YMM from a stop at each sample; no interrupt vectors")


def a_pmu_that_refuses_the_bits(results):
    refused(results, "refuse_both", "EINVAL", "try --source=ptrace")


def xmm_in_both_sets(results):
    taken(results, "take_both", ["E2BIG"], "kernel: user XMM, interrupt XMM in each sample")


def xmm_in_the_user_set_only(results):
    taken(results, "take_user_only", ["E2BIG", "EINVAL"], "kernel: user XMM in each sample")


def xmm_in_the_interrupt_set_only(results):
    taken(results, "take_intr_only", ["E2BIG", "EINVAL", "EINVAL"],
          "kernel: interrupt XMM in each sample; no user set of its own")


def xmm_of_precise_user_hits_only(results):
    """What kernels from 5.2 give on Intel hardware."""
    taken(results, "take_precise", ["E2BIG", "EINVAL", "EINVAL", "EINVAL"],
          "kernel: interrupt XMM in each sample; precise user hits only, their interrupt set is the user's")


def paranoid_levels(results):
    refused(results, "paranoid_3", "kernel.perf_event_paranoid is 3", "EACCES")
    refused(results, "paranoid_2_kernel", "kernel samples need 1", "EACCES")
    both = "kernel: user XMM, interrupt XMM in each sample"
    taken(results, "paranoid_2", ["E2BIG"], both)
    check("kernel samples are not allowed here" in results.text("paranoid_2.stderr"), "paranoid 2: no word of :u")
    taken(results, "paranoid_1", ["E2BIG"], both)
    refused(results, "paranoid_1_all", "whole CPUs need kernel.perf_event_paranoid=0 (it is 1)", "EACCES")
    taken(results, "paranoid_less_1_all", ["E2BIG"], both)


def no_right_to_stop_a_process(results):
    """sigtrap events need the right to trace the target."""
    refused(results, "foreign_process", "Operation not permitted")


CHECKS = [
    software_clocks_take_no_xmm,
    a_pmu_without_the_capability,
    a_pmu_that_refuses_the_bits,
    xmm_in_both_sets,
    xmm_in_the_user_set_only,
    xmm_in_the_interrupt_set_only,
    xmm_of_precise_user_hits_only,
    paranoid_levels,
    no_right_to_stop_a_process,
]
