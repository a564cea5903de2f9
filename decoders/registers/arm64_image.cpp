#include "decoders/registers/arm64_image.h"

#include <fmt/format.h>

#include "lib/abi/arm64_regsets.h"
#include "lib/base/cursor.h"

namespace simdprof {
namespace {

struct SveHeader {
  std::uint32_t size = 0;     ///< of the whole set
  unsigned vector_bytes = 0;  ///< of a Z register
  std::uint16_t flags = 0;

  [[nodiscard]] bool sve_layout() const { return (flags & abi::kSveFlagSve) != 0; }
};

SveHeader read_header(Cursor& in) {
  SveHeader header;
  header.size = in.u32();
  in.skip(4);  // max_size
  header.vector_bytes = in.u16();
  in.skip(2);  // max_vl
  header.flags = in.u16();
  in.skip(2);  // reserved
  return header;
}

bool is_vector_length(unsigned bytes) {
  return bytes >= abi::kSveLeastVectorBytes && bytes <= abi::kSveMostVectorBytes && bytes % abi::kSveGranuleBytes == 0;
}

Status check_size(std::size_t got, std::size_t wanted) {
  if (got == wanted) return {};
  return fail(Errc::malformed, fmt::format("register image has {} bytes, its registers take {}", got, wanted));
}

Status check_sve(std::span<const std::byte> data) {
  Cursor in{data};
  const SveHeader header = read_header(in);
  if (in.failed()) return fail(Errc::malformed, "register image ends inside the SVE header");
  // SVE_PT_VL_INHERIT and SVE_PT_VL_ONEXEC say what becomes of the length later.
  constexpr unsigned kKnownFlags = abi::kSveFlagSve | 2U | 4U;
  if ((header.flags & ~kKnownFlags) != 0) {
    return fail(Errc::unsupported, fmt::format("SVE header flags {:#x} are not known", header.flags));
  }
  if (!is_vector_length(header.vector_bytes)) {
    return fail(Errc::malformed, fmt::format("SVE vectors of {} bytes", header.vector_bytes));
  }
  const std::size_t wanted =
      header.sve_layout() ? abi::SveLayout(header.vector_bytes).size : abi::kSveHeaderBytes + abi::kFpsimdBytes;
  if (header.size != wanted) {
    return fail(Errc::malformed, fmt::format("SVE header says {} bytes, its registers take {}", header.size, wanted));
  }
  return check_size(data.size(), wanted);
}

void read_control(Cursor& in, Arm64Vectors& out) {
  out.fpsr = in.u32();
  out.fpcr = in.u32();
  out.control = Presence::valid;
}

/// `count` registers of `words` words each, to the start of each register's place.
void read_vectors(Cursor& in, unsigned words, Arm64Vectors& out) {
  out.words.assign(std::size_t{abi::kArm64Vectors} * out.stride(), 0);
  for (unsigned number = 0; number < abi::kArm64Vectors; ++number) {
    for (unsigned word = 0; word < words; ++word) out.words[std::size_t{number} * out.stride() + word] = in.u64();
  }
  out.low = Presence::valid;
}

void read_fpsimd(Cursor& in, Arm64Vectors& out) {
  read_vectors(in, abi::kFpsimdVectorBytes / 8, out);
  read_control(in, out);
}

void read_predicate(Cursor& in, std::size_t bytes, Arm64Vectors::Predicate& out) {
  for (std::size_t byte = 0; byte < bytes; ++byte) out[byte / 8] |= std::uint64_t{in.u8()} << (byte % 8 * 8);
}

void read_sve(std::span<const std::byte> data, Arm64Vectors& out) {
  const abi::SveLayout layout(out.vector_bytes);
  Cursor vectors{data.subspan(abi::kSveHeaderBytes)};
  read_vectors(vectors, out.stride(), out);
  Cursor predicates{data.subspan(layout.predicates)};
  for (auto& predicate : out.predicate) read_predicate(predicates, layout.predicate_bytes, predicate);
  read_predicate(predicates, layout.predicate_bytes, out.ffr);
  Cursor control{data.subspan(layout.fpsr)};
  read_control(control, out);
}

}  // namespace

Status check_arm64_image(const RegisterImage& image) {
  if ((image.available | image.in_use | image.stored | image.mxcsr) != 0) {
    return fail(Errc::malformed, "register image of arm64 with masks of XSAVE");
  }
  if (image.time_ns < image.window_start_ns) return fail(Errc::malformed, "register image ends before it starts");
  if (image.format == RegisterImage::kArm64Sve) return check_sve(image.data);
  return check_size(image.data.size(), abi::kFpsimdBytes);
}

void decode_arm64_image(const RegisterImage& image, RegisterSet& out) {
  Arm64Vectors& vectors = out.arm64;
  vectors = {};
  out.vector_origin = Origin::regset;
  Cursor in{image.data};
  if (image.format == RegisterImage::kArm64Fpsimd) return read_fpsimd(in, vectors);
  const SveHeader header = read_header(in);
  vectors.vector_bytes = header.vector_bytes;
  const Presence added = header.sve_layout() ? Presence::valid : Presence::init;
  if (header.vector_bytes > abi::kFpsimdVectorBytes) vectors.high = added;
  vectors.predicates = added;
  if (header.sve_layout()) return read_sve(image.data, vectors);
  read_fpsimd(in, vectors);
}

}  // namespace simdprof
