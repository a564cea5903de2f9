#pragma once

#include <cstddef>
#include <fstream>
#include <span>
#include <string>

namespace simdprof::test {

/// Writes a file of these bytes, in place of what was there.
inline void store_file(const std::string& path, std::span<const std::byte> bytes) {
  std::ofstream out(path, std::ios::binary);
  // char may alias any object, so this view of the bytes is well defined.
  out.write(static_cast<const char*>(static_cast<const void*>(bytes.data())),
            static_cast<std::streamsize>(bytes.size()));
}

}  // namespace simdprof::test
