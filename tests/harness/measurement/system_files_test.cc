#include "harness/measurement/system_files.h"

#include <gtest/gtest.h>

#include "tests/harness/measurement/fake_root.h"

namespace bench::harness {
namespace {

class SystemFiles : public ::testing::Test {
 protected:
  std::string Write(const std::string& text) {
    root_.Write("file", text);
    return root_.path() + "/file";
  }
  FakeRoot root_;
};

TEST_F(SystemFiles, WhatIsMissingOrEmptyIsAbsent) {
  const std::string missing = root_.path() + "/none";
  EXPECT_FALSE(ReadText(missing) || ReadLine(missing) || ReadNumber(missing));
  EXPECT_FALSE(ReadField(missing, "key", ':').has_value());
  EXPECT_FALSE(ReadLine(Write("\n")).has_value());
  EXPECT_FALSE(ReadField(Write("key: \n"), "key", ':').has_value());
}

TEST_F(SystemFiles, ANumberIsAWholeLine) {
  EXPECT_EQ(ReadNumber(Write(" -1 \n2\n")), -1);
  EXPECT_FALSE(ReadNumber(Write("12 kB\n")).has_value());
  EXPECT_FALSE(ReadNumber(Write("max\n")).has_value());
  EXPECT_FALSE(ReadNumber(Write("1e3\n")).has_value());
}

TEST_F(SystemFiles, TheFirstFieldOfThatNameCounts) {
  const std::string path = Write("other: 1\nkey \t:  two   words \nkey: 3\nkeys: 4\n");
  EXPECT_EQ(ReadField(path, "key", ':'), "two words");
  EXPECT_EQ(ReadField(path, "keys", ':'), "4");
  EXPECT_EQ(ReadField(Write("cache 5\nlimit 6\n"), "limit", ' '), "6");
}

}  // namespace
}  // namespace bench::harness
