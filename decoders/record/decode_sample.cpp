#include "decoders/record/decode_sample.h"

#include <fmt/format.h>

#include "decoders/record/sample_fields.h"

namespace simdprof {
namespace {

CpuMode cpu_mode(std::uint16_t misc) {
  const unsigned mode = misc & abi::PERF_RECORD_MISC_CPUMODE_MASK;
  return mode <= static_cast<unsigned>(CpuMode::guest_user) ? static_cast<CpuMode>(mode) : CpuMode::unknown;
}

/// A section of the SIMD ABI has four counts, of 16 bits each (8 bytes) before it was merged and of 64 (32 bytes)
/// since: one read as the other leaves 24 bytes, two 48.
constexpr std::size_t kOneCountConfusion = 24;
constexpr std::size_t kTwoCountConfusions = 48;

Error left_over(const SampleReader& reader) {
  Error error;
  error.code = Errc::malformed;
  error.offset = reader.in.offset();
  error.left_over = reader.in.remaining();
  error.fact = fmt::format("{} bytes follow the last field of a sample", error.left_over);
  if (error.left_over == kOneCountConfusion || error.left_over == kTwoCountConfusions) {
    error.fact += "; the counts of its SIMD registers may be of another width";
  }
  return error;
}

Error not_held(const SampleReader& reader, const SampleField& field) {
  Error error;
  error.code = reader.in.failed() ? Errc::truncated : reader.refused_code;
  error.offset = reader.in.failed() ? reader.in.offset() : reader.field_offset;
  error.fact = reader.in.failed() ? fmt::format("sample ends inside {}", field.name)
                                  : fmt::format("{}: {}", field.name, reader.refused);
  return error;
}

Status read_fields(SampleReader& reader) {
  if (const SampleField* field = read_sample_fields(reader)) return fail(not_held(reader, *field));
  if (reader.in.remaining() != 0) return fail(left_over(reader));
  return {};
}

/// Fields that are not of this layout are as a new Sample has them. Those that are need no clearing: their readers set
/// all of them, and to clear 700 bytes for each of millions of samples is a tenth of all reading.
void start(Sample& out, const RawRecord& raw, const abi::EventAttr& attr) {
  if (out.present != attr.sample_type) {
    const std::uint32_t event = out.event;
    out = Sample{};
    out.event = event;
    out.present = attr.sample_type;
  }
  out.misc = raw.misc;
  out.mode = cpu_mode(raw.misc);
}

Cursor cursor_of(const RawRecord& raw) { return Cursor{raw.payload, raw.offset + abi::kRecordHeaderBytes, raw.order}; }

void finish(Sample& out) {
  const RegisterBlock& user = out.regs_user;
  const RegisterBlock& intr = out.regs_intr;
  out.same_sections = user.abi != 0 && intr.abi != 0 && user.says_the_same(intr);
}

}  // namespace

Status decode_sample(const RawRecord& raw, const abi::EventAttr& attr, Sample& out) {
  if (const auto unknown = attr.sample_type & ~known_sample_bits(); unknown != 0) {
    return fail(Errc::unsupported, fmt::format("sample_type bits {:#x} are not known", unknown), raw.offset);
  }
  start(out, raw, attr);
  SampleReader reader{cursor_of(raw), attr, out};
  auto read = read_fields(reader);
  if (!read && reader.simd_seen) {
    start(out, raw, attr);
    SampleReader packed{cursor_of(raw), attr, out};
    packed.packed_counts = true;
    if (read_fields(packed)) read = {};
  }
  if (read) finish(out);
  return read;
}

}  // namespace simdprof
