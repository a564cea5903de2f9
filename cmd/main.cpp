#include <fmt/format.h>

#include <csignal>
#include <string>
#include <vector>

#include "cmd/exit_code.h"
#include "cmd/text_out.h"
#include "cmd/verbs.h"
#include "lib/base/log.h"

namespace simdprof::cmd {
namespace {

void render_help(TextOut& out) {
  out.write("usage: simdprof VERB [options]\n\n");
  for (const Verb& verb : verbs()) out.print("  {:<10}  {}\n", verb.name, verb.summary);
  out.write("\nsimdprof VERB --help shows the options of a verb; simdprof --version [-v] what is built in.\n");
}

int run_main(const std::vector<std::string>& words) {
  std::signal(SIGPIPE, SIG_IGN);  // TextOut answers EPIPE
  std::signal(SIGXFSZ, SIG_IGN);  // a file-size limit (ulimit -f) is a write error, EFBIG
  TextOut out;
  if (words.empty()) {
    render_help(out);
    return kExitUsage;
  }
  const std::string& name = words.front();
  if (name == "--help" || name == "-h" || name == "help") {
    render_help(out);
    return out.finish() ? kExitOk : kExitFailure;
  }
  const std::string wanted = name == "--version" || name == "-V" ? "version" : name;
  for (const Verb& verb : verbs()) {
    if (verb.name == wanted) return verb.run({words.begin() + 1, words.end()});
  }
  log_error(fmt::format("no verb '{}'; simdprof --help lists them", name));
  return kExitUsage;
}

}  // namespace
}  // namespace simdprof::cmd

int main(int argc, char** argv) { return simdprof::cmd::run_main({argv + 1, argv + argc}); }
