#include "decoders/validity/same_sections.h"

#include <cstring>

namespace simdprof {

bool same_bytes(const WordView& a, const WordView& b) {
  return a.bytes().size() == b.bytes().size() &&
         (a.bytes().empty() || std::memcmp(a.bytes().data(), b.bytes().data(), a.bytes().size()) == 0);
}

bool same_sections(const RegisterBlock& a, const RegisterBlock& b) {
  const bool same_form = a.abi == b.abi && a.mask == b.mask && a.nr_vectors == b.nr_vectors &&
                         a.vector_qwords == b.vector_qwords && a.nr_pred == b.nr_pred && a.pred_qwords == b.pred_qwords;
  return same_form && same_bytes(a.words, b.words) && same_bytes(a.simd, b.simd);
}

}  // namespace simdprof
