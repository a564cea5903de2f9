#pragma once

#include <cstddef>
#include <string_view>

#include "lib/model/aux_trace.h"

namespace simdprof {

/// Where slice.data[at] stands: what the slice knows, with no time and no process.
inline AuxPlace place_in(const AuxSlice& slice, std::size_t at) {
  AuxPlace place;
  place.index = slice.index;
  place.cpu = slice.cpu;
  place.tid = slice.tid;
  place.offset = slice.offset + at;
  return place;
}

/// Tells `sink` that the bytes from slice.data[at] on are not what they should be.
inline void give_error(const AuxSlice& slice, std::size_t at, std::string_view code, std::string_view text,
                       AuxSink& sink) {
  AuxError error;
  error.place = place_in(slice, at);
  error.code = code;
  error.text = text;
  sink.on_error(error);
}

}  // namespace simdprof
