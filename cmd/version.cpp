#include "cmd/version.h"

#include <fmt/format.h>

#include "cmd/exit_code.h"
#include "cmd/text_out.h"
#include "decoders/aux/aux_decoder.h"
#include "decoders/lanes/instruction.h"
#include "lib/base/log.h"
#include "lib/model/own_record.h"

namespace simdprof::cmd {
namespace {

void render_built_in(TextOut& out) {
  out.print("compiler    {}\n", __VERSION__);
  out.print("container   simdprof.data version {}, zstd seekable format\n", kFormatVersion);
  out.write("sources     kernel, ptrace, gpr\n");
  for (const AuxSupport& trace : aux_support()) {
    const std::string what = trace.library.empty() ? "built in" : trace.library;
    out.print("AUX traces  {}: {}\n", trace.name, trace.built_in ? what : "not built in");
  }
  const std::string instructions = instruction_library();
  out.print("x86 code    {}\n", instructions.empty() ? "not built in" : instructions);
  out.write("symbols     libelf, libdw (DWARF 4 and 5, inline frames, unwinding)\n");
}

}  // namespace

int version_verb(const std::vector<std::string>& words) {
  bool verbose = false;
  TextOut out;
  for (const std::string& word : words) {
    if (word == "--help" || word == "-h") {
      out.write("usage: simdprof --version [-v]\n\n  -v,--verbose  also what is built in\n");
      return out.finish() ? kExitOk : kExitFailure;
    }
    if (word != "-v" && word != "--verbose") {
      log_error(fmt::format("version: no option '{}'; --help lists them", word));
      return kExitUsage;
    }
    verbose = true;
  }
  out.print("simdprof {}\n", SIMDPROF_VERSION);
  if (verbose) render_built_in(out);
  return out.finish() ? kExitOk : kExitFailure;
}

}  // namespace simdprof::cmd
