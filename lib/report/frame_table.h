#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "lib/model/location.h"
#include "lib/model/sample.h"
#include "lib/report/flat_map.h"
#include "lib/report/text_pool.h"

namespace simdprof {

/// Number of a frame in a FrameTable.
using FrameId = std::uint32_t;

/// One function of a call chain, as a profile tells functions apart: two functions of one name in one file differ by
/// their start.
struct Frame {
  TextId dso = 0;
  TextId symbol = 0;        ///< demangled name; 0 when unresolved, `start` is then the address itself
  TextId srcline = 0;       ///< "file:line" of the address; 0 unless lines were asked for and are known
  std::uint64_t start = 0;  ///< start of the symbol in the ELF file; 0 for inlined functions
  CpuMode mode = CpuMode::user;
  bool inlined = false;
  Unresolved reason = Unresolved::resolved;

  [[nodiscard]] std::uint64_t hash() const;
  friend bool operator==(const Frame&, const Frame&) = default;
};

/// How an address becomes frames.
struct FrameDetail {
  bool lines = false;       ///< fill Frame::srcline
  bool inlines = true;      ///< one frame for each inlined function too
  bool full_paths = false;  ///< directories in srcline
};

/// Keeps each distinct frame once.
class FrameTable {
 public:
  FrameId intern(const Frame& frame);
  /// A frame that stands for one to be known later (Profile::exchange_frames), different from all others.
  FrameId add_placeholder();
  [[nodiscard]] const Frame& at(FrameId id) const { return frames_[id]; }
  [[nodiscard]] std::size_t size() const { return frames_.size(); }

 private:
  std::vector<Frame> frames_;
  FlatMap<Frame> ids_;
};

/// Appends the frames of one address to `out`: functions inlined there first (innermost first), the function whose code
/// it is last. With `lines`, the last frame's srcline tells the whole inline path: "a.h:3 (inlined at b.c:40)".
void append_frames(const Location& location, CpuMode mode, const FrameDetail& detail, TextPool& texts,
                   FrameTable& frames, std::vector<FrameId>& out);

/// perf's letter for the mode of a frame: '.' user, 'k' kernel, 'H' hypervisor, 'g' guest kernel, 'u' guest user,
/// '?' unknown.
char mode_letter(CpuMode mode);

}  // namespace simdprof
