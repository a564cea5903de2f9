#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lib/base/cursor.h"
#include "lib/model/aux_trace.h"
#include "tests/support/cs_snapshot.h"

/// What a decoder of AUX bytes needs of a perf.data in file mode, read as its format says and with no code of ours but
/// the cursor.
namespace simdprof::test {

struct PerfAux {
  Bytes file;
  AuxTraceInfo info;
  std::vector<AuxSlice> slices;  ///< one an AUXTRACE record, their data in `file`
  std::vector<CodeRegion> code;  ///< of the maps whose files are in the folder
};

inline void read_auxtrace(Cursor body, Cursor& in, std::uint64_t flags, PerfAux& out) {
  AuxSlice slice;
  const std::uint64_t size = body.u64();
  slice.offset = body.u64();
  body.skip(8);  // reference
  slice.index = body.u32();
  slice.tid = body.i32();
  slice.cpu = body.i32();
  slice.flags = flags;
  slice.data = in.take(size);
  out.slices.push_back(slice);
}

inline void read_map(Cursor body, const std::string& symfs, PerfAux& out) {
  body.skip(8);  // pid, tid
  const VirtAddr start = body.u64();
  const std::uint64_t length = body.u64();
  const std::uint64_t file_offset = body.u64();
  body.skip(32);  // device, inode, generation, prot, flags
  Bytes bytes = read_bytes(symfs + std::string(body.padded_text(body.remaining())));
  if (bytes.size() <= file_offset) return;
  bytes.erase(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(file_offset));
  if (bytes.size() > length) bytes.resize(static_cast<std::size_t>(length));
  out.code.push_back({start, std::move(bytes)});
}

/// @param symfs  folder in front of the paths of maps
inline PerfAux load_perf_aux(const std::string& path, const std::string& symfs = {}) {
  PerfAux out;
  out.file = read_bytes(path);
  Cursor header{out.file};
  header.skip(40);
  const std::uint64_t data_offset = header.u64();
  const std::uint64_t data_size = header.u64();
  Cursor whole{out.file};
  whole.skip(data_offset);
  Cursor in{whole.take(data_size)};
  std::uint64_t flags = 0;
  while (in.remaining() >= 8) {
    const std::uint32_t type = in.u32();
    in.skip(2);
    const std::uint16_t size = in.u16();
    Cursor body{in.take(size - 8U)};
    switch (type) {
      case 10: read_map(body, symfs, out); break;
      case 11: body.skip(16), flags |= body.u64(); break;
      case 70:
        out.info.type = static_cast<AuxTraceType>(body.u32());
        body.skip(4);
        while (body.remaining() >= 8) out.info.words.push_back(body.u64());
        break;
      case 71: read_auxtrace(body, in, flags, out); break;
      case 79:
        out.info.clock.shift = body.u64();
        out.info.clock.mult = body.u64();
        out.info.clock.zero = body.u64();
        out.info.clock.known = true;
        break;
      default: break;
    }
  }
  return out;
}

}  // namespace simdprof::test
