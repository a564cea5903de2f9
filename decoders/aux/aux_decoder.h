#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/result.h"
#include "lib/model/aux_trace.h"

namespace simdprof {

/// What a decoder shall give. Errors are always given. Packets alone come from the packet stage; everything else from
/// the event stage. When both are asked for, the packets of a segment come before what its flow gives.
struct AuxWanted {
  bool packets = false;
  bool branches = false;
  bool instructions = false;
  bool memory = false;
  bool events = false;
  bool marks = false;
};

/// A part of a slice that can be decoded without the parts before it: AuxSlice::data[begin..end).
struct AuxSegment {
  std::size_t begin = 0;
  std::size_t end = 0;
};

/// Decodes the AUX bytes of one recording. Holds no state between calls, so that several threads may use one decoder;
/// what it gives for a slice depends on the slice alone, not on who decoded what before.
class AuxDecoder {
 public:
  AuxDecoder() = default;
  AuxDecoder(const AuxDecoder&) = delete;
  AuxDecoder& operator=(const AuxDecoder&) = delete;
  virtual ~AuxDecoder() = default;

  /// Cuts `slice` at its sync points (PSB of Intel PT) into parts for decode(): ascending, without gaps, at least one.
  /// Time is bounded by the bytes of the slice.
  [[nodiscard]] virtual std::vector<AuxSegment> split(const AuxSlice& slice) const;
  /// Gives what the bytes of `segment` say, in their order. The results of all segments of a slice, one after the
  /// other, are those of the slice. Never stops early: what cannot be decoded is an AuxError, and decoding goes on
  /// behind it.
  /// @param segment  one that split() gave for this slice
  virtual void decode(const AuxSlice& slice, const AuxSegment& segment, AuxSink& sink) const = 0;
};

/// The decoder for a recording's AUX bytes.
///
/// @param info      how they were recorded; used in the call alone
/// @param programs  what ran; used while the decoder lives
/// @return the decoder, or
///         unsupported  no decoder for info.type, or its library is not built in
///         malformed    info.words contradict themselves or are too few
Result<std::unique_ptr<AuxDecoder>> make_aux_decoder(const AuxTraceInfo& info, const AuxPrograms& programs,
                                                     const AuxWanted& wanted);

/// One kind of trace that this build may know.
struct AuxSupport {
  AuxTraceType type = AuxTraceType::unknown;
  std::string_view name;  ///< "Intel PT", "CoreSight ETM", ...
  std::string library;    ///< "libipt 2.0.5"; empty: needs none, or is not built in
  bool built_in = false;
};

/// All kinds with a decoder in the sources, for `simdprof --version -v`.
std::vector<AuxSupport> aux_support();

}  // namespace simdprof
