// libipt's own packet and flow cases, where the corpus is.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/pt_trace.h"

namespace simdprof {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAreArray;
using testing::IsEmpty;

fs::path cases() {
  const char* set = std::getenv("SIMDPROF_CORPUS_DIR");
  return fs::path{set != nullptr ? set : SIMDPROF_CORPUS_DIR} / "libipt-ptt";
}

test::Bytes load(const fs::path& path) {
  std::ifstream in{path, std::ios::binary};
  const std::string text{std::istreambuf_iterator<char>{in}, {}};
  return test::text(text);
}

std::vector<std::string> load_lines(const fs::path& path) {
  std::ifstream in{path};
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

/// Words with one blank between them.
std::string squeezed(const std::string& line) {
  std::istringstream in{line};
  std::string out;
  for (std::string word; in >> word;) out += (out.empty() ? "" : " ") + word;
  return out;
}

/// One expectation file: NAME-ptdump-cpu_6_78.exp is of NAME.pt, on a CPU of family 6, model 78.
struct Case {
  fs::path expected;
  fs::path trace;
  std::string cpuid;
  std::string name;
};

/// Errata are those of one CPU each, with which their cases are read.
std::string cpu_of(const std::string& name) {
  if (name.starts_with("apl")) return "GenuineIntel,6,92,0";
  if (name.starts_with("bdm")) return "GenuineIntel,6,61,0";
  if (name.starts_with("skd") || name.starts_with("skl")) return "GenuineIntel,6,78,0";
  return {};
}

std::vector<Case> find_cases(const std::string& tool) {
  std::vector<Case> found;
  const std::regex form{"(.*)-" + tool + "(-cpu_([0-9]+)_([0-9]+))?\\.exp"};
  for (const auto& entry : fs::directory_iterator{cases()}) {
    const std::string file = entry.path().filename().string();
    std::smatch part;
    if (!std::regex_match(file, part, form)) continue;
    Case one;
    one.expected = entry.path();
    one.trace = cases() / (part[1].str() + ".pt");
    one.name = part[1].str();
    one.cpuid = part[2].matched ? fmt::format("GenuineIntel,{},{},0", part[3].str(), part[4].str()) : cpu_of(one.name);
    found.push_back(one);
  }
  std::sort(found.begin(), found.end(), [](const Case& a, const Case& b) { return a.expected < b.expected; });
  return found;
}

/// "0000000000000010  fup  3: 0000000000100000": offset, name, payload. Other lines are of sideband, or of the tool.
bool packet_line(const std::string& line, std::string& out) {
  static const std::regex kForm{"^0*([0-9a-f]+) +([a-z].*)$"};
  std::smatch part;
  if (!std::regex_match(line, part, kForm)) return false;
  out = squeezed(part[1].str() + " " + part[2].str());
  return true;
}

/// Without what ptdump keeps track of and writes behind the payload when asked to.
std::string without_tracking(const std::string& line) {
  static const std::regex kTracking{
      "^([0-9a-f]+ (mode.exec|[a-z0-9.]+ .+)) (ip|tsc|fcr|em) (<[a-z]+>|[+-]?[0-9a-f.-]+(bit)?)$"};
  return std::regex_replace(line, kTracking, "$1");
}

/// Packets that an option of the case hides.
bool hidden(const std::string& packet, const Case& one) {
  const std::string name = packet.substr(packet.find(' ') + 1, 3);
  return name == "cyc" && one.name.ends_with("no_cyc");
}

TEST(PtCorpus, PacketsAreThoseOfPtdump) {
  if (!fs::exists(cases())) GTEST_SKIP() << "the corpus is not here";
  std::size_t compared = 0;
  for (const Case& one : find_cases("ptdump")) {
    if (one.name == "ptdump-no-offset-raw") continue;  // bytes in hexadecimal instead of offsets
    std::vector<std::string> expected;
    for (const std::string& line : load_lines(one.expected)) {
      std::string packet;
      if (packet_line(line, packet)) expected.push_back(without_tracking(packet));
    }
    // Read with --no-sync: a packet stands before the PSB packet.
    if (one.name == "dump-all-packets") expected.erase(expected.begin());
    test::pt::Programs programs;
    test::pt::Lines lines;
    AuxTraceInfo info;
    info.cpuid = one.cpuid;
    test::pt::decode(load(one.trace), programs, test::pt::kPackets, lines, info);
    std::vector<std::string> packets;
    for (const std::string& line : lines.all) {
      if (!line.starts_with("error") && !hidden(line, one)) packets.push_back(squeezed(line));
    }
    EXPECT_THAT(packets, ElementsAreArray(expected)) << one.expected;
    ++compared;
  }
  EXPECT_GE(compared, 150U);
}

/// The code's image and where it lies. It starts at a page: that of the lowest address that ran.
void map_image(const Case& one, const std::vector<std::string>& expected, test::pt::Programs& programs) {
  static const std::regex kInstruction{"^(\\? )?([0-9a-f]{16})$"};
  static const std::regex kMapping{
      ".*PERF_RECORD_MMAP [0-9]+/[0-9]+, ([0-9a-f]+), +([0-9a-f]+), +([0-9a-f]+), .*\\.bin .*"};
  const test::Bytes code = load(cases() / (one.name + ".bin"));
  VirtAddr lowest = ~VirtAddr{0};
  bool mapped = false;
  for (const std::string& line : expected) {
    std::smatch part;
    if (std::regex_match(line, part, kInstruction))
      lowest = std::min<VirtAddr>(lowest, std::stoull(part[2].str(), nullptr, 16));
    if (!std::regex_match(line, part, kMapping)) continue;
    const auto offset = std::stoull(part[3].str(), nullptr, 16);
    const auto size = std::stoull(part[2].str(), nullptr, 16);
    if (offset >= code.size()) continue;
    const auto begin = code.begin() + static_cast<std::ptrdiff_t>(offset);
    programs.map(std::stoull(part[1].str(), nullptr, 16),
                 {begin, begin + static_cast<std::ptrdiff_t>(std::min<std::size_t>(size, code.size() - offset))});
    mapped = true;
  }
  if (!mapped) programs.map(lowest == ~VirtAddr{0} ? 0x100000 : lowest & ~VirtAddr{0xfff}, code);
}

/// An event's name and payload. Addresses and times are written by options of ptxed only.
std::string event_words(std::string line) {
  static const std::regex kTime{"^\\[[0-9a-f]{16} +"};
  static const std::regex kAddress{"[, ]+(ip|at|from|to): [0-9a-f]+"};
  line = std::regex_replace(line, kTime, "[");
  line = std::regex_replace(line, kAddress, "");
  for (char& letter : line) {
    if (letter == '[' || letter == ']' || letter == ',' || letter == ':' || letter == '(' || letter == ')')
      letter = ' ';
  }
  return squeezed(line);
}

/// Lines of ptxed's own doing: blocks of its other decoder, ticks of its clock, sideband, a CPU without known errata.
bool about_the_tool(const std::string& line) {
  static const std::regex kForm{
      "^\\[(block|end of trace|context: .*|.*config error.*|.*sideband (warning|error).*|.*tick)\\]$"};
  return std::regex_match(line, kForm);
}

/// "100000" for an instruction, "disabled" for an event, "error" for an error.
std::vector<std::string> flow_lines(const std::vector<std::string>& lines) {
  static const std::regex kInstruction{"^(\\? )?0*([0-9a-f]+)$"};
  static const std::regex kError{"^\\[.* error: .*\\]$"};
  std::vector<std::string> out;
  for (const std::string& line : lines) {
    std::smatch part;
    if (std::regex_match(line, part, kInstruction)) {
      out.push_back(part[2].str());
    } else if (about_the_tool(line)) {
      continue;
    } else if (std::regex_match(line, kError) || line.starts_with("error ")) {
      // An overflow is an event of its own for ptxed.
      if (!line.starts_with("error overflow")) out.emplace_back("error");
    } else if (line.starts_with('[')) {
      out.push_back(event_words(line));
    }
  }
  return out;
}

/// What libipt 2.0.5 cannot do, or simdprof does otherwise. Everything else must be equal.
const std::map<std::string, std::string>& known_differences() {
  static const std::string kPackets = "has packets that libipt 2.0.5 does not know: CFE, EVD, TRIG";
  static const std::string kResync =
      "goes on behind an error in another way: libipt 2.0.5 at PSB packets, simdprof as perf";
  static const std::map<std::string, std::string> kKnown = {
      {"exstop-trig", kPackets},
      {"mode-trig-trig", kPackets},
      {"tnt-trig", kPackets},
      {"ptet-evd_cr2-evd_vmxq", kPackets},
      {"ptet-evd_vmxq-cfe_intr", kPackets},
      {"ptet-evd_vmxr-cfe_rsm", kPackets},
      {"ptet-evd_vmxr-evd-cr2", kPackets},
      {"ptet-int-eretu", kPackets},
      {"ptet-int-int-erets-eretu", kPackets},
      {"ptet-int-iret", kPackets},
      {"ptet-smi-rsm", kPackets},
      {"ptet-uint-uiret", kPackets},
      {"ptet-vmexit-vmentry", kPackets},
      {"ptet-mode_exec-spurious", "has MODE.Exec packets that change nothing, which libipt 2.0.5 refuses"},
      {"skl014-call", "is read with an address filter, which no recording tells"},
      {"skl014-jmp", "is read with an address filter, which no recording tells"},
      {"skl014-jmp-jmp", "is read with an address filter, which no recording tells"},
      {"tip-jmpabs", "has a JMPABS instruction, which libipt 2.0.5 does not know"},
      {"tip_pgd-jmpabs", "has a JMPABS instruction, which libipt 2.0.5 does not know"},
      {"tip_pgd-mwait-pwre-exstop_ip-pwre-pwrx", "libipt 2.0.5 tells of an MWAIT packet behind its PWRE packet"},
      {"mwait-pwre-ovf", "libipt 2.0.5 drops an MWAIT packet before an overflow"},
      {"ptxed-end_on_call-tip_pgd", "libipt 2.0.5 ends a trace without a target at far branches only"},
      {"ptxed-resync-bad_query-fup-tip", kResync},
      {"ptxed-resync-bad_query-ovf", kResync},
      {"ptxed-resync-bad_query-tip", kResync},
      {"ptxed-resync-nomap-fup-tip", kResync},
      {"ptxed-resync-nomap-mode_tsx-eos", kResync},
      {"ptxed-resync-nomap-mode_tsx-tip_pgd", kResync},
      {"ptxed-resync-nomap-ovf-fup", kResync},
      {"ptxed-resync-nomap-psb", kResync},
      {"ptxed-resync-nomap-ptw-fup", kResync},
      {"ptxed-resync-nomap-ptw-tip", kResync},
      {"ptxed-resync-nomap-tip", kResync},
      {"ptxed-resync-nomap-tip_pgd", kResync},
      {"ptxed-resync-nomap-tip_pge", kResync},
      {"ptxed-resync-psb-bad_status-psb", kResync},
      {"ptxed-resync-psb-nomap-psb", kResync},
  };
  return kKnown;
}

TEST(PtCorpus, FlowIsThatOfPtxed) {
  if (!fs::exists(cases())) GTEST_SKIP() << "the corpus is not here";
  for (const Case& one : find_cases("ptxed")) {
    if (one.name.starts_with("linear-")) continue;  // read with --quiet
    const auto file = load_lines(one.expected);
    test::pt::Programs programs;
    map_image(one, file, programs);
    test::pt::Lines lines;
    AuxTraceInfo info;
    info.cpuid = one.cpuid;
    test::pt::decode(load(one.trace), programs, test::pt::kFlow, lines, info);
    const auto known = known_differences().find(one.name);
    if (known != known_differences().end()) {
      EXPECT_NE(flow_lines(lines.all), flow_lines(file)) << one.name << " is equal now, though it " << known->second;
      continue;
    }
    EXPECT_THAT(flow_lines(lines.all), ElementsAreArray(flow_lines(file))) << one.expected;
  }
}

}  // namespace
}  // namespace simdprof
