// The main() of all GoogleTest programs. Ends with 77, which ctest reports as a skip, when every
// test that was to run was skipped (no GPU, say); GoogleTest itself would say success.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/quick_exit.h"

int main(int argc, char** argv) {
  constexpr int kSkipped = 77;
  testing::InitGoogleMock(&argc, argv);
  const int exit_code = RUN_ALL_TESTS();
  const testing::UnitTest& tests = *testing::UnitTest::GetInstance();
  const bool all_skipped =
      tests.skipped_test_count() > 0 && tests.skipped_test_count() == tests.test_to_run_count();
  bench::QuickExit(exit_code == 0 && all_skipped ? kSkipped : exit_code);
}
