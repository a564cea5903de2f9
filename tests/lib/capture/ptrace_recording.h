#pragma once

#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstring>
#include <fstream>
#include <mutex>
#include <sstream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "lib/abi/xsave.h"
#include "lib/capture/attr_build.h"
#include "lib/capture/plan.h"
#include "lib/capture/proc_thread.h"
#include "lib/capture/record_time.h"

/// What the tests of the ptrace source share: programs run plainly and recorded, and recordings held in memory.
namespace simdprof::test {

inline std::string program(const std::string& name) {
  return std::string(SIMDPROF_BUILD_DIR) + "/tests/programs/" + name;
}

/// stdout of this process and what it starts, until read_all().
class CapturedOutput {
 public:
  CapturedOutput() {
    char name[] = "/tmp/ptrace_test_XXXXXX";
    file_ = ::mkostemp(name, O_CLOEXEC);
    ::unlink(name);
    saved_ = ::fcntl(1, F_DUPFD_CLOEXEC, 0);
    ::dup2(file_, 1);
  }
  CapturedOutput(const CapturedOutput&) = delete;
  CapturedOutput& operator=(const CapturedOutput&) = delete;
  ~CapturedOutput() { ::close(file_); }
  std::string read_all() {
    ::dup2(saved_, 1);
    ::close(saved_);
    std::string text;
    std::array<char, 4096> buffer{};
    off_t at = 0;
    for (ssize_t got = 0; (got = ::pread(file_, buffer.data(), buffer.size(), at)) > 0; at += got) {
      text.append(buffer.data(), static_cast<std::size_t>(got));
    }
    return text;
  }

