// Builds register sets from arbitrary sections and images.
//
// Input: u8 arch (bits 0..2), words of sections are big endian (bit 3), event 0 is precise (bit 4); u64 xcr0 and 8
// times u16 size of components 0..7; then steps: u8 what (0 image, 1 sample, 2 forget), its fields, its bytes.
#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstdlib>
#include <span>

#include "decoders/registers/register_stage.h"
#include "lib/base/cursor.h"

namespace {

using namespace simdprof;

abi::XsaveTable read_table(Cursor& in) {
  abi::XsaveTable table;
  table.xcr0_mask = in.u64();
  for (unsigned i = 0; i < 8; ++i) table.components[i].size = in.u16();
  return table;
}

RegisterImage read_image(Cursor& in) {
  RegisterImage image;
  image.tid = in.u8();
  image.window_start_ns = in.u8();
  image.time_ns = in.u8();
  image.ip = in.u8();
  image.format = in.u8();
  image.flags = in.u8();
  image.available = in.u64();
  image.in_use = in.u64();
  image.stored = in.u64();
  image.mxcsr = in.u32();
  image.data = in.take(std::min<std::size_t>(in.u16(), in.remaining()));
  return image;
}

RegisterBlock read_block(Cursor& in, std::endian order) {
  RegisterBlock block;
  block.abi = in.u8();
  block.mask = in.u64();
  block.words = WordView(in.take(std::min<std::size_t>(8U * in.u8(), in.remaining())), order);
  // The record stage gives as many words as the counts say, or refuses the sample.
  block.nr_vectors = in.u8() % 33U;
  block.vector_qwords = in.u8() % 33U;
  block.nr_pred = in.u8() % 18U;
  block.pred_qwords = in.u8() % 5U;
  const std::size_t words =
      std::size_t{block.nr_vectors} * block.vector_qwords + std::size_t{block.nr_pred} * block.pred_qwords;
  block.simd = WordView(in.take(std::min(8 * words, in.remaining())), order);
  if (block.simd.size() != words) block.nr_vectors = block.nr_pred = 0;
  return block;
}

Sample read_sample(Cursor& in, std::endian order) {
  Sample sample;
  sample.present = in.u64();
  sample.mode = static_cast<CpuMode>(in.u8() % 6U);
  sample.misc = in.u16();
  sample.event = sample.misc % 3U;  // event 0 makes images, 1 does not, 2 is not described
  sample.tid = in.u8();
  sample.time_ns = in.u8();
  sample.ip = in.u8();
  sample.regs_user = read_block(in, order);
  sample.regs_intr = read_block(in, order);
  return sample;
}

/// What must hold of every set, whatever it was built from.
void check(const RegisterSet& set) {
  for (const VectorRegister& vector : set.vector) {
    if (vector.xmm == Presence::valid && (vector.recorded_words & 3U) != 3U) std::abort();
    if (vector.ymm_high == Presence::valid && (vector.recorded_words & 12U) != 12U) std::abort();
    if (vector.zmm_high == Presence::valid && (vector.recorded_words & 0xf0U) != 0xf0U) std::abort();
  }
  const Arm64Vectors& arm64 = set.arm64;
  if (arm64.low != Presence::not_recorded && arm64.words.size() != 32 * arm64.stride()) std::abort();
  if (arm64.vector_bytes == 0 && arm64.predicates != Presence::not_recorded) std::abort();
  if (!set.has_vectors() && arm64.low != Presence::not_recorded) std::abort();
  if (!set.has_vectors() && set.opmask_presence != Presence::not_recorded) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Cursor in{std::as_bytes(std::span(data, size))};
  const unsigned first = in.u8();
  const auto arch = static_cast<abi::Arch>(first % 8U);
  const std::endian order = (first & 8U) != 0 ? std::endian::big : std::endian::little;
  RegisterStage stage{arch, read_table(in), {{true, (first & 16U) != 0}, {false, false}}};
  RegisterSets sets;
  Sample sample;
  while (in.remaining() != 0) {
    switch (in.u8() % 3U) {
      case 0: (void)stage.observe(read_image(in)); break;
      case 1:
        sample = read_sample(in, order);
        stage.build(sample, sets);
        check(sets.user);
        check(sets.intr);
        if (sets.image_expected != (sample.event == 0 && !sample.guest())) std::abort();
        if (sample.event != 0 && sets.user.xstate_in_use) std::abort();  // an image of another event's stop
        break;
      default: stage.forget(in.u8()); break;
    }
  }
  const auto counts = stage.counts();
  return counts.images_unmatched > counts.images ? std::abort(), 0 : 0;
}
