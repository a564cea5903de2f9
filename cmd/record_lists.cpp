#include "cmd/record_lists.h"

#include <fmt/format.h>

#include <array>
#include <string_view>
#include <utility>

#include "cmd/exit_code.h"
#include "cmd/text_out.h"
#include "lib/capture/event_names.h"
#include "lib/capture/open_error.h"
#include "lib/capture/pmu.h"
#include "lib/capture/register_list.h"

namespace simdprof::cmd {
namespace {

void print_events(TextOut& out) {
  for (const EventListEntry& entry : list_event_names()) out.print("{:<50}  [{}]\n", entry.names, entry.kind);
  const EventSystem system;
  for (const std::string& pmu : list_pmus(system)) {
    for (const std::string& event : list_pmu_events(system, pmu)) {
      out.print("{:<50}  [PMU {}]\n", fmt::format("{}/{}/", pmu, event), pmu);
    }
  }
  for (const auto& [form, meaning] :
       std::array<std::pair<const char*, const char*>, 4>{{{"rNNN", "raw, hexadecimal"},
                                                           {"PMU/TERM=VALUE,.../", "terms of a PMU"},
                                                           {"SUBSYSTEM:NAME", "tracepoint"},
                                                           {"mem:ADDRESS[/LENGTH][:rwx]", "breakpoint"}}}) {
    out.print("{:<50}  [{}]\n", form, meaning);
  }
  out.write("modifiers behind ':': u k h p pp ppp P G H D\n");
}

// One attribute as "name value" lines; fields that are 0 are left out.
void print_attr(TextOut& out, const abi::EventAttr& attr) {
  const std::array<std::pair<const char*, std::uint64_t>, 20> fields = {
      {{"type", attr.type},
       {"config", attr.config},
       {(attr.flags & abi::kAttrFreq) != 0 ? "freq" : "period", attr.sample_period_or_freq},
       {"sample_type", attr.sample_type},
       {"read_format", attr.read_format},
       {"flags", attr.flags},
       {"bp_type", attr.bp_type},
       {"config1", attr.config1_or_bp_addr},
       {"config2", attr.config2_or_bp_len},
       {"sample_regs_user", attr.sample_regs_user},
       {"sample_regs_intr", attr.sample_regs_intr},
       {"sample_stack_user", attr.sample_stack_user},
       {"aux_sample_size", attr.aux_sample_size},
       {"aux_action", attr.aux_action},
       {"simd_vec_qwords", attr.sample_simd_vec_reg_qwords},
       {"simd_pred_qwords", attr.sample_simd_pred_reg_qwords},
       {"simd_vec_user", attr.sample_simd_vec_reg_user},
       {"simd_vec_intr", attr.sample_simd_vec_reg_intr},
       {"simd_pred_user", attr.sample_simd_pred_reg_user},
       {"simd_pred_intr", attr.sample_simd_pred_reg_intr}}};
  out.print("  {:<18}{}\n", "size", attr.size);
  for (const auto& [name, value] : fields) {
    const bool decimal = std::string_view(name) == "freq" || std::string_view(name) == "period";
    if (value != 0) out.print("  {:<18}{}\n", name, decimal ? fmt::format("{}", value) : fmt::format("{:#x}", value));
  }
  if (abi::precise_ip(attr) != 0) out.print("  {:<18}{}\n", "precise_ip", abi::precise_ip(attr));
}

}  // namespace

int print_record_list(const std::string& list) {
  TextOut out;
  if (list == "events") {
    print_events(out);
  } else {
    for (const std::string& name : list_register_names(native_arch())) out.print("{}\n", name);
  }
  return out.finish() ? kExitOk : kExitFailure;
}

int print_dry_run(const RecordOptions& options, const ReadyPlan& ready) {
  TextOut out;
  out.print("{}\n", ready.source_line);
  for (const SourceAttempt& attempt : ready.attempts) {
    out.print("  {:<8}{:<12}{}\n", source_name(attempt.source),
              attempt.error_number == 0 ? "available" : errno_name(attempt.error_number), attempt.explanation);
  }
  for (const EventPlan& event : ready.plan.events) {
    out.print("event {}\n", event.name);
    print_attr(out, event.attr);
  }
  if (ready.plan.aux.use != AuxUse::none) out.print("AUX areas of {} pages\n", ready.plan.aux.pages);
  out.print("rings of {} pages, output {}\n", ready.plan.ring_pages, options.output);
  return out.finish() ? kExitOk : kExitFailure;
}

}  // namespace simdprof::cmd
