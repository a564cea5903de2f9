#include "lib/capture/metadata.h"

#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <ctime>

#include "lib/abi/arm64_regsets.h"
#include "lib/abi/xsave.h"
#include "lib/base/fd.h"
#include "lib/capture/record_batch.h"
#include "lib/capture/tracepoint.h"

namespace simdprof {
namespace {

// Value of the first line "key : value" of /proc/cpuinfo.
std::string find_cpuinfo(std::string_view text, std::string_view key) {
  while (!text.empty()) {
    const std::size_t newline = text.find('\n');
    const std::string_view line = text.substr(0, newline);
    const std::size_t colon = line.find(": ");
    if (line.starts_with(key) && colon != std::string_view::npos) return std::string(line.substr(colon + 2));
    if (newline == std::string_view::npos) break;
    text.remove_prefix(newline + 1);
  }
  return {};
}

// The first processor's lines are enough; the file has a kilobyte a CPU.
std::string load_cpu_description() {
  const auto fd = open_to_read("/proc/cpuinfo");
  if (!fd) return {};
  std::string text(4096, '\0');
  const auto got = read_up_to(fd->get(), std::as_writable_bytes(std::span(text)));
  text.resize(got ? *got : 0);
  return find_cpuinfo(text, "model name");
}

std::string load_line(const char* path) {
  auto text = load_text(path, 4096);
  if (!text) return {};
  while (!text->empty() && text->back() == '\n') text->pop_back();
  return *text;
}

}  // namespace

std::string clock_name(std::int32_t clockid) {
  switch (clockid) {
    case kPerfClock: return "perf";
    case CLOCK_REALTIME: return "CLOCK_REALTIME";
    case CLOCK_MONOTONIC: return "CLOCK_MONOTONIC";
    case CLOCK_MONOTONIC_RAW: return "CLOCK_MONOTONIC_RAW";
    case CLOCK_BOOTTIME: return "CLOCK_BOOTTIME";
    case CLOCK_TAI: return "CLOCK_TAI";
    default: return fmt::format("clock {}", clockid);
  }
}

std::map<std::string, std::string> collect_host_facts() {
  std::map<std::string, std::string> facts;
  utsname system{};
  if (::uname(&system) == 0) {
    facts["hostname"] = system.nodename;
    facts["release"] = system.release;
    facts["version"] = system.version;
    facts["arch"] = system.machine;
  }
  facts["cpu"] = load_cpu_description();
  facts["cpus"] = std::to_string(::sysconf(_SC_NPROCESSORS_CONF));
  facts["cpus_online"] = std::to_string(::sysconf(_SC_NPROCESSORS_ONLN));
  facts["page_bytes"] = std::to_string(::sysconf(_SC_PAGESIZE));
  facts["boot_id"] = load_line("/proc/sys/kernel/random/boot_id");
  if (const unsigned bytes = abi::probe_sve_vector_bytes(); bytes != 0)
    facts["sve_vector_bytes"] = std::to_string(bytes);
  std::erase_if(facts, [](const auto& fact) { return fact.second.empty(); });
  return facts;
}

Status write_recording_head(RecordSink& sink, const CapturePlan& plan, const std::vector<SourceAttempt>& attempts,
                            const std::map<std::string, std::string>& facts) {
  RecordBatch batch(sink, sink.open_stream({StreamKind::metadata, -1, -1}));
  for (std::size_t i = 0; i < plan.events.size(); ++i) {
    batch.add(encode_event_desc(static_cast<std::uint32_t>(i), plan.events[i].attr, plan.events[i].name), kNoTime);
  }
  for (const auto& [key, value] : facts) batch.add(encode_host_fact(key, value), kNoTime);
  const abi::XsaveTable xsave = abi::probe_xsave_table();
  if (xsave.xcr0_mask != 0) batch.add(encode_xsave_table(xsave), kNoTime);
  for (const auto& record : load_tracepoint_infos(EventSystem{}, plan.events)) batch.add(record, kNoTime);
  for (const SourceAttempt& attempt : attempts) {
    batch.add(encode_source(attempt.source, attempt.error_number, attempt.explanation), kNoTime);
  }
  return batch.hand_over();
}

namespace {

// CPU time of the ended command and of those of its descendants that were waited for, in ns: what a rate of samples is
// measured against.
std::uint64_t waited_cpu_ns() {
  rusage usage{};
  if (::getrusage(RUSAGE_CHILDREN, &usage) != 0) return 0;
  const auto ns = [](const timeval& time) {
    return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000 + static_cast<std::uint64_t>(time.tv_usec) * 1000;
  };
  return ns(usage.ru_utime) + ns(usage.ru_stime);
}

}  // namespace

Status write_recording_tail(RecordSink& sink, const CaptureOutcome& outcome,
                            const std::map<std::string, std::vector<std::byte>>& build_ids) {
  RecordBatch batch(sink, sink.open_stream({StreamKind::metadata, -1, -1}));
  for (const auto& [path, id] : build_ids) batch.add(encode_build_id(id, path), kNoTime);
  if (outcome.wait_status && !outcome.outlived) {
    batch.add(encode_host_fact("target_cpu_ns", std::to_string(waited_cpu_ns())), kNoTime);
  }
  if (outcome.paused_ns != 0) {
    batch.add(encode_host_fact("sampling_paused_ns", std::to_string(outcome.paused_ns)), kNoTime);
  }
  batch.add(encode_end(outcome.start_ns, outcome.end_ns, outcome.wait_status.value_or(-1)), kNoTime);
  return batch.hand_over();
}

}  // namespace simdprof
