#include "cmd/dump.h"

#include <utility>

#include "cmd/dump_text.h"
#include "cmd/exit_code.h"
#include "cmd/open_input.h"
#include "cmd/option_set.h"
#include "cmd/sample_options.h"
#include "cmd/session.h"
#include "cmd/text_out.h"
#include "decoders/registers/register_stage.h"
#include "lib/container/record_walk.h"

namespace simdprof::cmd {
namespace {

struct DumpOptions {
  std::string input = "simdprof.data";
  std::string stage = "record";
};

/// Records in the order of the file, whatever they hold.
Status dump_raw_stage(const std::string& path, TextOut& out) {
  Ledger ledger;
  const auto opened = open_input(path, ledger);
  if (!opened) return fail(opened.error());
  const RecordInput& input = **opened;
  for (std::size_t i = 0; i < input.chunks().size(); ++i) {
    const ChunkInfo& chunk = input.chunks()[i];
    const auto records = input.load(i);
    if (!records) {
      ledger.lose(LossCause::chunk_damaged, 1);
      continue;
    }
    RecordWalk walk{*records, chunk};
    auto raw = walk.next();
    for (; raw && *raw; raw = walk.next()) {
      dump_raw(out.buffer(), **raw);
      out.flush_if_full();
    }
    if (!raw) ledger.lose(LossCause::chunk_damaged, 1);
  }
  report_losses(ledger);
  return {};
}

/// Prints one decoded record.
using DumpOne = std::function<void(TextBuffer&, const Record&)>;

void dump_each(Session& session, TextOut& out, const DumpOne& dump_one) {
  while (const Record* record = session.next()) {
    dump_one(out.buffer(), *record);
    out.flush_if_full();
  }
}

void dump_samples(Session& session, TextOut& out) {
  dump_each(session, out, [&](TextBuffer& text, const Record& record) {
    if (const auto* sample = std::get_if<Sample>(&record.body)) {
      dump_sample(text, record, *sample, session.facts().events);
    }
  });
}

void observe(RegisterStage& stage, const Record& record, Ledger& ledger) {
  auto used = stage.observe(record);
  if (used) return;
  used.error().offset = record.offset;
  ledger.skip(record.type, used.error());
}

void dump_register_sets(Session& session, TextOut& out) {
  const RecordingFacts& facts = session.facts();
  RegisterStage stage{facts.arch, facts.xsave, event_registers(facts.events, facts.source(), facts.arch)};
  RegisterSets sets;
  dump_each(session, out, [&](TextBuffer& text, const Record& record) {
    observe(stage, record, session.ledger());
    const auto* sample = std::get_if<Sample>(&record.body);
    if (sample == nullptr) return;
    stage.build(*sample, sets);
    dump_registers(text, record, *sample, sets);
  });
  session.ledger().lose_at_least(LossCause::image_unmatched, stage.counts().images_unmatched);
}

Status dump_decoded_stage(const DumpOptions& options, TextOut& out) {
  const bool all_records = options.stage == "record";
  auto session = Session::open(options.input, all_records ? AuxBytes::given : AuxBytes::left_out);
  if (!session) return fail(session.error());
  if (options.stage == "record") dump_each(*session, out, dump_record);
  if (options.stage == "sample") dump_samples(*session, out);
  if (options.stage == "registers") dump_register_sets(*session, out);
  report_losses(session->ledger());
  return {};
}

}  // namespace

int dump_verb(const std::vector<std::string>& words) {
  OptionSet set("dump", "What one stage of decoding gives, record by record.");
  DumpOptions options;
  set.add_option("-i,--input", options.input, "recording, or - for standard input").shows_default();
  set.add_option("--stage", options.stage, "raw, record, sample or registers")
      .one_of({"raw", "record", "sample", "registers"})
      .shows_default();
  if (const auto status = set.parse(words)) return *status;
  TextOut out;
  const auto dumped = options.stage == "raw" ? dump_raw_stage(options.input, out) : dump_decoded_stage(options, out);
  if (!out.finish()) return kExitFailure;
  return dumped ? kExitOk : report_error(dumped.error());
}

}  // namespace simdprof::cmd
