#pragma once

#include <vector>

#include "decoders/lanes/register_value.h"

namespace simdprof {

/// Reads one register of the classes neon to fpcr.
RegisterValue read_arm64_register(const SetView& view, RegisterRef ref);

/// The registers of the classes neon to fpcr that `choice` names, or, without a choice, that were recorded: vectors by
/// their widest name.
void choose_arm64_registers(const RegisterSet& set, const RegisterChoice& choice, std::vector<RegisterRef>& out);

}  // namespace simdprof
