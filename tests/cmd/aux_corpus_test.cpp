// The traces of others: what perf 6.1 finds in them (the corpus' README, section 4).
#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <map>
#include <string>

#include "cmd/aux_reading.h"
#include "cmd/aux_recording.h"
#include "cmd/symbol_options.h"

namespace simdprof::cmd {
namespace {

const std::string kCorpus = SIMDPROF_CORPUS_DIR;

/// "from to" of each branch, "error CODE", "insn".
class Finds : public AuxCollector {
 public:
  void on_branch(const AuxBranch& branch) override {
    fmt::format_to(std::back_inserter(batch.bytes), "{:x} {:x}", branch.from, branch.to);
    batch.end_entry(branch.place.time_ns);
  }
  void on_instruction(const AuxInstruction& instruction) override {
    fmt::format_to(std::back_inserter(batch.bytes), "insn");
    batch.end_entry(instruction.place.time_ns);
  }
  void on_memory(const AuxMemory& memory) override {
    fmt::format_to(std::back_inserter(batch.bytes), "memory {:x}", memory.ip);
    batch.end_entry(memory.place.time_ns);
  }
  void on_error(const AuxError& error) override {
    fmt::format_to(std::back_inserter(batch.bytes), "error {}", error.code);
    batch.end_error(error);
  }
};

std::vector<std::string> decode(const std::string& path, const std::string& symfs, const AuxWanted& wanted) {
  auto session = Session::open(kCorpus + "/" + path);
  EXPECT_TRUE(session) << path;
  const AuxRecording recording(*session, symbol_options(symfs, {}, true, session->facts()));
  const auto info = recording.info();
  EXPECT_TRUE(info) << path;
  const auto decoder = make_aux_decoder(*info, recording.programs(), wanted);
  if (!decoder) return {"no decoder: " + decoder.error().fact};
  AuxReading reading(
      recording.readers(**decoder, info->type, {}), **decoder, [] { return std::make_unique<Finds>(); },
      AuxOrder::by_time, recording.programs().error_filter());
  std::vector<std::string> found;
  while (const auto item = reading.next()) found.emplace_back(item->bytes);
  return found;
}

std::vector<std::string> branches(const std::string& path, const std::string& symfs) {
  AuxWanted wanted;
  wanted.branches = true;
  return decode(path, symfs, wanted);
}

/// Addresses of one branch a line, as `perf script -F ip,addr` has them.
std::vector<std::string> listed_branches(const std::string& name) {
  std::vector<std::string> out;
  const std::string command = "zcat '" + kCorpus + "/expected/" + name + "' 2>/dev/null";
  FILE* const pipe = ::popen(command.c_str(), "r");
  char line[512];
  while (pipe != nullptr && std::fgets(line, sizeof line, pipe) != nullptr) {
    // "19233/19233 969349.98:   tr strt    0 [unknown] =>   4000e8 _start"
    const std::string text = line;
    const std::size_t arrow = text.find(" => ");
    if (arrow == std::string::npos) continue;
    const std::size_t name_at = text.rfind(' ', arrow - 1);
    const std::size_t from_at = text.rfind(' ', name_at - 1) + 1;
    const std::size_t to_at = text.find_first_not_of(' ', arrow + 4);
    out.push_back(text.substr(from_at, name_at - from_at) + " " + text.substr(to_at, text.find(' ', to_at) - to_at));
  }
  if (pipe != nullptr) ::pclose(pipe);
  return out;
}

class AuxCorpus : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(kCorpus + "/README.md")) GTEST_SKIP() << "no corpus at " << kCorpus;
  }
};

TEST_F(AuxCorpus, IntelPtBranchesAreThoseOfPerf) {
  for (const std::string name : {"loopy-20180404T162955.perf", "loopy-20180514.perf"}) {
    const auto wanted = listed_branches("hase__" + name + ".itrace-b.gz");
    ASSERT_EQ(wanted.size(), 20U);
    EXPECT_EQ(branches("hase/" + name, kCorpus + "/symfs/hase"), wanted) << name;
  }
}

TEST_F(AuxCorpus, IntelPtWithoutItsFilesHasTheBranchesOfPerf) {
  std::vector<std::string> found;
  std::map<std::string, unsigned> errors;
  for (const std::string& line : branches("pdc/perf.data.intel_pt-4.14", kCorpus)) {
    if (!line.starts_with("error ")) {
      found.push_back(line);
      continue;
    }
    ++errors[line];
  }
  EXPECT_EQ(found, listed_branches("pdc__perf.data.intel_pt-4.14.itrace-b.gz"));
  // perf tells 114: each of the 103 jumps to a place that nothing maps; the kernel, the program and its loader once;
  // libc, libpthread, libselinux and libpcre twice.
  EXPECT_EQ(errors, (std::map<std::string, unsigned>{{"error nomap", 103}, {"error nofile", 11}}));
}

TEST_F(AuxCorpus, IntelPtInstructionsAreAsManyAsPerfs) {
  AuxWanted wanted;
  wanted.instructions = true;
  const auto found = decode("hase/loopy-20180404T162955.perf", kCorpus + "/symfs/hase", wanted);
  EXPECT_EQ(found, std::vector<std::string>(57, "insn"));
}

TEST_F(AuxCorpus, BtsHasTheSameBranches) {
  auto found = branches("wrapped/bts-from-loopy.data", kCorpus + "/symfs/hase");
  EXPECT_EQ(found, listed_branches("hase__loopy-20180404T162955.perf.itrace-b.gz"));
}

TEST_F(AuxCorpus, ArmSpeHasTwoOperations) {
  AuxWanted wanted;
  wanted.memory = true;
  EXPECT_EQ(decode("wrapped/spe-quipper.data", "", wanted),
            (std::vector<std::string>{"memory ffffba66eda1c2d0", "memory ffffba66edefb0e0"}));
}

TEST_F(AuxCorpus, CoreSightBranchesAreThoseOfPerfButAtTheGapsOfTheFilter) {
  std::map<std::string, unsigned> counts;
  for (const std::string& branch : branches("simpleperf/etm/perf_etm.data", kCorpus + "/symfs/simpleperf")) {
    ++counts[branch];
  }
  EXPECT_EQ(counts["582b2b106c 582b2b1074"], 100U);
  EXPECT_EQ(counts["582b2b1080 582b2b105c"], 100U);
  EXPECT_EQ(counts["582b2b1004 582b2b100c"], 1U);
  EXPECT_EQ(counts["582b2b10a0 582b2b1054"], 1U);
}

}  // namespace
}  // namespace simdprof::cmd
