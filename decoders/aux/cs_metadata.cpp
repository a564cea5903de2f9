#include "decoders/aux/cs_metadata.h"

#include <limits>

#include <fmt/format.h>

namespace simdprof {
namespace {

constexpr std::uint64_t kLastVersion = 2;
constexpr std::size_t kHeaderWords = 3;

constexpr std::uint64_t kEtm3Magic = 0x3030303030303030;
constexpr std::uint64_t kEtm4Magic = 0x4040404040404040;
constexpr std::uint64_t kEteMagic = 0x5050505050505050;

constexpr std::uint64_t kUnusedId = std::uint64_t{1} << 31U;  ///< the id was not known when the words were written
constexpr std::uint32_t kLastId = 0x6f;                       ///< of a source; above are the formatter's own
constexpr std::uint32_t kPtmVersion = 0x300;                  ///< ETMIDR bits 11:8 of a Program Trace Macrocell

/// The parameters of one magic, in their order.
struct Layout {
  std::uint64_t magic;
  std::size_t least;     ///< parameters without which nothing can be decoded
  std::size_t version0;  ///< parameters in version 0, which has no count
  void (*read)(std::span<const std::uint64_t>, CsSource&);
};

std::uint32_t low(std::uint64_t word) { return static_cast<std::uint32_t>(word); }

// ETMCR, ETMTRACEIDR, ETMCCER, ETMIDR
void read_etm3(std::span<const std::uint64_t> words, CsSource& out) {
  out.config = low(words[0]);
  out.ccer = low(words[2]);
  out.id = low(words[3]);
  out.protocol = (out.id & kPtmVersion) == kPtmVersion ? CsProtocol::ptm : CsProtocol::etmv3;
  out.architecture = CsArchitecture::v7;
}

// TRCCONFIGR, TRCTRACEIDR, TRCIDR0, TRCIDR1, TRCIDR2, TRCIDR8, TRCAUTHSTATUS, then the clock
void read_etm4(std::span<const std::uint64_t> words, CsSource& out) {
  out.protocol = CsProtocol::etmv4;
  out.config = low(words[0]);
  out.idr0 = low(words[2]);
  out.idr1 = low(words[3]);
  out.idr2 = low(words[4]);
  out.idr8[0] = low(words[5]);
  out.architecture = CsArchitecture::v8;
  out.kernel_clock = words.size() > 7 && words[7] == 1;
}

// as before, with TRCDEVARCH in front of the clock
void read_ete(std::span<const std::uint64_t> words, CsSource& out) {
  read_etm4(words, out);
  out.protocol = CsProtocol::ete;
  out.devarch = low(words[7]);
  out.architecture = CsArchitecture::aa64;
  out.kernel_clock = words.size() > 8 && words[8] == 1;
}

constexpr std::size_t kTraceId = 1;  ///< parameter of all three
constexpr Layout kLayouts[] = {
    {kEtm3Magic, 4, 4, read_etm3},
    {kEtm4Magic, 7, 7, read_etm4},
    {kEteMagic, 8, 8, read_ete},
};

/// Words, taken one after the other.
class WordReader {
 public:
  explicit WordReader(std::span<const std::uint64_t> words) : words_(words) {}
  [[nodiscard]] std::size_t remaining() const { return words_.size() - next_; }
  std::uint64_t take() { return words_[next_++]; }
  std::span<const std::uint64_t> take(std::size_t count) {
    next_ += count;
    return words_.subspan(next_ - count, count);
  }

