#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "lib/model/raw_record.h"
#include "lib/model/sample.h"
#include "lib/perfdata/ordered_bytes.h"

namespace simdprof::perfdata {

/// A register section in the form that every perf knows: one word for each bit of the mask.
struct PlainRegisters {
  std::uint64_t abi = 0;                  ///< PERF_SAMPLE_REGS_ABI_NONE, _32 or _64
  std::uint64_t mask = 0;                 ///< of the event; for NONE no words are written, whatever it is
  std::array<std::uint64_t, 64> words{};  ///< by bit of the mask
};

/// What becomes different in one sample; all its other bytes stay as they are.
struct SampleChange {
  std::uint64_t id = 0;               ///< of the event in the file: for IDENTIFIER, and for ID where the sample has it
  bool drop_registers = false;        ///< both sections go
  bool drop_deferred_chain = false;   ///< the marker and cookie of a call chain that comes later go
  std::uint64_t cut_stack_bytes = 0;  ///< a multiple of 8: so much of the stack copy's far end goes
  std::optional<PlainRegisters> user;
  std::optional<PlainRegisters> intr;
};

/// The payload of a sample for the file: an IDENTIFIER in front, register sections replaced or dropped, counters of
/// branch entries dropped (perf 6.1 does not know them).
///
/// @param raw     the record in the recording, of the byte order of `out`
/// @param sample  the same, decoded
/// @param out     is overwritten; its size may be more than a record can have
/// Source: uapi linux/perf_event.h, comment on PERF_RECORD_SAMPLE.
void encode_sample(const RawRecord& raw, const Sample& sample, const SampleChange& change, OrderedBytes& out);

/// Bytes of the stack copy, its part without meaning included; 0 without one.
std::uint64_t stack_copy_bytes(const RawRecord& raw, const Sample& sample);

/// Whether the call chain ends with the marker of a user chain that a later record brings.
bool has_deferred_chain(const Sample& sample);

/// The trailer of a record that is no sample, for an event with these sample_type bits: what the recording has of it,
/// with `id` as ID and IDENTIFIER; zeros where it has none, as perf writes them for records that it made itself.
///
/// @param trailer      the trailer in the recording, empty when it has none
/// @param sample_type  of the event in the recording
void append_trailer(std::span<const std::byte> trailer, std::uint64_t sample_type, std::uint64_t id, OrderedBytes& out);

}  // namespace simdprof::perfdata
