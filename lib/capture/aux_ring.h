#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "lib/base/result.h"
#include "lib/capture/control_page.h"
#include "lib/capture/mapping.h"
#include "lib/capture/ring.h"

namespace simdprof {

/// Bytes of an AUX area, in the order they were written. They may wrap: parts[1] then follows parts[0].
struct AuxRun {
  std::uint64_t offset = 0;   ///< of the first byte in the area's stream of bytes
  std::uint64_t skipped = 0;  ///< bytes before it that cannot be read any more
  std::array<std::span<const std::byte>, 2> parts;

  [[nodiscard]] std::size_t size() const { return parts[0].size() + parts[1].size(); }
};

/// An AUX area: the pages behind a ring into which a PMU writes its trace, read by one thread.
class AuxRing {
 public:
  /// How the kernel treats a full area.
  enum class Mode : std::uint8_t {
    full_trace,  ///< it stops writing until pages are given back
    overwrite,   ///< it writes over the oldest bytes
  };

  /// Maps an area behind a ring that is mapped already.
  ///
  /// @param event_fd  an event of a PMU with an AUX area that writes to `ring`
  /// @param pages     a power of two
  /// @return limit when so much may not be locked in memory or is not to be had, unsupported when the PMU has no AUX
  ///         area
  static Result<AuxRing> map(int event_fd, const Ring& ring, std::size_t pages, Mode mode);
  /// An area over memory that somebody else owns and fills.
  ///
  /// @param area  a power of two of bytes
  static AuxRing over_memory(std::byte* control_page, std::span<std::byte> area, CounterAccess access = kNativeAccess);
  /// No area: nothing is ever in it.
  static AuxRing none() { return {}; }

  [[nodiscard]] bool valid() const { return control_.valid(); }
  [[nodiscard]] std::size_t bytes() const { return area_.bytes(); }
  [[nodiscard]] std::span<const std::byte> area() const { return {area_.data(), area_.bytes()}; }
  [[nodiscard]] std::uint64_t load_head() const;
  /// What the kernel has written and we have not given back (full_trace). A head that is further away than the area is
  /// large leaves nothing to be read: all bytes up to it are skipped.
  [[nodiscard]] AuxRun pending() const;
  /// Whether the run may be given back: a 32-bit program may not from 4 GiB on (limit).
  [[nodiscard]] Status may_release(const AuxRun& run) const;
  /// Gives the bytes of a run back to the kernel; where may_release() says no, nothing is done.
  Status release(const AuxRun& run) const;
  /// Bytes of the stream from `begin` to `end`, which must be in the area.
  [[nodiscard]] AuxRun run(std::uint64_t begin, std::uint64_t end) const;

 private:
  ControlPage control_;
  Mapping area_;
};

}  // namespace simdprof