 private:
  std::span<const std::uint64_t> words_;
  std::size_t next_ = 0;
};

tl::unexpected<Error> ends_early(std::uint64_t cpu) {
  return fail(Errc::truncated, fmt::format("the CoreSight metadata end inside CPU {} of theirs", cpu));
}

Result<std::optional<std::uint8_t>> valid_id(std::uint64_t word) {
  if ((word & kUnusedId) != 0 || word == 0) return std::optional<std::uint8_t>{};
  if (word > kLastId) return fail(Errc::malformed, fmt::format("{:#x} is no CoreSight trace id", word));
  return std::optional{static_cast<std::uint8_t>(word)};
}

Result<CsSource> read_source(WordReader& in, std::uint64_t version, std::uint64_t number) {
  if (in.remaining() < (version == 0 ? 2U : 3U)) return ends_early(number);
  const std::uint64_t magic = in.take();
  const std::uint64_t cpu = in.take();
  const Layout* layout = nullptr;
  for (const Layout& known : kLayouts) {
    if (known.magic == magic) layout = &known;
  }
  if (layout == nullptr) return fail(Errc::unsupported, fmt::format("CoreSight source with magic {:#x}", magic));
  const std::uint64_t count = version == 0 ? layout->version0 : in.take();
  if (count > in.remaining()) return ends_early(number);
  if (count < layout->least) {
    return fail(Errc::malformed, fmt::format("a CoreSight source with {} parameters of {}", count, layout->least));
  }
  if (cpu > static_cast<std::uint64_t>(std::numeric_limits<std::int32_t>::max())) {
    return fail(Errc::malformed, fmt::format("a CoreSight source of CPU {}", cpu));
  }
  const auto parameters = in.take(static_cast<std::size_t>(count));
  for (const std::uint64_t word : parameters.first(layout->least)) {
    if (word >> 32U != 0) return fail(Errc::malformed, fmt::format("{:#x} is no 32-bit register", word));
  }
  CsSource source;
  layout->read(parameters, source);
  source.cpu = static_cast<std::int32_t>(cpu);
  const auto id = valid_id(parameters[kTraceId]);
  if (!id) return fail(id.error());
  source.trace_id = *id;
  return source;
}

void apply_hw_ids(std::span<const AuxHwId> hw_ids, std::vector<CsSource>& sources) {
  constexpr std::uint64_t kIdMask = 0xff;
  for (const AuxHwId& told : hw_ids) {
    const std::uint64_t id = told.hw_id & kIdMask;
    if (id == 0 || id > kLastId) continue;
    for (CsSource& source : sources) {
      if (source.cpu == told.cpu) source.trace_id = static_cast<std::uint8_t>(id);
    }
  }
}

}  // namespace

std::string_view cs_protocol_name(CsProtocol protocol) {
  switch (protocol) {
    case CsProtocol::etmv3: return "ETMv3";
    case CsProtocol::ptm: return "PTM";
    case CsProtocol::etmv4: return "ETMv4";
    case CsProtocol::ete: return "ETE";
    case CsProtocol::stm: return "STM";
  }
  return {};
}

CsThreadWord cs_thread_word(const CsSource& source) {
  constexpr std::uint32_t kContextId = 1U << 6;
  constexpr std::uint32_t kVmid = 1U << 7 | 1U << 15;  // VMID, and CONTEXTIDR_EL2 in its place
  switch (source.protocol) {
    case CsProtocol::stm: return CsThreadWord::none;
    case CsProtocol::etmv3:
    case CsProtocol::ptm: return (source.config >> 14U & 3U) != 0 ? CsThreadWord::context_id : CsThreadWord::none;
    case CsProtocol::etmv4:
    case CsProtocol::ete: break;
  }
  // A kernel in EL2 has its threads in CONTEXTIDR_EL2, which only a trace of both bits has.
  if ((source.config & kVmid) == kVmid) return CsThreadWord::vmid;
  return (source.config & kContextId) != 0 ? CsThreadWord::context_id : CsThreadWord::none;
}

Result<std::vector<CsSource>> decode_cs_metadata(std::span<const std::uint64_t> words,
                                                 std::span<const AuxHwId> hw_ids) {
  WordReader in{words};
  if (in.remaining() < kHeaderWords) {
    return fail(Errc::truncated, fmt::format("CoreSight metadata of {} words", words.size()));
  }
  const std::uint64_t version = in.take();
  const std::uint64_t cpus = in.take() & 0xffffffffU;
  (void)in.take();  // snapshot mode
  if (version > kLastVersion) return fail(Errc::unsupported, fmt::format("CoreSight metadata of version {}", version));
  std::vector<CsSource> sources;
  for (std::uint64_t number = 0; number < cpus; ++number) {
    auto source = read_source(in, version, number);
    if (!source) return fail(source.error());
    sources.push_back(*source);
  }
  apply_hw_ids(hw_ids, sources);
  return sources;
}

}  // namespace simdprof
