#include "lib/capture/kernel_vectors.h"

#include <algorithm>
#include <array>
#include <bit>
#include <utility>

#include "lib/abi/registers.h"
#include "lib/base/cursor.h"
#include "lib/capture/record_time.h"

namespace simdprof {
namespace {

void skip_words(Cursor& in, std::uint64_t count) {
  if (count > in.remaining() / 8) count = in.remaining() / 8 + 1;  // more than there is: the cursor fails
  in.skip(count * 8);
}

// Fields of one word each, in wire order up to PERIOD.
constexpr std::array kWordFields = {
    abi::PERF_SAMPLE_IDENTIFIER, abi::PERF_SAMPLE_IP,   abi::PERF_SAMPLE_TID,
    abi::PERF_SAMPLE_TIME,       abi::PERF_SAMPLE_ADDR, abi::PERF_SAMPLE_ID,
    abi::PERF_SAMPLE_STREAM_ID,  abi::PERF_SAMPLE_CPU,  abi::PERF_SAMPLE_PERIOD,
};
// And between the two register sections.
constexpr std::array kLaterWordFields = {abi::PERF_SAMPLE_DATA_SRC, abi::PERF_SAMPLE_TRANSACTION};

void skip_read(Cursor& in, std::uint64_t format) {
  const std::uint64_t values = (format & abi::PERF_FORMAT_GROUP) != 0 ? in.u64() : 1;
  const auto has = [&](std::uint64_t bit) { return std::uint64_t{(format & bit) != 0 ? 1U : 0U}; };
  const std::uint64_t per_value = 1 + has(abi::PERF_FORMAT_ID) + has(abi::PERF_FORMAT_LOST);
  skip_words(in, has(abi::PERF_FORMAT_TOTAL_TIME_ENABLED) + has(abi::PERF_FORMAT_TOTAL_TIME_RUNNING));
  skip_words(in, std::min<std::uint64_t>(values, in.remaining()) * per_value);
}

void skip_branches(Cursor& in, std::uint64_t branch_type) {
  const std::uint64_t entries = std::min<std::uint64_t>(in.u64(), in.remaining());
  if ((branch_type & abi::PERF_SAMPLE_BRANCH_HW_INDEX) != 0) in.skip(8);
  skip_words(in, entries * ((branch_type & abi::PERF_SAMPLE_BRANCH_COUNTERS) != 0 ? 4 : 3));
}

void skip_stack(Cursor& in) {
  const std::uint64_t size = in.u64();
  if (size == 0) return;
  in.skip(size);
  in.skip(8);  // how much of it is valid
}

RegisterSection read_section(Cursor& in, std::uint64_t mask) {
  RegisterSection section;
  section.offset = static_cast<std::size_t>(in.offset());
  section.abi = in.u64();
  if (section.abi == abi::PERF_SAMPLE_REGS_ABI_NONE) return section;
  section.word_bytes = 8 * static_cast<std::size_t>(std::popcount(mask));
  in.skip(section.word_bytes);
  if ((section.abi & abi::PERF_SAMPLE_REGS_ABI_SIMD) == 0) return section;
  std::array<std::uint64_t, 4> counts{};  // vectors, words of one; predicates, words of one
  for (std::uint64_t& count : counts) count = std::min<std::uint64_t>(in.u64(), 0xffff);
  const std::uint64_t words = counts[0] * counts[1] + counts[2] * counts[3];
  skip_words(in, words);
  section.simd_bytes = 32 + static_cast<std::size_t>(words) * 8;
  return section;
}

bool user_hit(std::span<const std::byte> record) {
  return (record_misc(record) & abi::PERF_RECORD_MISC_CPUMODE_MASK) == abi::PERF_RECORD_MISC_USER;
}

void zero_legacy_vectors(std::span<std::byte> words, std::uint64_t mask) {
  const auto gprs = static_cast<std::size_t>(std::popcount(mask & ~abi::kX86LegacyXmmMask));
  std::fill(words.begin() + static_cast<std::ptrdiff_t>(gprs * 8), words.end(), std::byte{0});
}

void store_size(std::span<std::byte> record) {
  record[6] = static_cast<std::byte>(record.size());
  record[7] = static_cast<std::byte>(record.size() >> 8U);
}

}  // namespace

std::optional<RegisterSection> locate_intr_section(std::span<const std::byte> record, const abi::EventAttr& attr) {
  Cursor in{record};
  in.skip(abi::kRecordHeaderBytes);
  const auto has = [&](std::uint64_t bit) { return (attr.sample_type & bit) != 0; };
  for (const std::uint64_t field : kWordFields) {
    if (has(field)) in.skip(8);
  }
  if (has(abi::PERF_SAMPLE_READ)) skip_read(in, attr.read_format);
  if (has(abi::PERF_SAMPLE_CALLCHAIN)) skip_words(in, in.u64());
  if (has(abi::PERF_SAMPLE_RAW)) in.skip(in.u32());
  if (has(abi::PERF_SAMPLE_BRANCH_STACK)) skip_branches(in, attr.branch_sample_type);
  if (has(abi::PERF_SAMPLE_REGS_USER)) (void)read_section(in, attr.sample_regs_user);
  if (has(abi::PERF_SAMPLE_STACK_USER)) skip_stack(in);
  if (has(abi::PERF_SAMPLE_WEIGHT | abi::PERF_SAMPLE_WEIGHT_STRUCT)) in.skip(8);
  for (const std::uint64_t field : kLaterWordFields) {
    if (has(field)) in.skip(8);
  }
  if (!has(abi::PERF_SAMPLE_REGS_INTR)) return std::nullopt;
  const RegisterSection section = read_section(in, attr.sample_regs_intr);
  if (in.failed()) return std::nullopt;
  return section;
}

bool KernelVectorFilter::applies_to(const abi::EventAttr& attr) {
  if ((attr.sample_type & abi::PERF_SAMPLE_REGS_INTR) == 0) return false;
  if (attr.sample_simd_regs_enabled != 0) return (attr.sample_simd_vec_reg_intr | attr.sample_simd_pred_reg_intr) != 0;
  return (attr.sample_regs_intr & abi::kX86LegacyXmmMask) != 0;
}

bool KernelVectorFilter::append(std::span<const std::byte> record, std::vector<std::byte>& out) const {
  const std::size_t start = out.size();
  const auto whole = [&] {
    out.insert(out.end(), record.begin(), record.end());
    return true;
  };
  if (record_type(record) != abi::PERF_RECORD_SAMPLE || user_hit(record)) return whole();
  Cursor in{record};
  in.skip(abi::kRecordHeaderBytes);
  const auto event = event_of_id_.find(in.u64());
  if (event == event_of_id_.end() || event->second >= attrs_.size()) return false;
  const abi::EventAttr& attr = attrs_[event->second];
  if (!applies_to(attr)) return whole();
  const auto section = locate_intr_section(record, attr);
  if (!section) return false;
  whole();
  if (section->abi == abi::PERF_SAMPLE_REGS_ABI_NONE) return true;
  const std::span<std::byte> copy = std::span(out).subspan(start);
  if (attr.sample_simd_regs_enabled == 0) {
    zero_legacy_vectors(copy.subspan(section->offset + 8, section->word_bytes), attr.sample_regs_intr);
    return true;
  }
  copy[section->offset] &= ~static_cast<std::byte>(abi::PERF_SAMPLE_REGS_ABI_SIMD);
  const auto simd = out.begin() + static_cast<std::ptrdiff_t>(start + section->offset + 8 + section->word_bytes);
  out.erase(simd, simd + static_cast<std::ptrdiff_t>(section->simd_bytes));
  store_size(std::span(out).subspan(start));
  return true;
}

}  // namespace simdprof
