// Decodes arbitrary records under arbitrary attributes, then reads every byte that a decoded record points to.
//
// Input: u8 byte order (bit 0: big endian); sample_type, read_format, flags, branch_sample_type, sample_regs_user,
// sample_regs_intr as u64 each; u8 number of events; then records with their headers.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <span>

#include "decoders/record/decode_record.h"
#include "decoders/record/record_time.h"
#include "lib/base/cursor.h"

namespace {

using namespace simdprof;

std::uint64_t sum = 0;

void read_all(std::span<const std::byte> bytes) {
  for (const std::byte byte : bytes) sum += std::to_integer<std::uint64_t>(byte);
}
void read_all(const WordView& words) {
  for (std::size_t i = 0; i < words.size(); ++i) sum += words[i];
}
void read_all(std::string_view text) { read_all(std::as_bytes(std::span(text.data(), text.size()))); }

struct ReadViews {
  void operator()(const Sample& s) const {
    read_all(s.callchain);
    read_all(s.raw);
    read_all(s.branches.entries);
    for (std::size_t i = 0; i < s.branches.size(); ++i) sum += s.branches.flags(i);
    sum += s.weight_parts().cost;
    read_all(s.branches.counters);
    read_all(s.regs_user.words);
    read_all(s.regs_user.simd);
    read_all(s.regs_intr.words);
    read_all(s.regs_intr.simd);
    read_all(s.stack_user);
    read_all(s.aux);
  }
  void operator()(const MmapRecord& r) const {
    read_all(r.path);
    read_all(r.build_id);
  }
  void operator()(const CommRecord& r) const { read_all(r.comm); }
  void operator()(const NamespacesRecord& r) const { read_all(r.links); }
  void operator()(const KsymbolRecord& r) const { read_all(r.name); }
  void operator()(const CgroupRecord& r) const { read_all(r.path); }
  void operator()(const TextPokeRecord& r) const {
    read_all(r.old_bytes);
    read_all(r.new_bytes);
  }
  void operator()(const DeferredCallchainRecord& r) const { read_all(r.addresses); }
  void operator()(const EventDescRecord& r) const { read_all(r.name); }
  void operator()(const HostFactRecord& r) const {
    read_all(r.key);
    read_all(r.value);
  }
  void operator()(const RegisterImageRecord& r) const { read_all(r.image.data); }
  void operator()(const BuildIdRecord& r) const {
    read_all(r.id);
    read_all(r.path);
  }
  void operator()(const SourceRecord& r) const { read_all(r.explanation); }
  template <class Other>
  void operator()(const Other&) const {}
};

EventTable read_events(Cursor& in) {
  abi::EventAttr attr;
  attr.sample_type = in.u64();
  attr.read_format = in.u64();
  attr.flags = in.u64();
  attr.branch_sample_type = in.u64();
  attr.sample_regs_user = in.u64();
  attr.sample_regs_intr = in.u64();
  EventTable events;
  const unsigned count = in.u8() % 4U;
  for (unsigned i = 0; i < count; ++i) {
    events.events.push_back({attr, "event"});
    events.event_of_id[i] = i;
    attr.sample_regs_intr >>= 1U;  // another layout for each
  }
  return events;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Cursor in{std::as_bytes(std::span(data, size))};
  const std::endian order = (in.u8() & 1U) != 0 ? std::endian::big : std::endian::little;
  const EventTable events = read_events(in);
  while (in.remaining() >= 8) {
    RawRecord raw;
    raw.order = order;
    raw.offset = in.offset();
    raw.type = in.u32();
    raw.misc = in.u16();
    const std::size_t record_size = in.u16();
    raw.payload = in.take(std::min(in.remaining(), record_size < 8 ? 0 : record_size - 8));
    const auto record = decode_record(raw, events);
    const std::uint64_t time_ns = find_record_time(raw, events);
    if (!record) continue;
    if (record->time_ns != time_ns) std::abort();  // both must agree on every record that decodes
    std::visit(ReadViews{}, record->body);
  }
  return 0;
}
