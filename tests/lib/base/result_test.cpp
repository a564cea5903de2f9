#include "lib/base/result.h"

#include <gtest/gtest.h>

#include <cerrno>

namespace simdprof {
namespace {

TEST(RenderError, NamesInputPlaceAndFact) {
  EXPECT_EQ(render_error(Error{Errc::truncated, "sample ends inside regs_intr", 4096, "simdprof.data"}),
            "simdprof.data: byte 4096: sample ends inside regs_intr");
}

TEST(RenderError, LeavesOutWhatIsNotKnown) {
  EXPECT_EQ(render_error(Error{Errc::malformed, "no chunk", kNoOffset, "a.data"}), "a.data: no chunk");
  EXPECT_EQ(render_error(Error{Errc::malformed, "no chunk", 0, {}}), "byte 0: no chunk");
  EXPECT_EQ(render_error(Error{Errc::malformed, "no chunk", kNoOffset, {}}), "no chunk");
}

TEST(WithInput, KeepsTheInputThatIsNamedAlready) {
  const auto named = with_input(Error{Errc::io, "cannot read", kNoOffset, "inner"}, "outer");
  EXPECT_EQ(named.input, "inner");
  EXPECT_EQ(with_input(Error{Errc::io, "cannot read", kNoOffset, {}}, "outer").input, "outer");
}

TEST(FailErrno, TurnsPermissionErrorsIntoTheirOwnKind) {
  EXPECT_EQ(fail_errno(EACCES, "x").value().code, Errc::permission);
  EXPECT_EQ(fail_errno(EPERM, "x").value().code, Errc::permission);
}

TEST(FailErrno, TurnsAbsenceIntoNotFound) {
  EXPECT_EQ(fail_errno(ENOENT, "x").value().code, Errc::not_found);
  EXPECT_EQ(fail_errno(ESRCH, "x").value().code, Errc::not_found);
}

TEST(FailErrno, SaysTheFactAndTheSystemsReason) {
  const auto error = fail_errno(ENOSPC, "cannot write").value();
  EXPECT_EQ(error.code, Errc::io);
  EXPECT_EQ(error.fact, "cannot write: No space left on device");
  EXPECT_EQ(error.offset, kNoOffset);
}

TEST(Fail, CarriesAnErrorUnchanged) {
  const Result<int> result = fail(Error{Errc::limit, "fact", 7, "input"});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, Errc::limit);
  EXPECT_EQ(result.error().fact, "fact");
  EXPECT_EQ(result.error().offset, 7U);
  EXPECT_EQ(result.error().input, "input");
}

}  // namespace
}  // namespace simdprof
