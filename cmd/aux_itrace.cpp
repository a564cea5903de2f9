#include "cmd/aux_itrace.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <type_traits>
#include <utility>

#include "cmd/branch_path.h"
#include "lib/base/check.h"

namespace simdprof::cmd {
namespace {

static_assert(std::is_trivially_copyable_v<AuxHit>);

/// A PMU type that no kernel gives out: these events were not recorded, they are made.
constexpr std::uint32_t kMadeEventType = 0xffffffff;
/// attr.config of the events of marks.
constexpr std::uint64_t kMarkConfig = 1;

struct UnitName {
  std::string_view name;
  ItraceOptions::Unit unit;
  std::uint64_t factor;
};
// Longer names first: "i" alone is the unit of instructions.
constexpr std::array kUnits = {
    UnitName{"ms", ItraceOptions::Unit::nanoseconds, 1'000'000},
    UnitName{"us", ItraceOptions::Unit::nanoseconds, 1'000},
    UnitName{"ns", ItraceOptions::Unit::nanoseconds, 1},
    UnitName{"i", ItraceOptions::Unit::instructions, 1},
};

auto wrong(std::string_view text, std::string_view why) {
  return fail(Errc::usage, fmt::format("--itrace={}: {}", text, why));
}

/// Period and unit behind the letter i, if there are any; `at` goes behind them.
Status parse_period(std::string_view text, std::size_t& at, ItraceOptions& options) {
  if (at == text.size() || text[at] < '0' || text[at] > '9') return {};
  std::uint64_t number = 0;
  const auto parsed = std::from_chars(text.data() + at, text.data() + text.size(), number);
  if (parsed.ec != std::errc{} || number == 0) return wrong(text, "a period is a number above 0");
  at = static_cast<std::size_t>(parsed.ptr - text.data());
  options.unit = ItraceOptions::Unit::instructions;  // perf's, for a number alone
  std::uint64_t factor = 1;
  for (const UnitName& unit : kUnits) {
    if (!text.substr(at).starts_with(unit.name)) continue;
    options.unit = unit.unit;
    factor = unit.factor;
    at += unit.name.size();
    break;
  }
  if (number > ~std::uint64_t{0} / factor) return wrong(text, "the period is too long");
  options.period = number * factor;
  return {};
}

}  // namespace

Result<ItraceOptions> parse_itrace(std::string_view text) {
  ItraceOptions options;
  for (std::size_t at = 0; at < text.size();) {
    const char letter = text[at++];
    switch (letter) {
      case 'i':
        options.instructions = true;
        if (auto period = parse_period(text, at, options); !period) return fail(period.error());
        break;
      case 'b': options.branches = true; break;
      case 'c': options.calls = true; break;
      case 'r': options.returns = true; break;
      case 'M': options.memory = true; break;
      case 'w': options.ptwrites = true; break;
      case 'p': options.power = true; break;
      case 'e': options.errors = true; break;
      case ',':
      case ' ': break;
      default: return wrong(text, fmt::format("'{}' is none of i, b, c, r, M, w, p and e", letter));
    }
  }
  if (!options.instructions && !options.any_branches() && !options.memory && !options.ptwrites && !options.power) {
    return wrong(text, "asks for no samples: i, b, c, r, M, w or p");
  }
  return options;
}

void AuxHitCollector::append(const AuxHit& hit) {
  std::array<char, sizeof(hit)> bytes;
  std::memcpy(bytes.data(), &hit, sizeof(hit));
  batch.bytes.append(bytes.data(), bytes.data() + bytes.size());
}

void AuxHitCollector::add(const AuxHit& hit) {
  append(hit);
  batch.end_entry(hit.place.time_ns);
}

void AuxHitCollector::on_branch(const AuxBranch& branch) {
  if (!options_.any_branches()) return;
  if (options_.calls || options_.returns) {
    std::uint32_t wanted = 0;
    if (options_.calls) wanted |= kAuxCall | kAuxAsync | kAuxTraceEnd;
    if (options_.returns) wanted |= kAuxReturn | kAuxTraceBegin;
    if ((branch.flags & wanted) == 0) return;
  }
  add({branch.place,
       branch.from,
       branch.to,
       1,
       branch.flags,
       branch.cycles,
       branch.cycle_instructions,
       AuxHit::Kind::branch,
       {}});
}

// Periods of time lie on a grid, and those of instructions begin afresh with each batch, whose rest is added to the
// next sample: so that samples depend on the trace alone, not on what was decoded together.
bool AuxHitCollector::due(const AuxPlace& place) {
  if (options_.unit == ItraceOptions::Unit::instructions) return instructions_ >= options_.period;
  if (place.time_ns == AuxPlace::kNoAuxTime || place.time_ns < next_ns_) return false;
  const bool first = next_ns_ == 0;
  next_ns_ = (place.time_ns / options_.period + 1) * options_.period;
  return !first;
}

void AuxHitCollector::on_instruction(const AuxInstruction& instruction) {
  if (!options_.instructions) return;
  last_ = instruction.place;
  ++instructions_;
  ++cycle_instructions_;
  cycles_ += instruction.cycles;
  if (!due(instruction.place)) return;
  add({instruction.place,
       instruction.ip,
       0,
       instructions_,
       instruction.flags,
       cycles_,
       cycles_ != 0 ? cycle_instructions_ : 0,
       AuxHit::Kind::instruction,
       {}});
  instructions_ = 0;
  if (cycles_ != 0) cycle_instructions_ = 0;
  cycles_ = 0;
}

// A sampled operation is both: an instruction, and perhaps an access.
void AuxHitCollector::on_memory(const AuxMemory& memory) {
  const VirtAddr ip = (memory.present & AuxMemory::kIp) != 0 ? memory.ip : 0;
  if (options_.instructions) add({memory.place, ip, 0, 1, 0, 0, 0, AuxHit::Kind::instruction, {}});
  if (!options_.memory || (memory.present & AuxMemory::kVirtual) == 0) return;
  add({memory.place, ip, memory.virtual_address, 1, 0, 0, 0, AuxHit::Kind::memory, {}});
}

void AuxHitCollector::on_mark(const AuxMark& mark) {
  const bool ptwrite = mark.facts.kind == AuxMarkFacts::Kind::ptwrite;
  if (!(ptwrite ? options_.ptwrites : options_.power)) return;
  add({mark.place, mark.ip, 0, 1, 0, 0, 0, AuxHit::Kind::mark, mark.facts});
}

void AuxHitCollector::on_error(const AuxError& error) {
  append({error.place, error.ip, 0, 0, 0, 0, 0, AuxHit::Kind::error, {}});
  fmt::format_to(std::back_inserter(batch.bytes), "{}: {}", error.code, error.text);
  batch.end_error(error);
}

void AuxHitCollector::end() {
  if (instructions_ != 0) add({last_, 0, 0, instructions_, 0, 0, 0, AuxHit::Kind::rest, {}});
}

AuxHit hit_of(std::string_view bytes, std::string_view& text) {
  AuxHit hit;
  SIMDPROF_ASSERT(bytes.size() >= sizeof(hit));
  std::memcpy(static_cast<void*>(&hit), bytes.data(), sizeof(hit));
  text = bytes.substr(sizeof(hit));
  return hit;
}

bool is_made(const EventDesc& event) { return event.attr.type == kMadeEventType; }

bool is_mark(const EventDesc& event) { return is_made(event) && event.attr.config == kMarkConfig; }

ItraceEvents::ItraceEvents(const ItraceOptions& options, EventTable& table) {
  const auto add = [&table](std::string name, std::uint64_t period, std::uint64_t more) {
    EventDesc event;
    event.attr.type = kMadeEventType;
    event.attr.sample_type = abi::PERF_SAMPLE_IP | abi::PERF_SAMPLE_TID | abi::PERF_SAMPLE_TIME | abi::PERF_SAMPLE_CPU |
                             abi::PERF_SAMPLE_PERIOD | more;
    event.attr.sample_period_or_freq = period;
    event.name = std::move(name);
    table.events.push_back(std::move(event));
    return static_cast<std::uint32_t>(table.events.size() - 1);
  };
  const bool timed = options.unit == ItraceOptions::Unit::nanoseconds;
  if (options.instructions) {
    instructions_ = add(timed ? fmt::format("instructions, one in {} ns", options.period) : "instructions",
                        timed ? 1 : options.period, 0);
  }
  if (options.any_branches()) branches_ = add("branches", 1, abi::PERF_SAMPLE_ADDR);
  if (options.memory) memory_ = add("memory", 1, abi::PERF_SAMPLE_ADDR);
  // By AuxMarkFacts::Kind; perf's names.
  constexpr std::array<const char*, kMarks> kMarkNames = {"ptwrite", "cbr", "psb", "mwait", "pwre", "exstop", "pwrx"};
  for (std::size_t kind = 0; kind < kMarks; ++kind) {
    const bool ptwrite = kind == static_cast<std::size_t>(AuxMarkFacts::Kind::ptwrite);
    if (!(ptwrite ? options.ptwrites : options.power)) continue;
    marks_[kind] = add(kMarkNames[kind], 1, 0);
    table.events.back().attr.config = kMarkConfig;
  }
}

ItraceEvents::Area& ItraceEvents::area_of(const AuxPlace& place) {
  const auto same = [&place](const Area& area) { return area.index == place.index && area.cpu == place.cpu; };
  const auto found = std::find_if(areas_.begin(), areas_.end(), same);
  if (found != areas_.end()) return *found;
  areas_.push_back({place.index, place.cpu, 0, {}});
  return areas_.back();
}

/// As perf has it: the ratio stands in every PSB header, and is a sample where it is another than before.
bool ItraceEvents::tells_change(const AuxHit& hit) {
  if (hit.mark.kind != AuxMarkFacts::Kind::cbr) return true;
  auto& ratio = area_of(hit.place).ratio;
  return std::exchange(ratio, hit.mark.payload) != ratio;
}

bool ItraceEvents::make_sample(const AuxHit& hit, std::uint64_t time_ns, Sample& sample) {
  std::uint64_t period = hit.period;
  switch (hit.kind) {
    case AuxHit::Kind::error: return false;
    case AuxHit::Kind::rest: area_of(hit.place).rest += hit.period; return false;
    case AuxHit::Kind::branch: sample.event = branches_; break;
    case AuxHit::Kind::memory: sample.event = memory_; break;
    case AuxHit::Kind::instruction:
      sample.event = instructions_;
      period += std::exchange(area_of(hit.place).rest, 0);
      break;
    case AuxHit::Kind::mark:
      if (!tells_change(hit)) return false;
      sample.event = marks_[static_cast<std::size_t>(hit.mark.kind)];
      break;
  }
  // A trace that begins has no instruction that led there.
  sample.ip = hit.ip;
  sample.present = abi::PERF_SAMPLE_IP | abi::PERF_SAMPLE_TID | abi::PERF_SAMPLE_TIME | abi::PERF_SAMPLE_PERIOD;
  const bool has_target = hit.kind == AuxHit::Kind::branch || hit.kind == AuxHit::Kind::memory;
  if (has_target) sample.present |= abi::PERF_SAMPLE_ADDR;
  if (hit.place.cpu >= 0) sample.present |= abi::PERF_SAMPLE_CPU;
  sample.addr = hit.addr;
  sample.mode = mode_of_address(hit.ip);
  sample.misc = static_cast<std::uint16_t>(sample.mode);
  sample.pid = hit.place.pid;
  sample.tid = hit.place.tid;
  sample.cpu = hit.place.cpu >= 0 ? static_cast<std::uint32_t>(hit.place.cpu) : 0;
  sample.time_ns = time_ns;
  sample.period = period;
  return true;
}

}  // namespace simdprof::cmd
