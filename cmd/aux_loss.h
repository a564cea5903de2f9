#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "cmd/aux_buffers.h"

namespace simdprof::cmd {

/// Why AUX bytes are missing.
enum class AuxLossCause : std::uint8_t {
  truncated,      ///< the area was full: the event stopped until the reader had made room
  partial,        ///< gaps in the bytes that the PMU told of
  collision,      ///< sampled operations that came too fast
  not_recorded,   ///< announced, but the recorder did not write them
  not_announced,  ///< neither announced nor written: the records that announced them were lost
  overwritten,    ///< snapshot mode: overwritten before they were read
};
/// "truncated", "not-recorded", ...
std::string_view aux_loss_name(AuxLossCause cause);

/// One place of an area where something is missing.
struct AuxLoss {
  AuxLossCause cause = AuxLossCause::truncated;
  std::uint32_t index = AuxBuffer::kNoIndex;
  std::int32_t cpu = -1;
  Tid tid = -1;
  std::uint64_t offset = 0;            ///< where in the area's stream of bytes
  std::optional<std::uint64_t> bytes;  ///< how much is missing; empty: nobody knows
  std::uint64_t from_ns = kNoTime;     ///< the last AUX record before it; kNoTime: there is none
  std::uint64_t to_ns = kNoTime;       ///< the first one behind it, or the one that tells of it
};

/// What is missing of one area, by offset; of one offset, in the order of the causes.
std::vector<AuxLoss> find_losses(const AuxBuffer& buffer);
/// Of all areas, in their order.
std::vector<AuxLoss> find_losses(const std::vector<AuxBuffer>& buffers);

}  // namespace simdprof::cmd
