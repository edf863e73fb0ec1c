#include "harness/stages/program/program_log.h"

#include <gtest/gtest.h>

#include "base/file.h"
#include "tests/support/temp_folder.h"

namespace bench::harness {
namespace {

TEST(ProgramLog, KeepsWhatIsPrinted) {
  const TempFolder folder;
  auto log = ProgramLog::Create(folder / "log");
  ASSERT_TRUE(log.ok());
  ASSERT_TRUE(log->Add("one\n").ok());
  ASSERT_TRUE(log->Add("two").ok());
  ASSERT_TRUE(log->End().ok());
  EXPECT_EQ(*ReadFile(folder / "log"), "one\ntwo");
  // Another run's begins anew.
  ASSERT_TRUE(ProgramLog::Create(folder / "log").ok());
  EXPECT_EQ(*ReadFile(folder / "log"), "");
}

TEST(ProgramLog, IsBoundedAndKeepsTheEnd) {
  const TempFolder folder;
  auto log = ProgramLog::Create(folder / "log", /*max_bytes=*/10);
  ASSERT_TRUE(log.ok());
  ASSERT_TRUE(log->Add("0123456").ok());
  ASSERT_TRUE(log->Add("789abcdef").ok());
  ASSERT_TRUE(log->End().ok());
  // Little was left out: all of it is behind the mark.
  EXPECT_EQ(*ReadFile(folder / "log"), "0123456789\n[0 bytes are left out here]\nabcdef");
}

TEST(ProgramLog, SaysHowMuchIsLeftOut) {
  const TempFolder folder;
  auto log = ProgramLog::Create(folder / "log", /*max_bytes=*/1000);
  ASSERT_TRUE(log.ok());
  const std::string block(1000, 'x');
  for (int i = 0; i < 300; ++i) ASSERT_TRUE(log->Add(block).ok());
  ASSERT_TRUE(log->Add("END").ok());
  ASSERT_TRUE(log->End().ok());
  const std::string text = *ReadFile(folder / "log");
  const int64_t left_out = 299000 + 3 - static_cast<int64_t>(kTailBytes);
  const std::string mark = "\n[" + std::to_string(left_out) + " bytes are left out here]\n";
  ASSERT_EQ(text.size(), 1000 + mark.size() + kTailBytes);
  EXPECT_EQ(text.substr(1000, mark.size()), mark);
  EXPECT_TRUE(text.ends_with("xEND"));
}

TEST(ProgramLog, GivesTheLastLines) {
  const TempFolder folder;
  auto log = ProgramLog::Create(folder / "log");
  ASSERT_TRUE(log.ok());
  EXPECT_EQ(log->LastLines(2, 10), "");
  ASSERT_TRUE(log->Add("one\ntwo\r\n\n  \nthree is long\n").ok());
  EXPECT_EQ(log->LastLines(2, 5), "two | three...");
  EXPECT_EQ(log->LastLines(9, 99), "one | two | three is long");
}

}  // namespace
}  // namespace bench::harness
