#include "cmd/script_fields.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "cmd/aux_itrace.h"
#include "cmd/group_samples.h"

namespace simdprof::cmd {
namespace {

struct FieldFact {
  ScriptField field;
  std::string_view name;
  std::uint64_t sample_bits;     ///< any of these in attr.sample_type
  std::string_view kernel_name;  ///< of the bits, for messages
  bool is_default;
  bool of_trace = false;  ///< only samples that --itrace makes have it
};

constexpr std::array kFields = {
    FieldFact{ScriptField::comm, "comm", abi::PERF_SAMPLE_TID, "TID", true},
    FieldFact{ScriptField::tid, "tid", abi::PERF_SAMPLE_TID, "TID", true},
    FieldFact{ScriptField::pid, "pid", abi::PERF_SAMPLE_TID, "TID", false},
    FieldFact{ScriptField::tod, "tod", abi::PERF_SAMPLE_TIME, "TIME", false},
    FieldFact{ScriptField::time, "time", abi::PERF_SAMPLE_TIME, "TIME", true},
    FieldFact{ScriptField::cpu, "cpu", abi::PERF_SAMPLE_CPU, "CPU", true},
    FieldFact{ScriptField::misc, "misc", 0, "", false},
    FieldFact{ScriptField::period, "period", 0, "", true},
    FieldFact{ScriptField::event, "event", 0, "", true},
    FieldFact{ScriptField::trace, "trace", abi::PERF_SAMPLE_RAW, "RAW", true},
    FieldFact{ScriptField::flags, "flags", 0, "", false, true},
    FieldFact{ScriptField::callindent, "callindent", 0, "", false, true},
    FieldFact{ScriptField::synth, "synth", 0, "", true, true},
    FieldFact{ScriptField::addr, "addr", abi::PERF_SAMPLE_ADDR, "ADDR", false},
    FieldFact{ScriptField::data_src, "data_src", abi::PERF_SAMPLE_DATA_SRC, "DATA_SRC", false},
    FieldFact{ScriptField::weight, "weight", abi::PERF_SAMPLE_WEIGHT | abi::PERF_SAMPLE_WEIGHT_STRUCT, "WEIGHT", false},
    FieldFact{ScriptField::ins_lat, "ins_lat", abi::PERF_SAMPLE_WEIGHT_STRUCT, "WEIGHT_STRUCT", false},
    FieldFact{ScriptField::ip, "ip", abi::PERF_SAMPLE_IP, "IP", true},
    FieldFact{ScriptField::sym, "sym", abi::PERF_SAMPLE_IP, "IP", true},
    FieldFact{ScriptField::symoff, "symoff", abi::PERF_SAMPLE_IP, "IP", true},
    FieldFact{ScriptField::dso, "dso", abi::PERF_SAMPLE_IP, "IP", true},
    FieldFact{ScriptField::dsoff, "dsoff", abi::PERF_SAMPLE_IP, "IP", false},
    FieldFact{ScriptField::srcline, "srcline", abi::PERF_SAMPLE_IP, "IP", false},
    FieldFact{ScriptField::srccode, "srccode", abi::PERF_SAMPLE_IP, "IP", false},
    FieldFact{ScriptField::callchain, "callchain", abi::PERF_SAMPLE_CALLCHAIN, "CALLCHAIN", true},
    FieldFact{ScriptField::iregs, "iregs", abi::PERF_SAMPLE_REGS_INTR, "REGS_INTR", false},
    FieldFact{ScriptField::uregs, "uregs", abi::PERF_SAMPLE_REGS_USER, "REGS_USER", false},
    FieldFact{ScriptField::brstack, "brstack", abi::PERF_SAMPLE_BRANCH_STACK, "BRANCH_STACK", false},
    FieldFact{ScriptField::brstacksym, "brstacksym", abi::PERF_SAMPLE_BRANCH_STACK, "BRANCH_STACK", false},
    FieldFact{ScriptField::brstackoff, "brstackoff", abi::PERF_SAMPLE_BRANCH_STACK, "BRANCH_STACK", false},
    FieldFact{ScriptField::brstackinsn, "brstackinsn", abi::PERF_SAMPLE_BRANCH_STACK, "BRANCH_STACK", false},
    FieldFact{ScriptField::brstackinsnlen, "brstackinsnlen", abi::PERF_SAMPLE_BRANCH_STACK, "BRANCH_STACK", false},
    FieldFact{ScriptField::bpf_output, "bpf-output", abi::PERF_SAMPLE_RAW, "RAW", true},
    FieldFact{ScriptField::insn, "insn", abi::PERF_SAMPLE_IP, "IP", false},
    FieldFact{ScriptField::insnlen, "insnlen", abi::PERF_SAMPLE_IP, "IP", false},
    FieldFact{ScriptField::disasm, "disasm", abi::PERF_SAMPLE_IP, "IP", false},
    FieldFact{ScriptField::metric, "metric", abi::PERF_SAMPLE_READ, "READ", false},
    FieldFact{ScriptField::phys_addr, "phys_addr", abi::PERF_SAMPLE_PHYS_ADDR, "PHYS_ADDR", false},
    FieldFact{ScriptField::ipc, "ipc", 0, "", false, true},
    FieldFact{ScriptField::data_page_size, "data_page_size", abi::PERF_SAMPLE_DATA_PAGE_SIZE, "DATA_PAGE_SIZE", false},
    FieldFact{ScriptField::code_page_size, "code_page_size", abi::PERF_SAMPLE_CODE_PAGE_SIZE, "CODE_PAGE_SIZE", false},
};

bool is_tracepoint(const EventDesc& event) { return event.attr.type == abi::PERF_TYPE_TRACEPOINT; }

/// Whether samples of the event have the field.
bool has_field(const EventDesc& event, const FieldFact& fact) {
  if (fact.of_trace && !is_made(event)) return false;
  if (fact.field == ScriptField::synth && !is_mark(event)) return false;
  if (fact.field == ScriptField::trace && !is_tracepoint(event)) return false;
  if (fact.field == ScriptField::bpf_output && !event.attr.is_bpf_output()) return false;
  if (fact.field == ScriptField::metric && !GroupSamples::has_group(event)) return false;
  return fact.sample_bits == 0 || (event.attr.sample_type & fact.sample_bits) != 0;
}

// As the kernel's tool. What a tracepoint tells is its own text: every hit counts as one, and its place in the kernel
// is always the same. What a trace tells beside the flow counts as one, too.
bool is_shown_unasked(const EventDesc& event, ScriptField field) {
  if (is_mark(event)) return field != ScriptField::period;
  if (!is_tracepoint(event)) return true;
  switch (field) {
    case ScriptField::period: return false;
    case ScriptField::ip:
    case ScriptField::sym:
    case ScriptField::symoff:
    case ScriptField::dso: return (event.attr.sample_type & abi::PERF_SAMPLE_CALLCHAIN) != 0;
    default: return true;
  }
}

const FieldFact* find_field(std::string_view name) {
  for (const FieldFact& fact : kFields) {
    if (fact.name == name) return &fact;
  }
  return nullptr;
}

// A call chain is its addresses and their names: `-F callchain` alone shows both.
void add_field(FieldChoice& choice, ScriptField field) {
  choice.shown.add(field);
  choice.named.add(field);
  choice.unnamed.remove(field);
  if (field == ScriptField::callchain) {
    choice.shown.add(ScriptField::ip);
    choice.shown.add(ScriptField::sym);
  }
  // As the kernel's tool: whoever asks for the address gets the chain where one was recorded.
  if (field == ScriptField::ip) choice.shown.add(ScriptField::callchain);
}

FieldChoice default_choice() {
  FieldChoice choice;
  for (const FieldFact& fact : kFields) {
    if (!fact.is_default) continue;
    choice.shown.add(fact.field);
    choice.unnamed.add(fact.field);
  }
  choice.of_made.add(ScriptField::addr);  // as the kernel's tool: a branch is shown with where it goes
  return choice;
}

// Their places in FieldChoices, and what the kernel's tool calls them; all others are the last.
struct TypeName {
  std::string_view name;
  std::uint32_t type;
};
constexpr std::array kTypeNames = {
    TypeName{"hw", abi::PERF_TYPE_HARDWARE},      TypeName{"sw", abi::PERF_TYPE_SOFTWARE},
    TypeName{"trace", abi::PERF_TYPE_TRACEPOINT}, TypeName{"raw", abi::PERF_TYPE_RAW},
    TypeName{"break", abi::PERF_TYPE_BREAKPOINT},
};
constexpr std::string_view kMadeName = "synth";

std::size_t type_place(const EventDesc& event) {
  if (is_made(event)) return kTypeNames.size();
  const auto found = std::find_if(kTypeNames.begin(), kTypeNames.end(),
                                  [&event](const TypeName& one) { return one.type == event.attr.type; });
  return found == kTypeNames.end() ? kTypeNames.size() + 1 : static_cast<std::size_t>(found - kTypeNames.begin());
}

std::optional<std::size_t> type_place(std::string_view name) {
  if (name == kMadeName) return kTypeNames.size();
  const auto found =
      std::find_if(kTypeNames.begin(), kTypeNames.end(), [name](const TypeName& one) { return one.name == name; });
  if (found == kTypeNames.end()) return std::nullopt;
  return static_cast<std::size_t>(found - kTypeNames.begin());
}

/// @param choice  what a list of `+name` and `-name` changes
Status change_choice(std::string_view list, FieldChoice& choice) {
  const bool changes_default = list.starts_with('+') || list.starts_with('-');
  if (!changes_default) choice = {};
  while (true) {
    const std::size_t comma = list.find(',');
    std::string_view name = list.substr(0, comma);
    const char sign = name.empty() ? '\0' : name.front();
    const bool is_signed = sign == '+' || sign == '-';
    if (is_signed != changes_default) {
      return fail(Errc::usage, fmt::format("-F: '{}': names and +name, -name do not mix", name));
    }
    if (is_signed) name.remove_prefix(1);
    const FieldFact* const fact = find_field(name);
    if (fact == nullptr) return fail(Errc::usage, fmt::format("-F: no field '{}'; there are {}", name, field_names()));
    if (sign == '-') {
      choice.shown.remove(fact->field);
      choice.named.remove(fact->field);
      choice.of_made.remove(fact->field);
    } else {
      add_field(choice, fact->field);
    }
    if (comma == std::string_view::npos) return {};
    list.remove_prefix(comma + 1);
  }
}

/// Why no sample can have a field that was named.
Error cannot_show(const FieldFact& fact, const EventTable& events) {
  const auto unsupported = [](std::string text) { return Error{Errc::unsupported, std::move(text), {}, {}}; };
  if (fact.of_trace) {
    const std::string_view letters = fact.field == ScriptField::synth ? " with w or p" : "";
    return unsupported(fmt::format("field {} is of samples that --itrace makes{}", fact.name, letters));
  }
  if (fact.field == ScriptField::trace || fact.field == ScriptField::bpf_output) {
    const std::string_view whose = fact.field == ScriptField::trace ? "tracepoints" : "bpf-output";
    return unsupported(fmt::format("field {} is of samples of {}, with their raw bytes", fact.name, whose));
  }
  if (fact.field == ScriptField::metric) {
    return unsupported(
        "field metric is of groups of events whose samples have all counts, as '{cycles,instructions}:S'");
  }
  const std::string whose =
      events.events.size() == 1 ? fmt::format("event '{}'", events.events.front().name) : "these events";
  return unsupported(
      fmt::format("samples of {} do not have {}; cannot show field {}", whose, fact.kernel_name, fact.name));
}

}  // namespace

const FieldChoice& FieldChoices::of(const EventDesc& event) const { return of_type_[type_place(event)]; }

bool FieldChoices::shows(ScriptField field) const {
  return std::any_of(of_type_.begin(), of_type_.end(),
                     [field](const FieldChoice& choice) { return choice.shown.has(field); });
}

bool FieldChoices::shows_branch_code() const {
  return shows(ScriptField::brstackinsn) || shows(ScriptField::brstackinsnlen);
}

void FieldChoices::hide(ScriptField field) {
  for (FieldChoice& choice : of_type_) {
    choice.shown.remove(field);
    choice.named.remove(field);
  }
}

Status FieldChoices::change(std::string_view list) {
  static_assert(kTypes == kTypeNames.size() + 2);
  const std::size_t colon = list.find(':');
  if (colon == std::string_view::npos) {
    for (FieldChoice& choice : of_type_) {
      if (auto changed = change_choice(list, choice); !changed) return changed;
    }
    return {};
  }
  const auto place = type_place(list.substr(0, colon));
  if (place) return change_choice(list.substr(colon + 1), of_type_[*place]);
  std::string names{kMadeName};
  for (const TypeName& one : kTypeNames) names += fmt::format(",{}", one.name);
  return fail(Errc::usage, fmt::format("-F: no type of events '{}'; there are {}", list.substr(0, colon), names));
}

FieldChoices default_fields() { return FieldChoices(default_choice()); }

std::string field_names() {
  std::string names;
  for (const FieldFact& fact : kFields) {
    if (!names.empty()) names += ',';
    names += fact.name;
  }
  return names;
}

Result<FieldChoices> parse_fields(std::span<const std::string> lists) {
  FieldChoices choices = default_fields();
  for (const std::string& list : lists) {
    if (list.empty()) continue;
    if (auto changed = choices.change(list); !changed) return fail(changed.error());
  }
  return choices;
}

Result<FieldChoices> parse_fields(const std::string& list) { return parse_fields(std::span(&list, 1)); }

Result<std::vector<FieldSet>> fields_of_events(const EventTable& table, const FieldChoices& choices) {
  const std::vector<EventDesc>& events = table.events;
  std::vector<FieldSet> fields(events.size());
  for (const FieldFact& fact : kFields) {
    bool any = false;
    bool named = false;
    for (std::size_t i = 0; i < fields.size(); ++i) {
      const FieldChoice& choice = choices.of(events[i]);
      named = named || choice.named.has(fact.field);
      if (!choice.shown.has(fact.field) || !has_field(events[i], fact)) continue;
      if (choice.unnamed.has(fact.field) && !is_shown_unasked(events[i], fact.field)) continue;
      fields[i].add(fact.field);
      any = true;
    }
    if (named && !any) return fail(cannot_show(fact, table));
  }
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const bool has_target = (events[i].attr.sample_type & abi::PERF_SAMPLE_ADDR) != 0;
    const bool wanted = choices.of(events[i]).of_made.has(ScriptField::addr);
    if (wanted && is_made(events[i]) && has_target) fields[i].add(ScriptField::addr);
  }
  return fields;
}

}  // namespace simdprof::cmd
