#include "lib/perfdata/inflate.h"

#include <fmt/format.h>
#include <zstd.h>

#include "lib/base/cursor.h"
#include "lib/base/input_file.h"

namespace simdprof::perfdata {
namespace {

constexpr std::uint32_t kZstdMagic = 0xFD2FB528;
/// Largest window that is believed: what the zstd tool itself takes without being asked.
constexpr int kMaxWindowLog = 27;

}  // namespace

struct StreamInflater::State {
  struct FreeContext {
    void operator()(ZSTD_DCtx* done) const { ZSTD_freeDCtx(done); }
  };
  std::unique_ptr<ZSTD_DCtx, FreeContext> context{ZSTD_createDCtx()};
  UniqueFd file;
  std::vector<std::byte> out = std::vector<std::byte>(ZSTD_DStreamOutSize());
  std::uint64_t in_bytes = 0;
  std::uint64_t out_bytes = 0;
  bool broken = false;

  Status prepare();
  Status fail_stream(Errc code, std::string fact);
};

Status StreamInflater::State::prepare() {
  if (context == nullptr) return fail(Errc::limit, "no memory to decompress");
  if (file.valid()) return {};
  auto opened = open_unnamed();
  if (!opened) return fail(opened.error());
  file = std::move(*opened);
  ZSTD_DCtx_setParameter(context.get(), ZSTD_d_windowLogMax, kMaxWindowLog);
  return {};
}

Status StreamInflater::State::fail_stream(Errc code, std::string fact) {
  broken = true;
  return fail(code, std::move(fact));
}

StreamInflater::StreamInflater() : state_(std::make_unique<State>()) {}
StreamInflater::StreamInflater(StreamInflater&&) noexcept = default;
StreamInflater& StreamInflater::operator=(StreamInflater&&) noexcept = default;
StreamInflater::~StreamInflater() = default;

Status StreamInflater::add(std::span<const std::byte> piece) {
  State& state = *state_;
  if (auto ready = state.prepare(); !ready) return ready;
  if (state.broken) {
    if (Cursor{piece}.u32() != kZstdMagic) return fail(Errc::malformed, "compressed data after damage in its stream");
    ZSTD_DCtx_reset(state.context.get(), ZSTD_reset_session_only);
    state.broken = false;
  }
  state.in_bytes += piece.size();
  ZSTD_inBuffer in{piece.data(), piece.size(), 0};
  for (;;) {
    ZSTD_outBuffer out{state.out.data(), state.out.size(), 0};
    const std::size_t before = in.pos;
    const std::size_t status = ZSTD_decompressStream(state.context.get(), &out, &in);
    if (ZSTD_isError(status) != 0U) {
      return state.fail_stream(Errc::malformed, fmt::format("damaged compressed data: {}", ZSTD_getErrorName(status)));
    }
    state.out_bytes += out.pos;
    if (state.out_bytes > kMostBytes + kMostRatio * state.in_bytes) {
      state.out_bytes -= out.pos;
      return state.fail_stream(Errc::limit, "compressed data holds more than a recorder can have put in");
    }
    if (auto written = write_all(state.file.get(), std::span(state.out).first(out.pos)); !written) {
      return fail(with_input(written.error(), "temporary file"));
    }
    if (in.pos == in.size && out.pos < out.size) return {};
    if (in.pos == before && out.pos == 0) return state.fail_stream(Errc::malformed, "compressed data does not go on");
  }
}

std::uint64_t StreamInflater::size() const { return state_->out_bytes; }
UniqueFd StreamInflater::take_file() { return std::move(state_->file); }

}  // namespace simdprof::perfdata
