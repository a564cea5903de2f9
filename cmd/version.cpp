#include "cmd/version.h"

#include "cmd/exit_code.h"
#include "cmd/text_out.h"

namespace simdprof::cmd {

int version_verb(const std::vector<std::string>& words) {
  TextOut out;
  out.print("simdprof {}\n", SIMDPROF_VERSION);
  if (!words.empty() && words.front() == "-v") {
    out.print("compiler    {}\n", __VERSION__);
    out.write("container   simdprof.data version 1, zstd seekable format\n");
    out.write("sources     kernel, ptrace, gpr\n");
    out.write("symbols     libelf, libdw (DWARF 4 and 5, inline frames, unwinding)\n");
  }
  return out.finish() ? kExitOk : kExitFailure;
}

}  // namespace simdprof::cmd
