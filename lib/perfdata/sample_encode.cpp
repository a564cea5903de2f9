#include "lib/perfdata/sample_encode.h"

#include <algorithm>
#include <bit>

#include "lib/base/check.h"
#include "lib/base/cursor.h"

namespace simdprof::perfdata {
namespace {

constexpr std::size_t kWord = 8;

/// Copies a payload from front to back, with places left out or replaced.
class Splice {
 public:
  Splice(std::span<const std::byte> payload, OrderedBytes& out) : payload_(payload), out_(out) {}

  /// Copies up to `part`, a view of the payload, and passes over it.
  OrderedBytes& instead_of(std::span<const std::byte> part) {
    const auto begin = static_cast<std::size_t>(part.data() - payload_.data());
    return instead_of(begin, part.size());
  }
  OrderedBytes& instead_of(std::size_t begin, std::size_t size) {
    SIMDPROF_ASSERT(begin >= done_ && size <= payload_.size() && begin <= payload_.size() - size);
    out_.bytes(payload_.subspan(done_, begin - done_));
    done_ = begin + size;
    return out_;
  }
  void finish() { out_.bytes(payload_.subspan(done_)); }

 private:
  std::span<const std::byte> payload_;
  OrderedBytes& out_;
  std::size_t done_ = 0;
};

void append_registers(const PlainRegisters& registers, OrderedBytes& out) {
  out.u64(registers.abi);
  if (registers.abi == abi::PERF_SAMPLE_REGS_ABI_NONE) return;
  for (std::uint64_t mask = registers.mask; mask != 0; mask &= mask - 1) {
    out.u64(registers.words[static_cast<unsigned>(std::countr_zero(mask))]);
  }
}

void change_registers(const RegisterBlock& block, const std::optional<PlainRegisters>& replaced, bool drop,
                      Splice& splice) {
  if (block.bytes.empty()) return;
  if (drop) {
    splice.instead_of(block.bytes);
  } else if (replaced) {
    append_registers(*replaced, splice.instead_of(block.bytes));
  }
}

// The count stands before the entries; the marker and its cookie are the last two.
void cut_deferred_chain(const RawRecord& raw, const Sample& sample, Splice& splice) {
  const auto chain = sample.callchain.bytes();
  const auto begin = static_cast<std::size_t>(chain.data() - raw.payload.data());
  splice.instead_of(begin - kWord, kWord).u64(sample.callchain.size() - 2);
  splice.instead_of(chain.last(2 * kWord));
}

// u64 size, the bytes, u64 how many of them mean something.
void cut_stack(const RawRecord& raw, const Sample& sample, std::uint64_t cut_bytes, Splice& splice) {
  const auto begin = static_cast<std::size_t>(sample.stack_user.data() - raw.payload.data());
  const std::uint64_t kept = stack_copy_bytes(raw, sample) - cut_bytes;
  splice.instead_of(begin - kWord, kWord).u64(kept);
  splice.instead_of(begin + kept, cut_bytes + kWord).u64(std::min<std::uint64_t>(kept, sample.stack_user.size()));
}

}  // namespace

std::uint64_t stack_copy_bytes(const RawRecord& raw, const Sample& sample) {
  if (sample.stack_user.data() == nullptr) return 0;
  const auto begin = static_cast<std::size_t>(sample.stack_user.data() - raw.payload.data());
  return Cursor{raw.payload.subspan(begin - kWord), 0, raw.order}.u64();
}

bool has_deferred_chain(const Sample& sample) {
  const WordView& chain = sample.callchain;
  return chain.size() >= 2 && chain[chain.size() - 2] == abi::PERF_CONTEXT_USER_DEFERRED;
}

void encode_sample(const RawRecord& raw, const Sample& sample, const SampleChange& change, OrderedBytes& out) {
  out.clear();
  Splice splice{raw.payload, out};
  const bool identified = sample.has(abi::PERF_SAMPLE_IDENTIFIER);
  splice.instead_of(0, identified ? kWord : 0).u64(change.id);
  if (sample.has(abi::PERF_SAMPLE_ID)) {
    constexpr std::uint64_t kBefore = abi::PERF_SAMPLE_IDENTIFIER | abi::PERF_SAMPLE_IP | abi::PERF_SAMPLE_TID |
                                      abi::PERF_SAMPLE_TIME | abi::PERF_SAMPLE_ADDR;
    const auto words = static_cast<std::size_t>(std::popcount(sample.present & kBefore));
    splice.instead_of(kWord * words, kWord).u64(change.id);
  }
  if (change.drop_deferred_chain && has_deferred_chain(sample)) cut_deferred_chain(raw, sample, splice);
  if (!sample.branches.counters.empty()) splice.instead_of(sample.branches.counters.bytes());
  change_registers(sample.regs_user, change.user, change.drop_registers, splice);
  if (change.cut_stack_bytes != 0) cut_stack(raw, sample, change.cut_stack_bytes, splice);
  change_registers(sample.regs_intr, change.intr, change.drop_registers, splice);
  splice.finish();
}

void append_trailer(std::span<const std::byte> trailer, std::uint64_t sample_type, std::uint64_t id,
                    OrderedBytes& out) {
  constexpr std::uint64_t kBeforeId = abi::PERF_SAMPLE_TID | abi::PERF_SAMPLE_TIME;
  constexpr std::uint64_t kAfterId = abi::PERF_SAMPLE_STREAM_ID | abi::PERF_SAMPLE_CPU;
  const auto words_before = static_cast<std::size_t>(std::popcount(sample_type & kBeforeId));
  const auto words_after = static_cast<std::size_t>(std::popcount(sample_type & kAfterId));
  const bool has_id = (sample_type & abi::PERF_SAMPLE_ID) != 0;
  if (trailer.empty()) {
    out.zeros(kWord * (words_before + (has_id ? 1 : 0) + words_after)).u64(id);
    return;
  }
  Splice splice{trailer, out};
  if (has_id) splice.instead_of(kWord * words_before, kWord).u64(id);
  const std::size_t fields = words_before + (has_id ? 1 : 0) + words_after;
  splice.instead_of(kWord * fields, trailer.size() - kWord * fields).u64(id);
}

}  // namespace simdprof::perfdata
