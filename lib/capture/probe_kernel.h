#pragma once

#include <string>
#include <vector>

#include "lib/abi/perf_event.h"
#include "lib/capture/event_settle.h"
#include "lib/capture/plan.h"

namespace simdprof {

/// Vector registers that the kernel writes into its own samples, and how they are asked for.
struct VectorGrant {
  enum class Abi : std::uint8_t {
    none,
    legacy,  ///< XMM as mask bits 32..63
    simd,    ///< sample_simd_* fields, attr size 176
  };
  Abi abi = Abi::none;
  bool user = false, intr = false;  ///< which sets have vectors
  bool user_opmask = false, intr_opmask = false;
  unsigned vector_qwords = 0;    ///< 2 XMM, 4 YMM, 8 ZMM; one width for both sets
  bool needs_precise = false;    ///< precise_ip of at least 1
  bool excludes_kernel = false;  ///< only user hits: then the interrupt set is the user's
};

/// One form of registers that was tried.
struct VectorTrial {
  std::string what;      ///< "SIMD ABI, user set, zmm"
  int error_number = 0;  ///< 0: accepted
  std::string meaning;   ///< of the errno; empty when accepted
};

struct KernelProbe {
  VectorGrant grant;
  std::vector<VectorTrial> trials;  ///< in the order they were made
};

/// Asks the kernel which vector registers it samples with event `base`, newest form first: the SIMD ABI by set and
/// class from the widest down, then legacy XMM in both sets, then in the interrupt set of precise user-only samples.
/// Source: the probe order of kernels 5.2 (XMM with PEBS) and later (SIMD ABI).
///
/// @param base  a settled attribute with the general registers of both sets
KernelProbe probe_kernel_vectors(const abi::EventAttr& base, const VectorPlan& wanted, const ProbeTarget& target,
                                 const EventOpener& open);

/// Sets in `attr` what the grant allows.
void apply_vector_grant(const VectorGrant& grant, abi::EventAttr& attr);

/// "user XMM YMM and opmask, interrupt XMM"; "no vector registers".
std::string render_vector_grant(const VectorGrant& grant);

}  // namespace simdprof
