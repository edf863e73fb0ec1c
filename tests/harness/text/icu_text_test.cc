#include "harness/text/icu_text.h"

#include <gtest/gtest.h>

#include <new>
#include <stdexcept>

#include "tests/harness/text/failing_icu_memory.h"

namespace bench::harness {
namespace {

TEST(CheckIcu, AFailureIsThrownAndAWarningIsNot) {
  EXPECT_NO_THROW(CheckIcu(U_ZERO_ERROR));
  EXPECT_NO_THROW(CheckIcu(U_USING_DEFAULT_WARNING));
  EXPECT_THROW(CheckIcu(U_MEMORY_ALLOCATION_ERROR), std::bad_alloc);
  try {
    CheckIcu(U_REGEX_STACK_OVERFLOW);
    FAIL() << "nothing was thrown";
  } catch (const std::runtime_error& error) {
    EXPECT_STREQ(error.what(), "ICU: U_REGEX_STACK_OVERFLOW");
  }
}

TEST(Utf16Of, IsTheTextOrNothing) {
  EXPECT_EQ(Utf16Of("a打\U0001F600"), icu::UnicodeString(u"a打\U0001F600"));
  const FailingIcuMemory failing(0);
  EXPECT_THROW(Utf16Of(std::string(1000, 'a')), std::bad_alloc);
}

}  // namespace
}  // namespace bench::harness
