#include "harness/control/spin_limit.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <functional>
#include <string>

namespace bench::harness {
namespace {

constexpr char kVariable[] = "GOMP_SPINCOUNT";
constexpr char kExpectedProcess[] = "SPIN_LIMIT_TEST_PROCESS";
constexpr int kReturned = 7;

std::string Variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

// What the program that LimitSpinning begins again finds; run by the tests below only.
TEST(LimitSpinning, DISABLED_SecondBegin) {
  EXPECT_EQ(Variable(kVariable), kSpinCount);
  EXPECT_EQ(Variable(kExpectedProcess), std::to_string(::getpid()));
  LimitSpinning(nullptr, environ);  // returns: no third begin
}

// The exit status of a child that calls LimitSpinning in the environment that `prepare` makes;
// where that returns, what `after` says.
int Limit(const std::function<void()>& prepare, const std::function<int()>& after) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::unsetenv(kVariable);
    ::unsetenv("OMP_WAIT_POLICY");
    ::setenv(kExpectedProcess, std::to_string(::getpid()).c_str(), 1);
    prepare();
    std::string name = "control_test";
    std::string filter = "--gtest_filter=LimitSpinning.DISABLED_SecondBegin";
    std::string disabled = "--gtest_also_run_disabled_tests";
    char* argv[] = {name.data(), filter.data(), disabled.data(), nullptr};
    LimitSpinning(argv, environ);
    ::_exit(after());
  }
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(LimitSpinning, BeginsTheProgramAgainInItsProcessWithTheLimit) {
  EXPECT_EQ(Limit([] {}, [] { return kReturned; }), 0);
}

TEST(LimitSpinning, LeavesWhatTheUserHasSet) {
  EXPECT_EQ(Limit([] { ::setenv(kVariable, "5", 1); },
                  [] { return Variable(kVariable) == "5" ? kReturned : 1; }),
            kReturned);
  EXPECT_EQ(Limit([] { ::setenv("OMP_WAIT_POLICY", "active", 1); },
                  [] { return Variable(kVariable).empty() ? kReturned : 1; }),
            kReturned);
}

}  // namespace
}  // namespace bench::harness
