#pragma once

#include <cstddef>
#include <cstdint>

#include "lib/base/result.h"
#include "lib/model/event.h"
#include "lib/model/raw_record.h"

namespace simdprof {

/// Finds which event of the recording a sample belongs to, by its IDENTIFIER (first word) or ID.
///
/// @return index into events.events; malformed when no event can be told. With one event, or with events whose samples
///         have one layout (and are at most 64), an id of no event gives event 0.
Result<std::uint32_t> find_sample_event(const RawRecord& raw, const EventTable& events);

/// Finds whose sample_id trailer a record that is no sample carries: by its last word (IDENTIFIER) or its ID. Records
/// that a recorder made itself have no id and are given event 0; their size tells whether a trailer is there.
/// `events` must not be empty.
std::uint32_t find_trailer_event(const RawRecord& raw, const EventTable& events);

/// Bytes of the sample_id trailer that records of this event carry; 0 without sample_id_all.
std::size_t trailer_bytes(const abi::EventAttr& attr);

}  // namespace simdprof
