#include "harness/corpus/open_files.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <cstdlib>

#include "base/status.h"

namespace bench::corpus {
namespace {

// In a child: what is lowered cannot be raised again. Exits with 0 when `check` holds.
template <typename Check>
void ExpectWithLimits(rlimit limits, Check check) {
  const auto run = [&] { std::_Exit(::setrlimit(RLIMIT_NOFILE, &limits) == 0 && check() ? 0 : 1); };
  EXPECT_EXIT(run(), testing::ExitedWithCode(0), "");
}

TEST(AllowOpenFiles, RaisesTheSoftLimitToTheHardOne) {
  ExpectWithLimits({20, 100}, [] {
    rlimit now{};
    return AllowOpenFiles(100).ok() && ::getrlimit(RLIMIT_NOFILE, &now) == 0 && now.rlim_cur == 100;
  });
}

TEST(AllowOpenFiles, AHardLimitThatIsTooLowIsSaid) {
  ExpectWithLimits({20, 100}, [] {
    const absl::Status status = AllowOpenFiles(101);
    return ExitCodeFor(status) == ExitCode::kEnvironment &&
           status.message().find("may open 100 files, the corpus needs 101") != std::string::npos;
  });
}

}  // namespace
}  // namespace bench::corpus
