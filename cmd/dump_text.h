#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "decoders/lanes/lane_text.h"
#include "lib/base/cursor.h"
#include "lib/model/event.h"
#include "lib/model/raw_record.h"
#include "lib/model/record.h"
#include "lib/model/register_set.h"

namespace simdprof::cmd {

/// Bytes as hex digits, two each, without separators.
void append_bytes_hex(TextBuffer& out, std::span<const std::byte> bytes);
/// Words as `[0x1 0x2 ...]`.
void append_words(TextBuffer& out, const WordView& words);

/// `--stage=raw`: offset, stream, type, misc, size and payload, one line.
void dump_raw(TextBuffer& out, const RawRecord& raw);
/// `--stage=record`: time, place, stream, type and fields, one line.
void dump_record(TextBuffer& out, const Record& record);
/// `--stage=sample`: all fields of a sample in the order of its bytes, a line each, then an empty line.
void dump_sample(TextBuffer& out, const Record& record, const Sample& sample, const EventTable& events);
/// `--stage=registers`: both register sets of a sample with presence and origin, then an empty line.
void dump_registers(TextBuffer& out, const Record& record, const Sample& sample, const RegisterSets& sets);

}  // namespace simdprof::cmd
