#include "cmd/script.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "cmd/exit_code.h"
#include "cmd/group_samples.h"
#include "cmd/option_set.h"
#include "cmd/sample_options.h"
#include "cmd/script_metric.h"
#include "cmd/script_render.h"
#include "cmd/text_out.h"
#include "decoders/lanes/instruction.h"

namespace simdprof::cmd {
namespace {

struct ScriptOptions {
  SampleOptions samples;
  Verbosity verbosity;
  std::vector<std::string> fields;
  std::string format = "text";
  bool hide_call_graph = false;
  bool inlined = false;
  std::size_t max_stack = 0;
  bool nanoseconds = false;
  std::string itrace;
};

void add_options(OptionSet& set, ScriptOptions& options) {
  add_sample_options(set, options.samples);
  add_verbosity_options(set, options.verbosity);
  set.add_option("-F,--fields", options.fields,
                 "fields to show, or +field and -field; \"type:\" in front is for events of a type: "
                 "hw, sw, trace, raw, break, synth; fields are " +
                     field_names());
  set.add_flag("-G,--hide-call-graph", options.hide_call_graph, "one line a sample, without its call chain");
  set.add_option("--max-stack", options.max_stack, "frames of a call chain at most").above_zero();
  set.add_flag("--inline", options.inlined, "show the inlined functions of call chains, a line each");
  set.add_flag("--ns", options.nanoseconds, "times with 9 decimals");
  set.add_option("--itrace", options.itrace,
                 "also samples made of the trace: i[PERIOD[i|ms|us|ns]], b, c, r, M, w, p, e");
  set.add_option("--format", options.format, "text or jsonl").one_of({"text", "jsonl"}).shows_default();
}

// `-F -sym` is a value, not a second option: said as `--fields=-sym` it cannot be mistaken.
std::vector<std::string> join_removed_fields(const std::vector<std::string>& words) {
  std::vector<std::string> joined;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const bool is_fields = words[i] == "-F" || words[i] == "--fields";
    if (is_fields && i + 1 < words.size() && words[i + 1].starts_with('-')) {
      joined.push_back("--fields=" + words[++i]);
    } else {
      joined.push_back(words[i]);
    }
  }
  return joined;
}

// Whether the machine's instructions are known well enough for what is shown of them.
Status check_instructions(const FieldChoices& choices, abi::Arch arch) {
  const InstructionKnowledge known = instruction_knowledge(arch);
  if (choices.shows(ScriptField::disasm) && known != InstructionKnowledge::text) {
    return fail(Errc::unsupported, "field disasm: this simdprof cannot read instructions of the recording's machine");
  }
  const bool lengths =
      choices.shows(ScriptField::insn) || choices.shows(ScriptField::insnlen) || choices.shows_branch_code();
  if (lengths && known == InstructionKnowledge::none) {
    return fail(Errc::unsupported,
                "fields insn, insnlen and brstackinsn: this simdprof does not know how long instructions of the "
                "recording's machine are");
  }
  return {};
}

Result<ScriptView> make_view(const ScriptOptions& options, const FieldChoices& choices, const RecordingFacts& facts,
                             std::endian order) {
  ScriptView view;
  view.arch = facts.arch;
  view.max_stack = options.max_stack;
  view.inlined = options.inlined;
  view.time_digits = options.nanoseconds ? 9 : 6;
  if (const Status known = check_instructions(choices, facts.arch); !known) {
    return fail(with_input(known.error(), options.samples.input));
  }
  auto fields = fields_of_events(facts.events, choices);
  if (!fields) return fail(with_input(fields.error(), options.samples.input));
  view.fields = std::move(*fields);
  view.clock = facts.clock_reference();
  if (choices.shows(ScriptField::trace)) view.tracepoints = read_tracepoints(facts, order);
  if (choices.shows(ScriptField::srccode)) view.source_text = std::make_shared<SourceText>();
  if (choices.shows(ScriptField::tod) && !view.clock) {
    return fail(
        Error{Errc::unsupported, "field tod: the recording does not tell the time of day", {}, options.samples.input});
  }
  for (const EventDesc& event : facts.events.events) {
    view.event_columns = std::max(view.event_columns, event.name.size());
  }
  return view;
}

SampleNeeds needs_of(const FieldChoices& choices) {
  SampleNeeds needs;
  needs.comm = choices.shows(ScriptField::comm);
  needs.lines = choices.shows(ScriptField::srcline) || choices.shows(ScriptField::srccode);
  for (const auto field : {ScriptField::sym, ScriptField::dso, ScriptField::dsoff, ScriptField::callindent}) {
    needs.place = needs.place || choices.shows(field);
  }
  return needs;
}

/// By event: whether the call chain is shown in place of the sample's own address.
std::vector<bool> events_with_chains(const ScriptView& view) {
  std::vector<bool> chains;
  for (const FieldSet& fields : view.fields) {
    chains.push_back(fields.has(ScriptField::ip) && fields.has(ScriptField::callchain));
  }
  return chains;
}

using Render = void (*)(TextOut&, const SampleHit&, SampleSource&, const ScriptView&);

/// A sample for each event of its group that has counted, as the kernel's tool shows them, and what the counts say.
void render_group(TextOut& out, const SampleHit& hit, SampleSource& source, const ScriptView& view,
                  GroupSamples& groups, Render render) {
  const EventTable& events = source.facts().events;
  const auto& members = groups.take_apart(*hit.sample);
  if (members.empty()) return render(out, hit, source, view);
  const bool shows_metrics = view.fields[hit.sample->event].has(ScriptField::metric);
  const auto metrics = shows_metrics ? group_metrics(events, members) : std::vector<GroupMetric>{};
  Sample sample = *hit.sample;
  SampleHit own = hit;
  own.sample = &sample;
  for (const GroupSamples::Member& member : members) {
    sample.event = member.event;
    sample.period = member.count;
    own.event = &events.events[member.event];
    own.metrics = shows_metrics && &member == &members.back() ? &metrics : nullptr;
    render(out, own, source, view);
  }
}

Status run_script(const ScriptOptions& options, TextOut& out) {
  auto choices = parse_fields(options.fields);
  if (!choices) return fail(choices.error());
  if (options.hide_call_graph) choices->hide(ScriptField::callchain);
  SampleOptions samples = options.samples;
  if (!options.itrace.empty()) {
    auto itrace = parse_itrace(options.itrace);
    if (!itrace) return fail(itrace.error());
    itrace->call_depth = choices->shows(ScriptField::callindent);
    const bool calls_and_returns = itrace->any_branches() && itrace->calls == itrace->returns;
    if (itrace->call_depth && !calls_and_returns) {
      return fail(Errc::usage, "-F callindent counts calls and returns: it goes with --itrace=b or --itrace=cr");
    }
    samples.itrace = *itrace;
  }
  auto source = SampleSource::open(samples, needs_of(*choices));
  if (!source) return fail(source.error());
  const auto view = make_view(options, *choices, source->facts(), recorded_order(source->session().input()));
  if (!view) return fail(view.error());
  const bool text = options.format == "text";
  const auto render = text ? render_script_text : render_script_json;
  if (text) {
    // A copy: the threads that load end with the source, after this function's later variables.
    source->prepare_texts([shown = std::make_shared<const ScriptView>(*view)] {
      return [shown](const Sample& sample, TextBuffer& piece) { prepare_script_text(piece, sample, *shown); };
    });
    source->show_chains(events_with_chains(*view));
  }
  GroupSamples groups(source->facts().events);
  while (const SampleHit* hit = source->next()) {
    if (view->fields[hit->sample->event] == FieldSet{}) continue;  // as the kernel's tool: nothing was asked of it
    if (GroupSamples::has_group(*hit->event)) {
      render_group(out, *hit, *source, *view, groups, render);
    } else {
      render(out, *hit, *source, *view);
    }
    out.flush_if_full();
  }
  report_symbol_problems(source->symbol_problems());
  report_losses(source->ledger());
  return {};
}

}  // namespace

int script_verb(const std::vector<std::string>& words) {
  ScriptOptions options;
  OptionSet set("script", "Shows the samples of a recording, one after another.");
  add_options(set, options);
  if (const auto status = set.parse(join_removed_fields(words))) return *status;
  apply_verbosity(options.verbosity);
  TextOut out;
  if (const auto done = run_script(options, out); !done) return report_error(done.error());
  return out.finish() ? kExitOk : kExitFailure;
}

}  // namespace simdprof::cmd
