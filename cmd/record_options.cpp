#include "cmd/record_options.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "cmd/exit_code.h"
#include "cmd/option_set.h"
#include "cmd/option_values.h"
#include "cmd/text_out.h"
#include "lib/base/log.h"
#include "lib/capture/aux_pmu.h"
#include "lib/capture/cpu_list.h"
#include "lib/capture/register_list.h"

namespace simdprof::cmd {
namespace {

// Options as text, before their values are understood.
struct RawOptions {
  std::vector<std::string> events;
  std::string frequency, call_graph, user_regs, intr_regs, pages, delay, duration, pids, tids, cpus, snapshot,
      aux_sample;
  std::uint64_t period = 0;
  bool frame_pointers = false, no_inherit = false, quiet = false;
  bool xmm = false, ymm = false, zmm = false, opmask = false, neon = false, sve = false;
  int verbose = 0;
};

// perf's options with a value that may be left out take it only behind '='; an OptionSet would take the next word.
std::vector<std::string> spell_out_values(const std::vector<std::string>& words) {
  std::vector<std::string> spelt;
  for (const std::string& word : words) {
    const bool bare_intr = word == "-I" || word == "--intr-regs";
    if (bare_intr) {
      spelt.emplace_back("--intr-regs=all");
    } else if (word == "--user-regs") {
      spelt.emplace_back("--user-regs=all");
    } else if (word.starts_with("-I=")) {
      spelt.push_back("--intr-regs=" + word.substr(3));
    } else if (word == "-S" || word == "--snapshot") {
      spelt.emplace_back("--snapshot=all");
    } else if (word.starts_with("-S")) {
      spelt.push_back("--snapshot=" + word.substr(2));
    } else if (word == "--aux-sample") {
      spelt.emplace_back("--aux-sample=4096");
    } else {
      spelt.push_back(word);
    }
  }
  return spelt;
}

void add_what(OptionSet& set, RawOptions& raw, RecordOptions& options) {
  set.add_option("-e,--event", raw.events, "events, perf's grammar; =? lists them (default: cycles, else a clock)");
  set.add_option("-F,--freq", raw.frequency, "samples a second, or max (default: 999)");
  set.add_option("-c,--count", raw.period, "one sample every so many events").above_zero();
  set.add_flag("-g", raw.frame_pointers, "record call chains, by frame pointers");
  set.add_option("--call-graph", raw.call_graph, "record call chains: fp, dwarf or dwarf,STACK-BYTES");
  set.add_flag("-d,--data", options.sampling.data_address, "record data addresses and sources");
  set.add_option("--user-regs", raw.user_regs, "general registers of user mode: =LIST, =none, =? (default: all)");
  set.add_option("-I,--intr-regs", raw.intr_regs, "general registers at the interrupt: =LIST, =none, =?");
  set.add_flag("--xmm", raw.xmm, "record XMM registers; with none of these six, all that there are");
  set.add_flag("--ymm", raw.ymm, "record YMM registers");
  set.add_flag("--zmm", raw.zmm, "record ZMM registers");
  set.add_flag("--opmask", raw.opmask, "record the mask registers k0 to k7");
  set.add_flag("--neon", raw.neon, "arm64: record NEON registers");
  set.add_flag("--sve", raw.sve, "arm64: record SVE registers, with those of NEON");
  set.add_flag("--kernel-simd", options.kernel_simd, "keep the vector registers of kernel hits, which can hold keys");
  set.add_option("--source", options.source, "where registers come from")
      .one_of({"auto", "kernel", "ptrace", "gpr"})
      .shows_default();
}

void add_aux(OptionSet& set, RawOptions& raw, RecordOptions& options) {
  set.add_option("-S,--snapshot", raw.snapshot,
                 "keep the newest bytes of AUX areas: =SIZE at most; at SIGUSR2 and at the end");
  set.add_option("--snapshot-at", options.aux.snapshot_at, "also take a snapshot whenever this function is called");
  set.add_option("--aux-sample", raw.aux_sample, "put the AUX bytes before a sample into it: =SIZE (default: 4096)");
  set.add_option("--filter", options.aux.filter,
                 "trace these addresses only: 'filter main@/bin/app', or numbers as the kernel has them");
  set.add_flag("--per-thread", options.per_thread, "a ring a thread instead of a CPU; no thread made later");
}

void add_whom(OptionSet& set, RawOptions& raw, RecordOptions& options) {
  set.add_option("-p,--pid", raw.pids, "record these processes, threads made later too");
  set.add_option("-t,--tid", raw.tids, "record these threads");
  set.add_flag("-a,--all-cpus", options.target.system_wide, "record all CPUs");
  set.add_option("-C,--cpu", raw.cpus, "record these CPUs: 0,2-4");
  set.add_flag("--no-inherit", raw.no_inherit, "leave out processes and threads that the target makes");
  set.add_option("-D,--delay", raw.delay, "begin so many milliseconds after the start");
  set.add_option("--duration", raw.duration, "end after this time: 5 (seconds), 300ms, 2m");
}

void add_output(OptionSet& set, RawOptions& raw, RecordOptions& options) {
  set.add_option("-o,--output", options.output, "file to write, or - for standard output").shows_default();
  set.add_option("-z,--compression-level", options.zstd_level, "zstd level").between(1, 22).shows_default();
  set.add_option("-m,--mmap-pages", raw.pages,
                 "size of a CPU's ring: pages, or bytes as 512K, 4M; 128,4M and ,4M: of its AUX area too");
  set.add_flag("--dry-run", options.dry_run, "print what would be recorded, and from which source");
  set.add_flag("-v,--verbose", raw.verbose, "say more; twice: even more");
  set.add_flag("-q,--quiet", raw.quiet, "say errors only");
}

Status apply_rate(const RawOptions& raw, SamplingOptions& sampling) {
  if (raw.period != 0) sampling.period = raw.period;
  if (raw.frequency.empty()) return {};
  if (raw.period != 0) return fail(Errc::usage, "-F and -c exclude each other");
  if (raw.frequency == "max") {
    sampling.frequency_hz = kMaxFrequency;
    return {};
  }
  const auto hz = parse_number(raw.frequency);
  if (!hz || *hz == 0) return fail(Errc::usage, fmt::format("-F: '{}' is no frequency in Hz", raw.frequency));
  sampling.frequency_hz = *hz;
  return {};
}

Status apply_call_graph(const RawOptions& raw, SamplingOptions& sampling) {
  if (raw.frame_pointers) sampling.call_graph = CallGraph::frame_pointer;
  if (raw.call_graph.empty()) return {};
  const auto value = parse_call_graph(raw.call_graph);
  if (!value) return fail(value.error());
  sampling.call_graph = value->dwarf ? CallGraph::dwarf : CallGraph::frame_pointer;
  sampling.stack_bytes = value->stack_bytes;
  return {};
}

Status apply_vector_classes(const RawOptions& raw, abi::Arch arch, RecordOptions& options) {
  struct Class {
    bool wanted;
    const char* name;
    bool here;
  };
  const bool x86 = abi::is_x86(arch), arm64 = arch == abi::Arch::arm64;
  const std::array<Class, 6> classes = {{{raw.xmm, "xmm", x86},
                                         {raw.ymm, "ymm", x86},
                                         {raw.zmm, "zmm", x86},
                                         {raw.opmask, "opmask", x86},
                                         {raw.neon, "neon", arm64},
                                         {raw.sve, "sve", arm64}}};
  for (const Class& one : classes) {
    if (!one.wanted) continue;
    if (!one.here) return fail(Errc::usage, fmt::format("--{}: this architecture has no such registers", one.name));
    options.vector_classes.emplace_back(one.name);
  }
  return {};
}

// Both sets hold all general registers unless they are named. "?" asks for the list.
Status apply_registers(const RawOptions& raw, RecordOptions& options) {
  const abi::Arch arch = native_arch();
  const std::array<std::pair<const std::string*, std::uint64_t*>, 2> sets = {
      {{&raw.user_regs, &options.sampling.user_regs}, {&raw.intr_regs, &options.sampling.intr_regs}}};
  for (const auto& [text, mask] : sets) {
    *mask = abi::gpr_mask(arch);
    if (text->empty()) continue;
    if (*text == "?") {
      options.list = "registers";
      continue;
    }
    const auto parsed = parse_register_mask(*text, arch);
    if (!parsed) return fail(parsed.error());
    *mask = *parsed;
  }
  if (options.sampling.call_graph == CallGraph::dwarf && options.sampling.user_regs != abi::gpr_mask(arch)) {
    return fail(Errc::usage, "--call-graph dwarf needs all user registers; leave --user-regs out");
  }
  return apply_vector_classes(raw, arch, options);
}

Status apply_target(const RawOptions& raw, TargetSpec& target) {
  const auto ids = [](const std::string& text, std::vector<std::int32_t>& out) -> Status {
    if (text.empty()) return {};
    auto parsed = parse_id_list(text);
    if (!parsed) return fail(parsed.error());
    out = std::move(*parsed);
    return {};
  };
  if (const Status status = ids(raw.pids, target.pids); !status) return status;
  if (const Status status = ids(raw.tids, target.tids); !status) return status;
  if (!raw.cpus.empty()) {
    auto cpus = parse_cpu_list(raw.cpus);
    if (!cpus) return fail(cpus.error());
    target.cpus = std::move(*cpus);
  }
  const bool tasks = !target.pids.empty() || !target.tids.empty();
  const bool whole_cpus = target.system_wide || !target.cpus.empty();
  if (tasks && whole_cpus)
    return fail(Errc::usage, "-p and -t name tasks, -a and -C whole CPUs: they exclude each other");
  if (tasks && !target.command.empty()) return fail(Errc::usage, "a command and -p or -t exclude each other");
  if (!tasks && !whole_cpus && target.command.empty()) {
    return fail(Errc::usage, "nothing to record: give a command, -p, -t, -a or -C");
  }
  return {};
}

Status apply_times(const RawOptions& raw, RecordOptions& options) {
  if (!raw.delay.empty()) {
    const auto ms = parse_number(raw.delay);
    if (!ms || *ms > 1000000000) return fail(Errc::usage, fmt::format("-D: '{}' is no number of ms", raw.delay));
    options.start_delay = std::chrono::milliseconds(*ms);
  }
  if (!raw.duration.empty()) {
    const auto duration = parse_duration(raw.duration);
    if (!duration) return fail(duration.error());
    options.duration = *duration;
  }
  if (!raw.pages.empty()) {
    const auto pages = parse_ring_pages(raw.pages, static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)));
    if (!pages) return fail(pages.error());
    if (pages->data != 0) options.ring_pages = pages->data;
    options.aux.pages = pages->aux;
  }
  return {};
}

