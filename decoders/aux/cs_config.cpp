#include "decoders/aux/cs_config.h"

namespace simdprof {
namespace {

ocsd_arch_version_t opencsd_architecture(CsArchitecture architecture) {
  switch (architecture) {
    case CsArchitecture::v7: return ARCH_V7;
    case CsArchitecture::v8: return ARCH_V8;
    case CsArchitecture::v8_3: return ARCH_V8r3;
    case CsArchitecture::aa64: return ARCH_AA64;
  }
  return ARCH_UNKNOWN;
}

ocsd_core_profile_t opencsd_profile(CsProfile profile) {
  switch (profile) {
    case CsProfile::application: return profile_CortexA;
    case CsProfile::real_time: return profile_CortexR;
    case CsProfile::microcontroller: return profile_CortexM;
  }
  return profile_Unknown;
}

/// What ETMv3 and PTM have in common, under the names that both use.
template <class Config>
Config old_config(const CsSource& source) {
  Config config{};
  config.reg_idr = source.id;
  config.reg_ctrl = source.config;
  config.reg_ccer = source.ccer;
  config.reg_trc_id = source.trace_id.value_or(0);
  config.arch_ver = opencsd_architecture(source.architecture);
  config.core_prof = opencsd_profile(source.profile);
  return config;
}

/// TRCIDR0, without Q packets when the source was not told to make any: damaged trace must not be taken for them.
std::uint32_t without_unused_q(const CsSource& source) {
  constexpr std::uint32_t kQEnabled = 3U << 13U;  // of TRCCONFIGR
  constexpr std::uint32_t kQSupport = 3U << 15U;  // of TRCIDR0
  return (source.config & kQEnabled) != 0 ? source.idr0 : source.idr0 & ~kQSupport;
}

/// What ETMv4 and ETE have in common.
template <class Config>
Config new_config(const CsSource& source) {
  Config config{};
  config.reg_idr0 = without_unused_q(source);
  config.reg_idr1 = source.idr1;
  config.reg_idr2 = source.idr2;
  config.reg_idr8 = source.idr8[0];
  config.reg_configr = source.config;
  config.reg_traceidr = source.trace_id.value_or(0);
  config.arch_ver = opencsd_architecture(source.architecture);
  config.core_prof = opencsd_profile(source.profile);
  return config;
}

ocsd_etmv4_cfg etm4_config(const CsSource& source) {
  auto config = new_config<ocsd_etmv4_cfg>(source);
  config.reg_idr9 = source.idr8[1];
  config.reg_idr10 = source.idr8[2];
  config.reg_idr11 = source.idr8[3];
  config.reg_idr12 = source.idr8[4];
  config.reg_idr13 = source.idr8[5];
  return config;
}

ocsd_ete_cfg ete_config(const CsSource& source) {
  auto config = new_config<ocsd_ete_cfg>(source);
  config.reg_devarch = source.devarch;
  return config;
}

ocsd_stm_cfg stm_config(const CsSource& source) {
  constexpr std::uint32_t kIdShift = 16;
  constexpr std::uint32_t kIdMask = 0x7fU << kIdShift;
  ocsd_stm_cfg config{};
  config.reg_tcsr = (source.config & ~kIdMask) | std::uint32_t{source.trace_id.value_or(0)} << kIdShift;
  config.reg_devid = 0xff;   // highest channel
  config.reg_feat3r = 0x7f;  // highest master
  config.hw_event = HwEvent_Unknown_Disabled;
  return config;
}

}  // namespace

ocsd_trace_protocol_t opencsd_protocol(CsProtocol protocol) {
  switch (protocol) {
    case CsProtocol::etmv3: return OCSD_PROTOCOL_ETMV3;
    case CsProtocol::ptm: return OCSD_PROTOCOL_PTM;
    case CsProtocol::etmv4: return OCSD_PROTOCOL_ETMV4I;
    case CsProtocol::ete: return OCSD_PROTOCOL_ETE;
    case CsProtocol::stm: return OCSD_PROTOCOL_STM;
  }
  return OCSD_PROTOCOL_UNKNOWN;
}

ocsd_err_t create_opencsd_decoder(dcd_tree_handle_t tree, const CsSource& source, int flags, unsigned char& id) {
  switch (source.protocol) {
    case CsProtocol::etmv3: {
      const auto config = old_config<ocsd_etmv3_cfg>(source);
      return ocsd_dt_create_decoder(tree, OCSD_BUILTIN_DCD_ETMV3, flags, &config, &id);
    }
    case CsProtocol::ptm: {
      const auto config = old_config<ocsd_ptm_cfg>(source);
      return ocsd_dt_create_decoder(tree, OCSD_BUILTIN_DCD_PTM, flags, &config, &id);
    }
    case CsProtocol::etmv4: {
      const auto config = etm4_config(source);
      return ocsd_dt_create_decoder(tree, OCSD_BUILTIN_DCD_ETMV4I, flags, &config, &id);
    }
    case CsProtocol::ete: {
      const auto config = ete_config(source);
      return ocsd_dt_create_decoder(tree, OCSD_BUILTIN_DCD_ETE, flags, &config, &id);
    }
    case CsProtocol::stm: {
      const auto config = stm_config(source);
      return ocsd_dt_create_decoder(tree, OCSD_BUILTIN_DCD_STM, flags, &config, &id);
    }
  }
  return OCSD_ERR_NO_PROTOCOL;
}

}  // namespace simdprof
