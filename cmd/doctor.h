#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace simdprof::cmd {

/// One capability of this machine and user.
struct DoctorRow {
  std::string source;       ///< kernel, ptrace, gpr; aux: a trace
  std::string capability;   ///< "SIMD ABI, user set, zmm"
  int error_number = 0;     ///< 0: available
  std::string explanation;  ///< when not available: the one thing to change
};

/// A fact that decides about capabilities.
struct DoctorFact {
  std::string name;
  std::string value;
};

struct DoctorTable {
  std::vector<DoctorRow> rows;
  std::vector<DoctorFact> facts;
};

/// Asks the running system. Nothing is recorded.
DoctorTable examine_machine();

/// `simdprof doctor`.
int doctor_verb(const std::vector<std::string>& words);

}  // namespace simdprof::cmd
