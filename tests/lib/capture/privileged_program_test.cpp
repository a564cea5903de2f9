#include "lib/capture/privileged_program.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

namespace simdprof {
namespace {

class PrivilegedProgram : public testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "needs root: a file of another user";
    std::ofstream(file_) << "#!/bin/sh\n";
    EXPECT_EQ(::chown(file_.c_str(), 1, 1), 0);
  }
  void TearDown() override { ::unlink(file_.c_str()); }
  void set_mode(mode_t mode) const { EXPECT_EQ(::chmod(file_.c_str(), mode), 0); }

  std::string folder_ = testing::TempDir();
  std::string name_ = "privileged_" + std::to_string(::getpid());
  std::string file_ = folder_ + name_;
};

TEST_F(PrivilegedProgram, ModeBitsOfAnotherUsersFileAreSeen) {
  set_mode(0755);
  EXPECT_EQ(find_program_privilege(file_), "");
  set_mode(04755);
  EXPECT_EQ(find_program_privilege(file_), "is set-user-id");
  set_mode(02755);
  EXPECT_EQ(find_program_privilege(file_), "is set-group-id");
  set_mode(02745);  // mandatory locking, not rights
  EXPECT_EQ(find_program_privilege(file_), "");
}

TEST_F(PrivilegedProgram, AFileThatIsOursAlreadyGivesNothing) {
  EXPECT_EQ(::chown(file_.c_str(), ::geteuid(), ::getegid()), 0);
  set_mode(06755);
  EXPECT_EQ(find_program_privilege(file_), "");
}

TEST_F(PrivilegedProgram, TheCommandIsLookedUpInPath) {
  set_mode(04755);
  const std::string before = std::getenv("PATH");
  ::setenv("PATH", ("/nowhere::" + folder_).c_str(), 1);
  EXPECT_EQ(find_program_privilege(name_), "is set-user-id");
  ::setenv("PATH", "/nowhere", 1);
  EXPECT_EQ(find_program_privilege(name_), "");
  ::setenv("PATH", before.c_str(), 1);
}

TEST(PrivilegedProgramAbsent, ACommandThatIsNotThereHasNone) {
  EXPECT_EQ(find_program_privilege("/no/such/program"), "");
}

}  // namespace
}  // namespace simdprof
