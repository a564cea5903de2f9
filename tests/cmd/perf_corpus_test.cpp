// The recordings of others: counts, events and comms as their own tools print them.
#include <gtest/gtest.h>

#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <random>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "cmd/recording_summary.h"
#include "cmd/session.h"
#include "tests/lib/perfdata/hand_perf_data.h"

namespace simdprof::cmd {
namespace {

const std::string kCorpus = SIMDPROF_CORPUS_DIR;

struct Expected {
  std::string path;
  std::string kind;
  std::uint64_t samples = 0;
};

/// Lines of expected.tsv of one kind: path, kind, size, mode, arch, samples, ...
std::vector<Expected> expected_files(const std::string& kind) {
  std::vector<Expected> out;
  std::ifstream table(kCorpus + "/expected.tsv");
  for (std::string line; std::getline(table, line);) {
    std::istringstream in(line);
    std::vector<std::string> cells;
    for (std::string cell; std::getline(in, cell, '\t');) cells.push_back(cell);
    if (cells.size() < 6 || cells[1] != kind || !std::filesystem::exists(kCorpus + "/" + cells[0])) continue;
    out.push_back({cells[0], cells[1], std::strtoull(cells[5].c_str(), nullptr, 10)});
  }
  return out;
}

test::Bytes bytes_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  test::Bytes bytes;
  for (std::istreambuf_iterator<char> at(in), end; at != end; ++at) bytes.push_back(static_cast<std::byte>(*at));
  return bytes;
}

/// Reads all of it; what cannot be read is one line.
std::uint64_t read_samples(const std::string& path) {
  auto session = Session::open(path, AuxBytes::given);
  if (!session) {
    EXPECT_EQ(render_error(session.error()).find('\n'), std::string::npos);
    return 0;
  }
  return summarize(*session).samples;
}

/// perf's lists name the event before a colon and the addresses: "... 1 cycles:P:  ffff..."
std::set<std::string> expected_events(const std::string& path) {
  std::string name = path;
  for (std::size_t at = name.find('/'); at != std::string::npos; at = name.find('/')) name.replace(at, 1, "__");
  std::set<std::string> events;
  std::ifstream facts(kCorpus + "/expected/" + name + ".txt");
  bool in_list = false;
  for (std::string line; std::getline(facts, line);) {
    if (line.starts_with("== ")) in_list = line.find("flat list") != std::string::npos;
    if (!in_list || line.starts_with("==")) continue;
    std::istringstream in(line);
    std::string word, last;
    for (; in >> word; last = word) {
      const bool address = word.size() >= 4 && word.find_first_not_of("0123456789abcdef") == std::string::npos;
      if (address && last.size() > 1 && last.back() == ':' && !std::isdigit(static_cast<unsigned char>(last[0]))) {
        events.insert(last.substr(0, last.size() - 1));
        break;
      }
    }
  }
  return events;
}

TEST(PerfCorpus, EveryRecordingHasItsSamples) {
  const auto files = expected_files("perf");
  if (files.empty()) GTEST_SKIP() << kCorpus << " is not here";
  for (const Expected& file : files) {
    // A damaged file, of which the tool reads nothing and we what follows the damage.
    const bool damaged = file.path.find("corrupted") != std::string::npos;
    const std::uint64_t samples = read_samples(kCorpus + "/" + file.path);
    if (damaged) {
      EXPECT_GT(samples, file.samples) << file.path;
    } else {
      EXPECT_EQ(samples, file.samples) << file.path;
    }
  }
}

TEST(PerfCorpus, EventsHaveTheNamesThatPerfGivesThem) {
  const auto files = expected_files("perf");
  if (files.empty()) GTEST_SKIP() << kCorpus << " is not here";
  std::size_t compared = 0;
  for (const Expected& file : files) {
    const auto session = Session::open(kCorpus + "/" + file.path);
    ASSERT_TRUE(session) << file.path;
    std::set<std::string> ours;
    for (const EventDesc& event : session->facts().events.events) ours.insert(event.name);
    for (const std::string& event : expected_events(file.path)) {
      EXPECT_EQ(ours.count(event), 1U) << file.path << ": " << event;
      ++compared;
    }
  }
  EXPECT_GT(compared, 20U);
}

TEST(PerfCorpus, FilesMadeByFuzzersAreReadOrRefused) {
  const auto files = expected_files("fuzz");
  if (files.empty()) GTEST_SKIP() << kCorpus << " is not here";
  for (const Expected& file : files) EXPECT_EQ(read_samples(kCorpus + "/" + file.path), file.samples) << file.path;
}

/// Small files, and how often each is damaged: many times when SIMDPROF_LONG_TESTS is set.
std::vector<test::Bytes> files_to_damage() {
  const bool all = std::getenv("SIMDPROF_LONG_TESTS") != nullptr;
  std::vector<test::Bytes> out;
  for (const Expected& file : expected_files("perf")) {
    test::Bytes bytes = bytes_of(kCorpus + "/" + file.path);
    if (all || bytes.size() < 40000) out.push_back(std::move(bytes));
  }
  return out;
}
int damage_count() { return std::getenv("SIMDPROF_LONG_TESTS") != nullptr ? 1000 : 30; }

TEST(PerfCorpus, AFileThatIsCutAnywhereIsReadOrRefused) {
  const auto files = files_to_damage();
  if (files.empty()) GTEST_SKIP() << kCorpus << " is not here";
  std::mt19937_64 random{1};
  for (const test::Bytes& bytes : files) {
    for (int i = 0; i < damage_count(); ++i) {
      const auto size = static_cast<std::ptrdiff_t>(random() % bytes.size());
      const test::TempPath cut{test::Bytes(bytes.begin(), bytes.begin() + size)};
      (void)read_samples(cut.path());
    }
  }
}

TEST(PerfCorpus, FlippedBitsAreReadOrRefused) {
  const auto files = files_to_damage();
  if (files.empty()) GTEST_SKIP() << kCorpus << " is not here";
  std::mt19937_64 random{2};
  for (const test::Bytes& bytes : files) {
    for (int i = 0; i < damage_count(); ++i) {
      test::Bytes flipped = bytes;
      for (int bit = 0; bit < 4; ++bit)
        flipped[random() % flipped.size()] ^= static_cast<std::byte>(1U << (random() % 8));
      const test::TempPath path{flipped};
      (void)read_samples(path.path());
    }
  }
}

}  // namespace
}  // namespace simdprof::cmd
