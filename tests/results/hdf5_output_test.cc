#include "results/hdf5_output.h"

#include <gtest/gtest.h>

#include <cmath>

#include "results/hdf5_input.h"

namespace bench::results {
namespace {

template <typename Fill>
std::string FileOf(Fill fill) {
  auto file = MemoryFile::Create();
  EXPECT_TRUE(file.ok()) << file.status();
  fill(file->root());
  return *(*std::move(file)).Close();
}

TEST(Hdf5Output, EqualContentGivesEqualBytes) {
  const auto fill = [](const Hdf5Id& file) {
    const Hdf5Id group = *CreateGroup(file, "g");
    ASSERT_TRUE(WriteColumn(group, "x", std::vector<double>{1, 2, 3}).ok());
    ASSERT_TRUE(WriteColumn(group, "t", std::vector<std::string>{"a", "bb"}).ok());
    ASSERT_TRUE(WriteAttribute(group, "text", Attribute("value")).ok());
  };
  EXPECT_EQ(FileOf(fill), FileOf(fill));
}

// Else equal content written a second later would differ.
TEST(Hdf5Output, ObjectsHaveNoTimes) {
  const std::string bytes = FileOf([](const Hdf5Id& file) {
    const Hdf5Id group = *CreateGroup(file, "g");
    ASSERT_TRUE(WriteColumn(group, "x", std::vector<double>{1}).ok());
    ASSERT_TRUE(WriteScalar(group, "s", 1).ok());
  });
  const Hdf5Id file = *OpenMemoryFile(bytes);
  for (const char* path : {"/", "/g", "/g/x", "/g/s"}) {
    H5O_info_t info;
    ASSERT_GE(H5Oget_info_by_name2(file.get(), path, &info, H5O_INFO_TIME, H5P_DEFAULT), 0);
    EXPECT_EQ(info.atime, 0) << path;
    EXPECT_EQ(info.mtime, 0) << path;
    EXPECT_EQ(info.ctime, 0) << path;
    EXPECT_EQ(info.btime, 0) << path;
  }
}

TEST(Hdf5Output, NumericColumnsAreShuffledDeflatedAndChecked) {
  const std::string bytes = FileOf([](const Hdf5Id& file) {
    ASSERT_TRUE(WriteColumn(file, "x", std::vector<double>(20'000, 1.0)).ok());
  });
  EXPECT_LT(bytes.size(), 20'000u);  // 160,000 bytes of numbers
  const Hdf5Id file = *OpenMemoryFile(bytes);
  const Hdf5Id dataset = *OpenDataset(file, "x");
  const Hdf5Id properties(H5Dget_create_plist(dataset.get()));
  ASSERT_EQ(H5Pget_nfilters(properties.get()), 3);
  const H5Z_filter_t expected[] = {H5Z_FILTER_SHUFFLE, H5Z_FILTER_DEFLATE, H5Z_FILTER_FLETCHER32};
  for (unsigned i = 0; i < 3; ++i) {
    unsigned flags = 0;
    size_t num_values = 0;
    EXPECT_EQ(
        H5Pget_filter2(properties.get(), i, &flags, &num_values, nullptr, 0, nullptr, nullptr),
        expected[i]);
  }
}

TEST(Hdf5Output, NonFiniteValuesAreCounted) {
  const std::string bytes = FileOf([](const Hdf5Id& file) {
    ASSERT_TRUE(WriteColumn(file, "x", std::vector<double>{1, std::nan(""), INFINITY}).ok());
    ASSERT_TRUE(WriteColumn(file, "y", std::vector<double>{1}).ok());
    ASSERT_TRUE(WriteScalar(file, "z", std::nan("")).ok());
  });
  const Hdf5Id file = *OpenMemoryFile(bytes);
  EXPECT_EQ(std::get<int64_t>(*ReadAttribute(*OpenDataset(file, "x"), "non_finite")), 2);
  EXPECT_FALSE(HasAttribute(*OpenDataset(file, "y"), "non_finite"));
  EXPECT_EQ(std::get<int64_t>(*ReadAttribute(*OpenDataset(file, "z"), "non_finite")), 1);
}

TEST(Hdf5Output, TextIsMadeValidUtf8) {
  const std::string bytes =
      FileOf([](const Hdf5Id& file) { ASSERT_TRUE(WriteScalarText(file, "t", "a\xFF").ok()); });
  EXPECT_EQ(*ReadScalarText(*OpenDataset(*OpenMemoryFile(bytes), "t")), "a\xEF\xBF\xBD");
}

TEST(Hdf5Output, NamesThatExistAlreadyAreErrors) {
  FileOf([](const Hdf5Id& file) {
    ASSERT_TRUE(CreateGroup(file, "g").ok());
    EXPECT_FALSE(CreateGroup(file, "g").ok());
    EXPECT_FALSE(WriteScalar(file, "g", 1).ok());
  });
}

}  // namespace
}  // namespace bench::results
