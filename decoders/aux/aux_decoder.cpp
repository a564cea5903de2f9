#include "decoders/aux/aux_decoder.h"

#include <array>

#include <fmt/format.h>

#include "decoders/aux/bts_decoder.h"
#include "decoders/aux/ptt_decoder.h"
#include "decoders/aux/spe_decoder.h"
#if SIMDPROF_HAVE_LIBOPENCSD
#include "decoders/aux/cs_decoder.h"
#include "decoders/aux/cs_tree.h"
#endif
#if SIMDPROF_HAVE_LIBIPT
#include "decoders/aux/pt_decoder.h"
#endif

namespace simdprof {
namespace {

/// One kind of trace and its decoder.
struct Kind {
  AuxTraceType type;
  std::string_view name;
  std::string_view needs;    ///< the library; empty: none
  std::string (*library)();  ///< which one is built in; nullptr: none
  Result<std::unique_ptr<AuxDecoder>> (*make)(const AuxTraceInfo&, const AuxPrograms&,
                                              const AuxWanted&);  ///< nullptr: not built in
};

constexpr std::array kKinds = {
#if SIMDPROF_HAVE_LIBIPT
    Kind{AuxTraceType::intel_pt, "Intel PT", "libipt", pt_library, make_pt_decoder},
#else
    Kind{AuxTraceType::intel_pt, "Intel PT", "libipt", nullptr, nullptr},
#endif
    Kind{AuxTraceType::intel_bts, "Intel BTS", "", nullptr, make_bts_decoder},
#if SIMDPROF_HAVE_LIBOPENCSD
    Kind{AuxTraceType::cs_etm, "CoreSight", "libopencsd", cs_library, make_cs_decoder},
#else
    Kind{AuxTraceType::cs_etm, "CoreSight", "libopencsd", nullptr, nullptr},
#endif
    Kind{AuxTraceType::arm_spe, "Arm SPE", "", nullptr, make_spe_decoder},
    Kind{AuxTraceType::hisi_ptt, "HiSilicon PTT", "", nullptr, make_ptt_decoder},
};

}  // namespace

std::vector<AuxSegment> AuxDecoder::split(const AuxSlice& slice) const { return {{0, slice.data.size()}}; }

Result<std::unique_ptr<AuxDecoder>> make_aux_decoder(const AuxTraceInfo& info, const AuxPrograms& programs,
                                                     const AuxWanted& wanted) {
  for (const Kind& kind : kKinds) {
    if (kind.type != info.type) continue;
    if (kind.make == nullptr) {
      return fail(Errc::unsupported,
                  fmt::format("this build decodes no {}: it was made without {}", kind.name, kind.needs));
    }
    return kind.make(info, programs, wanted);
  }
  return fail(Errc::unsupported,
              fmt::format("no decoder for AUX traces of type {}", static_cast<std::uint32_t>(info.type)));
}

std::vector<AuxSupport> aux_support() {
  std::vector<AuxSupport> support;
  for (const Kind& kind : kKinds) {
    AuxSupport one;
    one.type = kind.type;
    one.name = kind.name;
    if (kind.library != nullptr) one.library = kind.library();
    one.built_in = kind.make != nullptr;
    support.push_back(std::move(one));
  }
  return support;
}

}  // namespace simdprof
