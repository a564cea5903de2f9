#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lib/base/fd.h"
#include "lib/report/profile.h"
#include "lib/report/quality.h"
#include "lib/report/view.h"

namespace simdprof::test {

/// A profile of which every number was worked out by hand:
///
///     samples  period  leaf     chain, innermost first             state
///     4        400     work     mul (inlined), work, main          YMM, FTZ
///     3        300     sqrt     sqrt, work, main                   XMM
///     2         50+150 fib      fib, fib, fib, main                not recorded
///     1        100     do_sys   do_sys (kernel), main              not recorded
///
/// 10 samples, period 1000. Self: work 40 %, sqrt 30, fib 20, do_sys 10. Children: main 100, work 70, mul 40, sqrt 30,
/// fib 20, do_sys 10.
class HandMadeProfile {
 public:
  explicit HandMadeProfile(std::string_view keys = "overhead,comm,dso,sym") : profile(*parse_sort_keys(keys)) {
    main_ = function("app", "main", 0x1000);
    work_ = function("app", "work", 0x1100);
    mul_ = frame("app", "mul", 0, CpuMode::user, true);
    sqrt_ = function("libm.so.6", "sqrt", 0x2000);
    fib_ = function("app", "fib", 0x1200);
    do_sys_ = frame("[kernel.kallsyms]", "do_sys", 0xffffffff81000000, CpuMode::kernel, false);
    SimdState ymm;
    ymm.widest = SimdWidth::ymm;
    ymm.dirty_upper = true;
    ymm.mxcsr_recorded = true;
    ymm.ftz = true;
    SimdState xmm;
    xmm.widest = SimdWidth::xmm;
    xmm.mxcsr_recorded = true;
    for (int i = 0; i < 4; ++i) add(100, work_, {mul_, work_, main_}, ymm);
    for (int i = 0; i < 3; ++i) add(100, sqrt_, {sqrt_, work_, main_}, xmm);
    add(50, fib_, {fib_, fib_, fib_, main_}, {});
    add(150, fib_, {fib_, fib_, fib_, main_}, {});
    add(100, do_sys_, {do_sys_, main_}, {});

    quality.command = "app --fast";
    quality.wait_status = 0;
    quality.duration_ns = 2'000'000'000;
    quality.sources = {{SourceKind::kernel, 95, "this PMU lacks extended registers"}, {SourceKind::ptrace, 0, ""}};
    quality.events = {{"task-clock", true, 999, 10, true, false}};
    quality.samples = 10;
    quality.user = 9;
    quality.kernel = 1;
    quality.vectors_expected = 10;
    quality.with_vectors = 7;
  }

  FrameId frame(std::string_view dso, std::string_view symbol, std::uint64_t start, CpuMode mode, bool inlined) {
    Frame frame;
    frame.dso = profile.texts.intern(dso);
    frame.symbol = profile.texts.intern(symbol);
    frame.start = start;
    frame.mode = mode;
    frame.inlined = inlined;
    return profile.frames.intern(frame);
  }
  FrameId function(std::string_view dso, std::string_view symbol, std::uint64_t start) {
    return frame(dso, symbol, start, CpuMode::user, false);
  }
  void add(std::uint64_t period, FrameId leaf, const std::vector<FrameId>& chain, const SimdState& simd) {
    ProfileSample sample;
    sample.comm = profile.texts.intern("app");
    sample.pid = 42;
    sample.tid = 43;
    sample.cpu = 1;
    sample.period_events = period;
    sample.leaf = leaf;
    sample.chain = profile.chains.intern(chain);
    sample.simd = simd;
    profile.add(sample);
  }

  /// Names of the rows' symbols, in order.
  [[nodiscard]] std::vector<std::string> symbols(const Section& section) const {
    std::vector<std::string> names;
    for (const Row& row : section.rows) names.push_back(frame_name(profile.texts, row.key.frame));
    return names;
  }
  [[nodiscard]] const Row* find_row(const Section& section, std::string_view symbol) const {
    for (const Row& row : section.rows) {
      if (profile.texts.text(row.key.frame.symbol) == symbol) return &row;
    }
    return nullptr;
  }

  using Render = void (*)(const ReportView&, fmt::memory_buffer&);
  [[nodiscard]] std::string render(Render view, const RowOptions& rows = {},
                                   const std::optional<CallGraphOptions>& graph = std::nullopt,
                                   bool quiet = false) const {
    const std::vector<Section> sections = {build_section(profile, 0, rows)};
    fmt::memory_buffer out;
    view({profile, quality, sections, graph, quiet, false}, out);
    return fmt::to_string(out);
  }

  Profile profile;
  Quality quality;
  FrameId main_ = 0, work_ = 0, mul_ = 0, sqrt_ = 0, fib_ = 0, do_sys_ = 0;
};

/// A profile of an arm64 recording, worked out by hand:
///
///     samples  leaf    state
///     3        daxpy   SVE in use, vectors of 512 bits
///     1        daxpy   none in use, of 512 bits
///     2        wide    SVE in use, vectors of 2048 bits
///     1        strlen  NEON recorded and nothing else
///     1        do_sys  not recorded
class Arm64Profile : public HandMadeProfile {
 public:
  explicit Arm64Profile(std::string_view keys) : HandMadeProfile(keys) {
    profile = Profile(*parse_sort_keys(keys));
    const FrameId daxpy = function("app", "daxpy", 0x1000);
    for (int i = 0; i < 3; ++i) add(100, daxpy, {}, state(static_cast<SimdWidth>(512), 512));
    add(100, daxpy, {}, state(SimdWidth::neon, 512));
    for (int i = 0; i < 2; ++i)
      add(100, function("app", "wide", 0x1100), {}, state(static_cast<SimdWidth>(2048), 2048));
    add(150, function("libc.so.6", "strlen", 0x2000), {}, state(SimdWidth::neon, 0));
    add(100, function("[kernel.kallsyms]", "do_sys", 0x3000), {}, {});
  }

  static SimdState state(SimdWidth widest, std::uint16_t sve_bits) {
    SimdState state;
    state.widest = widest;
    state.sve_bits = sve_bits;
    return state;
  }
};

inline std::string golden(const std::string& name) {
  return load_text(std::string(SIMDPROF_SOURCE_DIR) + "/tests/golden/" + name).value_or("no file " + name);
}

}  // namespace simdprof::test
