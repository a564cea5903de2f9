#include "lib/container/resync.h"

#include <cstring>

namespace simdprof {

bool starts_opening(std::span<const std::byte> bytes, const ChunkOpening& wanted) {
  const std::size_t size = std::min(bytes.size(), wanted.size());
  return std::equal(wanted.begin(), wanted.begin() + static_cast<std::ptrdiff_t>(size), bytes.begin());
}

Result<std::uint64_t> find_opening(const InputFile& file, std::uint64_t from, const ChunkOpening& wanted) {
  // The window grows with the distance, so that many near openings cost no more than one far one.
  constexpr std::size_t kLargestWindow = std::size_t{1} << 20U;
  std::vector<std::byte> window(256);
  while (from + wanted.size() <= file.size()) {
    const auto got = file.read_at(from, window);
    if (!got) return fail(got.error());
    if (*got < wanted.size()) break;
    const void* hit = ::memmem(window.data(), *got, wanted.data(), wanted.size());
    if (hit != nullptr) return from + static_cast<std::uint64_t>(static_cast<const std::byte*>(hit) - window.data());
    from += *got - (wanted.size() - 1);  // an opening may lie across two windows
    window.resize(std::min(window.size() * 2, kLargestWindow));
  }
  return file.size();
}

Result<std::uint64_t> skip_damage(const InputFile& file, std::uint64_t offset, const ChunkOpening& wanted,
                                  std::vector<Gap>& gaps) {
  auto next = find_opening(file, offset + 1, wanted);
  if (next) gaps.push_back(Gap{LossCause::chunk_damaged, offset, *next - offset, std::nullopt});
  return next;
}

}  // namespace simdprof