Status apply_aux(const RawOptions& raw, RecordOptions& options) {
  AuxWish& aux = options.aux;
  aux.period = raw.period;
  if (!raw.snapshot.empty()) {
    aux.snapshot = true;
    const auto bytes = raw.snapshot == "all" ? Result<std::size_t>(0) : parse_byte_size("--snapshot", raw.snapshot);
    if (!bytes) return fail(bytes.error());
    aux.snapshot_bytes = *bytes;
  }
  const bool whole_cpus = options.target.system_wide || !options.target.cpus.empty();
  if (!aux.snapshot_at.empty()) {
    aux.snapshot = true;
    if (whole_cpus) return fail(Errc::usage, "--snapshot-at is for commands, -p and -t: a function is in a process");
  }
  if (!raw.aux_sample.empty()) {
    const auto bytes = parse_byte_size("--aux-sample", raw.aux_sample);
    if (!bytes) return fail(bytes.error());
    if (*bytes > kMaxAuxSampleBytes) {
      return fail(Errc::usage, fmt::format("--aux-sample: a sample holds at most {} bytes", kMaxAuxSampleBytes));
    }
    aux.samples = true;
    aux.sample_bytes = *bytes;
  }
  if (!options.per_thread) return {};
  options.sampling.inherit = false;
  if (whole_cpus) return fail(Errc::usage, "--per-thread is for commands, -p and -t, not for whole CPUs");
  return {};
}

