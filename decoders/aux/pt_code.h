#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <unordered_map>

#include "lib/model/aux_trace.h"

namespace simdprof {

/// Code of one process at a time, read from AuxPrograms a page at once.
class PtCode {
 public:
  explicit PtCode(const AuxPrograms& programs) : programs_(programs) {}

  /// Whose code read() gives, and when. `guest`: a virtual machine's, of which nothing is known.
  void set_context(Pid pid, std::uint64_t time_ns, bool guest);
  /// @return how many bytes of `out` were filled: fewer at the end of what is known
  std::size_t read(VirtAddr address, std::span<std::byte> out);
  /// What is mapped at `address`; nothing: no mapping is known.
  [[nodiscard]] std::string mapped_name(VirtAddr address) const;

 private:
  static constexpr std::size_t kPageBytes = 4096;
  static constexpr std::size_t kMaxPages = 4096;  // 16 MiB of code a thread

  struct Page {
    std::size_t begin = 0, end = 0;  ///< the bytes that were read
    std::array<std::byte, kPageBytes> bytes;
  };
  const Page* find_page(VirtAddr address);

  const AuxPrograms& programs_;
  Pid pid_ = -1;
  std::uint64_t time_ns_ = AuxPlace::kNoAuxTime;
  std::uint64_t from_ns_ = 0;
  std::uint64_t until_ns_ = 0;
  bool guest_ = false;
  bool known_context_ = false;
  VirtAddr last_base_ = 1;  // no page starts there
  const Page* last_page_ = nullptr;
  VirtAddr missing_ = 0;  ///< the last address without code: reads of instructions run into it again and again
  bool has_missing_ = false;
  std::unordered_map<VirtAddr, Page> pages_;
};

}  // namespace simdprof
