#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <regex>
#include <sstream>

#include "decoders/aux/cs_tree.h"
#include "tests/support/cs_snapshot.h"

/// Snapshots of others, decoded, against what the library's own trc_pkt_lister 1.3.3 printed of them: every packet with
/// its place and text, and every element.
namespace simdprof {
namespace {

const std::string kCorpus = SIMDPROF_CORPUS_DIR;

/// The lines of a gzipped file.
std::vector<std::string> read_gzipped(const std::string& path) {
  std::string content;
  std::FILE* pipe = ::popen(("gzip -dc '" + path + "'").c_str(), "r");
  if (pipe == nullptr) return {};
  std::array<char, 4096> part{};
  for (std::size_t size = 0; (size = std::fread(part.data(), 1, part.size(), pipe)) != 0;) {
    content.append(part.data(), size);
  }
  EXPECT_EQ(::pclose(pipe), 0) << path;
  std::vector<std::string> lines;
  std::istringstream in(content);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

/// What the lister printed, as `place text`.
struct Expected {
  std::vector<std::string> packets, elements;
};

Expected load_expected(const std::string& name) {
  static const std::regex kPacket(R"(^Idx:(\d+); ID:[0-9a-f]+; \[(.*) \];\t([^ :]*)[ :]*(.*)$)");
  static const std::regex kElement(R"(^Idx:(\d+); ID:[0-9a-f]+; OCSD_GEN_TRC_ELEM_(.*)$)");
  Expected expected;
  for (const std::string& line : read_gzipped(kCorpus + "/expected/" + name + ".ppl.gz")) {
    std::smatch match;
    if (std::regex_match(line, match, kElement)) {
      expected.elements.push_back(match[1].str() + " " + match[2].str());
    } else if (std::regex_match(line, match, kPacket)) {
      const std::string hex = match[2];
      const auto bytes = std::count(hex.begin(), hex.end(), 'x');
      expected.packets.push_back(match[1].str() + "+" + std::to_string(bytes) + " " + match[3].str() + " " +
                                 match[4].str());
    }
  }
  return expected;
}

class Listing final : public CsClient {
 public:
  explicit Listing(const AuxPrograms& programs) : programs_(programs) {}
  void on_packet(const CsPacket& packet) override {
    std::ostringstream line;
    line << packet.at << "+" << packet.bytes << " " << packet.name << " " << packet.text;
    packets.push_back(line.str());
  }
  void on_element(const CsElement& element) override {
    std::ostringstream line;
    line << element.at << " " << element.text;
    elements.push_back(line.str());
  }
  void on_fatal(std::uint64_t, std::string_view) override {
    ++fatal;
    if (fatal == 1) {
      packets_before_fatal = packets.size();
      elements_before_fatal = elements.size();
    }
  }
  std::size_t read_code(std::uint8_t, VirtAddr address, bool, std::span<std::byte> out) override {
    return programs_.read_code(-1, address, false, 0, out);
  }

  std::vector<std::string> packets, elements;
  int fatal = 0;
  std::size_t packets_before_fatal = 0, elements_before_fatal = 0;

 private:
  const AuxPrograms& programs_;
};

struct Case {
  const char* name;     ///< folder, with / as __
  const char* refused;  ///< what the library 1.3.3 does not know of it, so that neither gives anything
};

std::string folder_of(std::string name) {
  for (std::size_t at = 0; (at = name.find("__", at)) != std::string::npos;) name.replace(at, 2, "/");
  return kCorpus + "/" + name;
}

class CsSnapshot : public testing::TestWithParam<Case> {};

TEST_P(CsSnapshot, GivesThePacketsAndElementsOfTheLister) {
  const std::string folder = folder_of(GetParam().name);
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << "the corpus is not here: " << folder;
  const test::Snapshot snapshot = test::load_snapshot(folder);
  const Expected expected = load_expected(GetParam().name);
  EXPECT_EQ(snapshot.refused, GetParam().refused);
  if (!snapshot.refused.empty()) {
    EXPECT_THAT(expected.elements, testing::IsEmpty());
    return;
  }
  ASSERT_FALSE(expected.elements.empty());
  const test::CodeRegions code{snapshot.code};
  Listing flow{code}, packets{code};
  for (const bool elements : {true, false}) {
    Listing& listing = elements ? flow : packets;
    const auto tree = CsTree::create({snapshot.formatted, elements, true}, snapshot.sources, listing);
    ASSERT_TRUE(tree) << tree.error().fact;
    (*tree)->decode(snapshot.trace);
    if (listing.fatal == 0) continue;
    // The lister stops at the first such place.
    listing.packets.resize(listing.packets_before_fatal);
    listing.elements.resize(listing.elements_before_fatal);
  }
  EXPECT_EQ(flow.elements, expected.elements);
  EXPECT_EQ(packets.packets, expected.packets);
}

INSTANTIATE_TEST_SUITE_P(
    Corpus, CsSnapshot,
    testing::Values(Case{"opencsd__snapshots-ete__002-ack_test_scr", ""},
                    Case{"opencsd__snapshots-ete__ete-bc-instr", ""}, Case{"opencsd__snapshots-ete__ete_mem", ""},
                    Case{"opencsd__snapshots-ete__ete_spec_1", ""}, Case{"opencsd__snapshots-ete__event_test", ""},
                    Case{"opencsd__snapshots-ete__maxspec0_commopt1", ""}, Case{"opencsd__snapshots-ete__src_addr", ""},
                    Case{"opencsd__snapshots-ete__tme_simple", ""}, Case{"opencsd__snapshots-ete__ts_marker", ""},
                    Case{"opencsd__snapshots__a57_single_step", ""},
                    Case{"opencsd__snapshots__armv8_1m_branches", "Cortex-M55"},
                    Case{"opencsd__snapshots__init-short-addr", ""}, Case{"opencsd__snapshots__itm_only_raw", "ITM"},
                    Case{"opencsd__snapshots__stm_only-2", ""}, Case{"opencsd__snapshots__stm_only-juno", ""},
                    Case{"opencsd__snapshots__trace_cov_a15", ""}, Case{"coresight-decoder__fib__trace1", ""},
                    Case{"coresight-decoder__fib__trace2", ""}, Case{"coresight-decoder__fib__trace3", ""},
                    Case{"coresight-decoder__fib__trace4", ""}),
    [](const auto& test_case) {
      return std::regex_replace(std::string(test_case.param.name), std::regex("[^A-Za-z0-9]"), "_");
    });

}  // namespace
}  // namespace simdprof