Status apply(const RawOptions& raw, RecordOptions& options) {
  for (const std::string& events : raw.events) options.events += (options.events.empty() ? "" : ",") + events;
  if (options.events == "?" || options.events == "=?") options.list = "events";
  options.sampling.inherit = !raw.no_inherit;
  if (const Status status = apply_rate(raw, options.sampling); !status) return status;
  if (const Status status = apply_call_graph(raw, options.sampling); !status) return status;
  if (const Status status = apply_registers(raw, options); !status) return status;
  if (const Status status = apply_times(raw, options); !status) return status;
  if (!options.list.empty()) return {};
  if (const Status status = apply_target(raw, options.target); !status) return status;
  return apply_aux(raw, options);
}

void set_verbosity(const RawOptions& raw) {
  if (raw.quiet) set_log_level(LogLevel::quiet);
  if (raw.verbose == 1) set_log_level(LogLevel::verbose);
  if (raw.verbose > 1) set_log_level(LogLevel::debug);
}

}  // namespace

std::optional<RecordOptions> parse_record_options(const std::vector<std::string>& words, int& exit_status) {
  RecordOptions options;
  RawOptions raw;
  OptionSet set("record",
                "Records samples with registers.\n\n"
                "usage: simdprof record [options] [--] COMMAND [ARGUMENTS]\n"
                "       simdprof record [options] -p PID | -t TID | -a | -C CPUS");
  add_what(set, raw, options);
  add_aux(set, raw, options);
  add_whom(set, raw, options);
  add_output(set, raw, options);
  set.end_at_first_word();

  const auto dashes = std::find(words.begin(), words.end(), "--");
  if (const auto status = set.parse(spell_out_values({words.begin(), dashes}))) {
    exit_status = *status;
    return std::nullopt;
  }
  const std::vector<std::string> after_options = set.remaining();
  if (!after_options.empty() && after_options.front().starts_with('-')) {
    log_error(fmt::format("record: no option {}; --help lists the options", after_options.front()));
    exit_status = kExitUsage;
    return std::nullopt;
  }
  // The words of the command as they were given: spelling out values changes words, not their number.
  const auto command_words = static_cast<std::ptrdiff_t>(after_options.size());
  options.target.command.assign(dashes - command_words, dashes);
  if (dashes != words.end()) options.target.command.insert(options.target.command.end(), dashes + 1, words.end());
  options.words = words;
  if (const Status applied = apply(raw, options); !applied) {
    log_error(fmt::format("record: {}", applied.error().fact));
    exit_status = kExitUsage;
    return std::nullopt;
  }
  set_verbosity(raw);
  return options;
}

}  // namespace simdprof::cmd
