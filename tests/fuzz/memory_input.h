#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <span>
#include <utility>

#include "lib/base/check.h"
#include "lib/base/fd.h"
#include "lib/base/input_file.h"

namespace simdprof::test {

/// A file in memory of these bytes, for readers that read at any place.
inline InputFile memory_input(std::span<const std::byte> bytes) {
  UniqueFd file{::memfd_create("fuzz", MFD_CLOEXEC)};
  SIMDPROF_ASSERT(file.valid() && write_all(file.get(), bytes).has_value());
  auto input = InputFile::adopt(std::move(file));
  SIMDPROF_ASSERT(input.has_value());
  return std::move(*input);
}

}  // namespace simdprof::test
