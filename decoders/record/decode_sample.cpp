#include "decoders/record/decode_sample.h"

#include <fmt/format.h>

#include "decoders/record/sample_fields.h"

namespace simdprof {
namespace {

CpuMode cpu_mode(std::uint16_t misc) {
  const unsigned mode = misc & abi::PERF_RECORD_MISC_CPUMODE_MASK;
  return mode <= static_cast<unsigned>(CpuMode::guest_user) ? static_cast<CpuMode>(mode) : CpuMode::unknown;
}

Status read_fields(SampleReader& reader) {
  for (const SampleField& field : sample_fields()) {
    if ((reader.attr.sample_type & field.bits) == 0) continue;
    const std::uint64_t field_offset = reader.in.offset();
    field.read(reader);
    if (reader.in.failed()) {
      return fail(Errc::truncated, fmt::format("sample ends inside {}", field.name), reader.in.offset());
    }
    if (reader.refused != nullptr) {
      return fail(reader.refused_code, fmt::format("{}: {}", field.name, reader.refused), field_offset);
    }
  }
  if (reader.in.remaining() != 0) {
    return fail(Errc::malformed, fmt::format("{} bytes follow the last field of a sample", reader.in.remaining()),
                reader.in.offset());
  }
  return {};
}

void start(Sample& out, const RawRecord& raw, const abi::EventAttr& attr) {
  const std::uint32_t event = out.event;
  out = Sample{};
  out.event = event;
  out.present = attr.sample_type;
  out.misc = raw.misc;
  out.mode = cpu_mode(raw.misc);
}

}  // namespace

Status decode_sample(const RawRecord& raw, const abi::EventAttr& attr, Sample& out) {
  if (const auto unknown = attr.sample_type & ~known_sample_bits(); unknown != 0) {
    return fail(Errc::unsupported, fmt::format("sample_type bits {:#x} are not known", unknown), raw.offset);
  }
  const Cursor in{raw.payload, raw.offset + abi::kRecordHeaderBytes, raw.order};
  start(out, raw, attr);
  SampleReader reader{in, attr, out};
  auto read = read_fields(reader);
  if (read || !reader.simd_seen) return read;
  start(out, raw, attr);
  SampleReader packed{in, attr, out};
  packed.packed_counts = true;
  if (read_fields(packed)) return {};
  return read;
}

}  // namespace simdprof