 private:
  int file_ = -1;
  int saved_ = -1;
};

struct Ran {
  int wait_status = -1;
  std::string output;
};

inline pid_t start_plain(const std::vector<std::string>& argv) {
  const pid_t pid = ::fork();
  if (pid == 0) {
    std::vector<char*> words;
    for (const auto& word : argv) words.push_back(const_cast<char*>(word.c_str()));
    words.push_back(nullptr);
    ::execvp(words[0], words.data());
    ::_exit(127);
  }
  return pid;
}

/// Its stdout goes nowhere.
inline pid_t start_quiet(const std::vector<std::string>& argv) {
  std::vector<std::string> words{"sh", "-c", "exec \"$@\" > /dev/null", "sh"};
  words.insert(words.end(), argv.begin(), argv.end());
  return start_plain(words);
}

inline int wait_for_end(pid_t pid) {
  int status = -1;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

inline Ran run_plain(const std::vector<std::string>& argv) {
  CapturedOutput output;
  Ran ran;
  ran.wait_status = wait_for_end(start_plain(argv));
  ran.output = output.read_all();
  return ran;
}

struct SeenSample {
  Pid pid = 0;
  Tid tid = 0;
  std::uint64_t time_ns = 0;
  std::uint64_t ip = 0;
  bool in_user = false;
};

/// A register image with its bytes, read from the layout in man/simdprof-format.5.
struct SeenImage {
  Pid pid = 0;
  Tid tid = 0;
  std::uint64_t window_start_ns = 0, time_ns = 0, ip = 0;
  std::int64_t syscall = -1;
  std::uint32_t flags = 0;
  std::uint64_t in_use = 0, stored = 0;
  std::uint32_t mxcsr = 0;
  std::vector<std::byte> data;

  /// Bytes of a stored component; empty when it is not stored.
  [[nodiscard]] std::vector<std::byte> component(unsigned wanted, const abi::XsaveTable& table) const {
    std::size_t at = 0;
    for (unsigned i = 0; i < abi::kXsaveComponents; ++i) {
      if (((stored >> i) & 1U) == 0) continue;
      const std::size_t size = table.components[i].size;
      if (i == wanted) return {data.begin() + static_cast<long>(at), data.begin() + static_cast<long>(at + size)};
      at += size;
    }
    return {};
  }
};

template <class T>
T value_at(std::span<const std::byte> bytes, std::size_t offset) {
  T value{};
  std::memcpy(&value, bytes.subspan(offset, sizeof(T)).data(), sizeof(T));
  return value;
}

/// Keeps what a recording writes.
class MemorySink final : public RecordSink {
 public:
  StreamId open_stream(const StreamInfo& info) override {
    const std::lock_guard lock(mutex_);
    streams.push_back(info);
    return static_cast<StreamId>(streams.size() - 1);
  }
  Status write(StreamId, std::span<const std::byte> records, std::uint32_t, std::uint64_t, std::uint64_t) override {
    const std::lock_guard lock(mutex_);
    while (!records.empty()) {
      const auto size = value_at<std::uint16_t>(records, 6);
      take(records.first(size));
      records = records.subspan(size);
    }
    return {};
  }

  std::vector<StreamInfo> streams;
  std::vector<SeenSample> samples;
  std::vector<SeenImage> images;
  std::vector<std::pair<std::uint32_t, std::uint64_t>> losses;  ///< cause, count
  std::vector<std::string> exec_names;                          ///< COMM records with COMM_EXEC

 private:
  static std::string name_at(std::span<const std::byte> record, std::size_t offset) {
    std::string name;
    for (; offset < record.size() && record[offset] != std::byte{0}; ++offset) {
      name += static_cast<char>(record[offset]);
    }
    return name;
  }
  void take(std::span<const std::byte> record) {
    switch (record_type(record)) {
      case abi::PERF_RECORD_SAMPLE:
        samples.push_back({value_at<Pid>(record, 24), value_at<Tid>(record, 28), value_at<std::uint64_t>(record, 32),
                           value_at<std::uint64_t>(record, 16), (record_misc(record) & 7U) == 2});
        break;
      case abi::PERF_RECORD_COMM:
        if ((record_misc(record) & abi::PERF_RECORD_MISC_COMM_EXEC) != 0) {
          exec_names.push_back(name_at(record, 16));
        }
        break;
      case kRecordRegisterImage: take_image(record); break;
      case kRecordLoss:
        losses.emplace_back(value_at<std::uint32_t>(record, 8), value_at<std::uint64_t>(record, 24));
        break;
      default: break;
    }
  }
  void take_image(std::span<const std::byte> record) {
    SeenImage image;
    image.pid = value_at<Pid>(record, 8);
    image.tid = value_at<Tid>(record, 12);
    image.window_start_ns = value_at<std::uint64_t>(record, 16);
    image.time_ns = value_at<std::uint64_t>(record, 24);
    image.ip = value_at<std::uint64_t>(record, 32);
    image.syscall = value_at<std::int64_t>(record, 40);
    image.flags = value_at<std::uint32_t>(record, 52);
    image.in_use = value_at<std::uint64_t>(record, 64);
    image.stored = value_at<std::uint64_t>(record, 72);
    image.mxcsr = value_at<std::uint32_t>(record, 80);
    const auto data = record.subspan(88, value_at<std::uint32_t>(record, 84));
    image.data.assign(data.begin(), data.end());
    images.push_back(std::move(image));
  }
  std::mutex mutex_;
};

/// task-clock at a frequency, kernel hits too, as `simdprof record --source=ptrace` would plan it.
inline CapturePlan make_plan(std::uint64_t frequency_hz = 999) {
  CapturePlan plan;
  plan.source = SourceKind::ptrace;
  plan.ring_pages = 64;
  EventPlan event;
  event.name = "task-clock";
  event.attr.type = abi::PERF_TYPE_SOFTWARE;
  event.attr.config = abi::PERF_COUNT_SW_TASK_CLOCK;
  event.attr.size = abi::PERF_ATTR_SIZE_VER7;
  event.attr.sample_type = kBaseSampleType;
  event.attr.sample_period_or_freq = frequency_hz;
  event.attr.flags = abi::kAttrFreq | abi::kAttrSampleIdAll | abi::kAttrUseClockid | abi::kAttrInherit;
  event.attr.clockid = 1;
  plan.events.push_back(event);
  return plan;
}

/// Whether this machine lets us make stops at all; a test skips when not.
inline bool can_trace() {
  CapturePlan plan = make_plan();
  plan.target.command = {"true"};
  MemorySink sink;
  const StopFlag stop{false};
  return run_ptrace_capture(plan, sink, stop).has_value();
}

struct Recorded {
  Ran ran;
  std::string error;
  CaptureOutcome outcome;
  MemorySink sink;
};

inline void record(const CapturePlan& plan, Recorded& recorded) {
  const StopFlag stop{false};
  CapturedOutput output;
  const auto outcome = run_ptrace_capture(plan, recorded.sink, stop);
  recorded.ran.output = output.read_all();
  if (!outcome) {
    recorded.error = outcome.error().fact;
    return;
  }
  recorded.outcome = *outcome;
  recorded.ran.wait_status = outcome->wait_status.value_or(-1);
}

inline void record_command(const std::vector<std::string>& argv, Recorded& recorded, std::uint64_t frequency_hz = 999) {
  CapturePlan plan = make_plan(frequency_hz);
  plan.target.command = argv;
  record(plan, recorded);
}

/// A recorder in a process of its own, which attaches to `plan.target` or starts its command. A tracer and the parent
/// of its target must not be one process: the kernel would give the target's end to the tracer alone.
inline pid_t start_recorder(const CapturePlan& plan) {
  const pid_t pid = ::fork();
  if (pid != 0) return pid;
  static StopFlag stop{false};
  ::signal(SIGINT, [](int) { stop = true; });
  MemorySink sink;
  const auto outcome = run_ptrace_capture(plan, sink, stop);
  if (!outcome) {
    ::dprintf(2, "recorder: %s\n", outcome.error().fact.c_str());
    ::_exit(outcome.error().code == Errc::permission ? 3 : 2);
  }
  ::_exit(outcome->samples != 0 && outcome->register_images != 0 ? 0 : 1);
}

}  // namespace simdprof::test
