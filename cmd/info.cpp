#include "cmd/info.h"

#include "cmd/exit_code.h"
#include "cmd/info_render.h"
#include "cmd/option_set.h"
#include "cmd/sample_options.h"

namespace simdprof::cmd {
namespace {

struct InfoOptions {
  std::string input = "simdprof.data";
  std::string format = "text";
};

Status show_info(const InfoOptions& options, TextOut& out) {
  auto session = Session::open(options.input, AuxBytes::given);
  if (!session) return fail(session.error());
  const RecordingSummary summary = summarize(*session);
  const RecordingInfo info{session->input(), session->input().format(), session->facts(), summary, session->ledger()};
  if (options.format == "json") {
    render_info_json(out, info);
  } else {
    render_info_text(out, info);
  }
  return {};
}

}  // namespace

int info_verb(const std::vector<std::string>& words) {
  OptionSet set("info", "What a recording is and holds.");
  InfoOptions options;
  set.add_option("-i,--input", options.input, "recording, or - for standard input").shows_default();
  set.add_option("--format", options.format, "text or json").one_of({"text", "json"}).shows_default();
  if (const auto status = set.parse(words)) return *status;
  TextOut out;
  const auto shown = show_info(options, out);
  if (!out.finish()) return kExitFailure;
  return shown ? kExitOk : report_error(shown.error());
}

}  // namespace simdprof::cmd
