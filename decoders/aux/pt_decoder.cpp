#include "decoders/aux/pt_decoder.h"

#include <fmt/format.h>
#include <intel-pt.h>

namespace simdprof {

Result<std::unique_ptr<AuxDecoder>> make_pt_decoder(const AuxTraceInfo&, const AuxPrograms&, const AuxWanted&) {
  return fail(Errc::unsupported, "Intel PT is not decoded yet");
}

std::string pt_library() {
  const pt_version version = pt_library_version();
  return fmt::format("libipt {}.{}.{}", version.major, version.minor, version.build);
}

}  // namespace simdprof
