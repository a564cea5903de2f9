#include "cmd/sample_filter.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>

namespace simdprof::cmd {
namespace {

constexpr std::uint32_t kLargestCpu = 65535;  // far above any kernel's NR_CPUS
constexpr std::uint32_t kLargestTid = std::numeric_limits<std::int32_t>::max();

std::optional<std::uint32_t> parse_number(std::string_view text, std::uint32_t largest) {
  std::uint32_t value = 0;
  const char* const end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, value);
  if (text.empty() || parsed.ec != std::errc{} || parsed.ptr != end || value > largest) return std::nullopt;
  return value;
}

// Splits at commas that stand outside of brackets: C++ names have commas of their own.
void split_names(std::string_view list, std::vector<std::string>& out) {
  int depth = 0;
  std::size_t start = 0;
  for (std::size_t i = 0; i <= list.size(); ++i) {
    const char c = i < list.size() ? list[i] : ',';
    if (c == '(' || c == '<' || c == '[') ++depth;
    if ((c == ')' || c == '>' || c == ']') && depth > 0) --depth;
    if (c != ',' || (depth > 0 && i < list.size())) continue;
    if (i > start) out.emplace_back(list.substr(start, i - start));
    start = i + 1;
  }
}

std::vector<std::string> split_all(const std::vector<std::string>& lists) {
  std::vector<std::string> names;
  for (const std::string& list : lists) split_names(list, names);
  return names;
}

bool fits_any(std::string_view name, const std::vector<std::string>& patterns) {
  return std::any_of(patterns.begin(), patterns.end(),
                     [name](const std::string& pattern) { return fits_pattern(name, pattern); });
}

bool contains(const std::vector<std::uint32_t>& numbers, std::int32_t wanted) {
  return wanted >= 0 && std::find(numbers.begin(), numbers.end(), static_cast<std::uint32_t>(wanted)) != numbers.end();
}

}  // namespace

bool fits_pattern(std::string_view name, std::string_view pattern) {
  if (name == pattern) return true;
  // The usual two-pointer match: after a mismatch the last `*` takes one character more.
  std::size_t n = 0, p = 0;
  std::size_t star = std::string_view::npos, resume = 0;
  while (n < name.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = n;
    } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == name[n])) {
      ++n;
      ++p;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      n = ++resume;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

Result<std::vector<std::uint32_t>> parse_number_list(std::string_view text, std::string_view option,
                                                     std::uint32_t largest) {
  std::vector<std::uint32_t> numbers;
  std::string_view rest = text;
  while (true) {
    const std::size_t comma = rest.find(',');
    const std::string_view item = rest.substr(0, comma);
    const std::size_t dash = item.find('-');
    const auto first = parse_number(item.substr(0, dash), largest);
    const auto last = dash == std::string_view::npos ? first : parse_number(item.substr(dash + 1), largest);
    constexpr std::uint32_t kLargestRange = 65536;
    if (!first || !last || *last < *first || *last - *first >= kLargestRange) {
      return fail(Errc::usage, fmt::format("{} {}: not a list of numbers such as 0,2-4", option, text));
    }
    for (std::uint32_t number = *first; number <= *last; ++number) numbers.push_back(number);
    if (comma == std::string_view::npos) return numbers;
    rest.remove_prefix(comma + 1);
  }
}

Result<SampleFilter> SampleFilter::make(const SampleFilterOptions& options, const std::optional<TimeWindow>& recorded) {
  SampleFilter filter;
  filter.symbols_ = split_all(options.symbols);
  filter.dsos_ = split_all(options.dsos);
  filter.comms_ = split_all(options.comms);
  filter.kernel_only_ = options.kernel_only;
  filter.user_only_ = options.user_only;
  if (!options.tids.empty()) {
    auto tids = parse_number_list(options.tids, "--tid", kLargestTid);
    if (!tids) return fail(tids.error());
    filter.tids_ = std::move(*tids);
  }
  if (!options.pids.empty()) {
    auto pids = parse_number_list(options.pids, "--pid", kLargestTid);
    if (!pids) return fail(pids.error());
    filter.pids_ = std::move(*pids);
  }
  if (!options.cpus.empty()) {
    const auto cpus = parse_number_list(options.cpus, "--cpu", kLargestCpu);
    if (!cpus) return fail(cpus.error());
    filter.cpus_.resize(*std::max_element(cpus->begin(), cpus->end()) + std::size_t{1});
    for (const std::uint32_t cpu : *cpus) filter.cpus_[cpu] = true;
  }
  if (!options.time.empty()) {
    const auto window = parse_time_window(options.time, recorded);
    if (!window) return fail(window.error());
    filter.window_ = *window;
  }
  return filter;
}

bool SampleFilter::accepts_mode(CpuMode mode) const {
  if (kernel_only_ && user_only_) return mode == CpuMode::kernel || mode == CpuMode::user;
  if (kernel_only_) return mode == CpuMode::kernel;
  if (user_only_) return mode == CpuMode::user;
  return true;
}

bool SampleFilter::accepts_all() const {
  return !needs_comm() && !needs_place() && tids_.empty() && pids_.empty() && cpus_.empty() && !window_ &&
         !kernel_only_ && !user_only_;
}

bool SampleFilter::accepts(const Sample& sample) const {
  if (!accepts_mode(sample.mode)) return false;
  if (window_ && !(sample.has(abi::PERF_SAMPLE_TIME) && window_->contains(sample.time_ns))) return false;
  const bool has_tid = sample.has(abi::PERF_SAMPLE_TID);
  if (!tids_.empty() && !(has_tid && contains(tids_, sample.tid))) return false;
  if (!pids_.empty() && !(has_tid && contains(pids_, sample.pid))) return false;
  if (cpus_.empty()) return true;
  return sample.has(abi::PERF_SAMPLE_CPU) && sample.cpu < cpus_.size() && cpus_[sample.cpu];
}

bool SampleFilter::accepts_comm(std::string_view comm) const { return comms_.empty() || fits_any(comm, comms_); }

bool SampleFilter::accepts_place(const Location& place) {
  if (!symbols_.empty()) {
    if (place.symbol.empty()) return false;
    const auto [answer, is_new] = symbol_answers_.try_emplace(place.symbol.data(), false);
    if (is_new) answer->second = fits_any(place.symbol, symbols_);
    if (!answer->second) return false;
  }
  if (!dsos_.empty()) {
    const auto [answer, is_new] = dso_answers_.try_emplace(place.dso_path.data(), false);
    if (is_new) answer->second = fits_any(place.dso, dsos_) || fits_any(place.dso_path, dsos_);
    if (!answer->second) return false;
  }
  return true;
}

}  // namespace simdprof::cmd
