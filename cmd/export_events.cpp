#include "cmd/export_events.h"

#include <algorithm>
#include <utility>

namespace simdprof::cmd {
namespace {

/// Ids of each event, ascending.
std::vector<std::vector<std::uint64_t>> recorded_ids(const EventTable& table) {
  std::vector<std::vector<std::uint64_t>> ids(table.events.size());
  for (const auto& [id, event] : table.event_of_id) {
    if (event < ids.size()) ids[event].push_back(id);
  }
  for (auto& of_event : ids) std::sort(of_event.begin(), of_event.end());
  return ids;
}

bool fits(const std::optional<std::uint64_t>& form, const std::optional<std::uint64_t>& sample) {
  return !form || !sample || *form == *sample;
}

}  // namespace

std::uint64_t ExportEvents::make_id() {
  do ++last_made_id_;
  while (table_->event_of_id.contains(last_made_id_));
  return last_made_id_;
}

Status ExportEvents::add_form(Form form, perfdata::OutEvent event) {
  forms_.push_back(form);
  return writer_->add_event(std::move(event));
}

Result<ExportEvents> ExportEvents::start(perfdata::Writer& writer, const RecordingFacts& facts,
                                         const SampleLowering& lowering, bool strip_registers) {
  ExportEvents events{writer, facts.events};
  for (const EventDesc& event : facts.events.events) {
    events.sample_id_all_ = events.sample_id_all_ || (event.attr.flags & abi::kAttrSampleIdAll) != 0;
  }
  auto ids = recorded_ids(facts.events);
  for (std::uint32_t number = 0; number < ids.size(); ++number) {
    const EventDesc& event = facts.events.events[number];
    Form form{number, {}, 0, !ids[number].empty()};
    if (!form.has_recorded_ids) ids[number].push_back(events.make_id());
    form.first_id = ids[number].front();
    perfdata::OutEvent out{lower_attr(event.attr, strip_registers, events.sample_id_all_, facts.has_format(event.attr)),
                           event.name, std::move(ids[number])};
    if (!strip_registers) {
      const RegisterMasks masks = expected_masks(event.attr, facts.arch, lowering.makes_images(number));
      out.attr.sample_regs_user = masks.user.value_or(0);
      out.attr.sample_regs_intr = masks.intr.value_or(0);
      if (writer.pipe_mode()) form.masks = masks;  // is written now: the first sample cannot change it
    }
    if (auto added = events.add_form(form, std::move(out)); !added) return fail(added.error());
  }
  return events;
}

// Whether the form has these masks, or can still get them.
bool ExportEvents::take(std::size_t number, const RegisterMasks& masks) {
  Form& form = forms_[number];
  if (!fits(form.masks.user, masks.user) || !fits(form.masks.intr, masks.intr)) return false;
  abi::EventAttr& attr = writer_->event(number).attr;
  if (masks.user && !form.masks.user) {
    form.masks.user = masks.user;
    attr.sample_regs_user = *masks.user;
  }
  if (masks.intr && !form.masks.intr) {
    form.masks.intr = masks.intr;
    attr.sample_regs_intr = *masks.intr;
  }
  return true;
}

Result<std::size_t> ExportEvents::form_of(std::uint32_t event, const RegisterMasks& masks) {
  if (take(event, masks)) return event;
  for (std::size_t number = table_->events.size(); number < forms_.size(); ++number) {
    if (forms_[number].event == event && take(number, masks)) return number;
  }
  perfdata::OutEvent narrower = writer_->event(event);
  const RegisterMasks of_first = forms_[event].masks;
  const RegisterMasks own{masks.user ? masks.user : of_first.user, masks.intr ? masks.intr : of_first.intr};
  narrower.attr.sample_regs_user = own.user.value_or(narrower.attr.sample_regs_user);
  narrower.attr.sample_regs_intr = own.intr.value_or(narrower.attr.sample_regs_intr);
  const std::uint64_t id = make_id();
  narrower.ids = {id};
  if (auto added = add_form({event, own, id, false}, std::move(narrower)); !added) return fail(added.error());
  return forms_.size() - 1;
}

Result<std::uint64_t> ExportEvents::id_of_sample(const Sample& sample, const RegisterMasks& masks) {
  const auto number = form_of(sample.event, masks);
  if (!number) return fail(number.error());
  const Form& form = forms_[*number];
  if (!form.has_recorded_ids || !sample.has(abi::PERF_SAMPLE_IDENTIFIER | abi::PERF_SAMPLE_ID)) return form.first_id;
  const auto found = table_->event_of_id.find(sample.id);
  const bool is_its = found != table_->event_of_id.end() && found->second == sample.event;
  return is_its ? sample.id : form.first_id;
}

std::uint64_t ExportEvents::id_of_record(std::uint32_t event, std::optional<std::uint64_t> recorded) const {
  if (!recorded) return event < table_->events.size() ? forms_[event].first_id : 0;
  return table_->event_of_id.contains(*recorded) ? *recorded : 0;
}

}  // namespace simdprof::cmd
