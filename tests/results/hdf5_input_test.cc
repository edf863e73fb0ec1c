#include "results/hdf5_input.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "results/hdf5_output.h"

namespace bench::results {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class Hdf5InputTest : public ::testing::Test {
 protected:
  // Closes what was written, and opens it for reading.
  Hdf5Id Reopen() {
    bytes_ = *std::move(writing_).Close();
    return *OpenMemoryFile(bytes_);
  }

  MemoryFile writing_ = *MemoryFile::Create();
  const Hdf5Id& file_ = writing_.root();
  std::string bytes_;
};

template <typename T>
void ExpectBad(const absl::StatusOr<T>& result, const std::string& what) {
  EXPECT_EQ(ExitCodeFor(result.status()), ExitCode::kBadData);
  EXPECT_THAT(std::string(result.status().message()), HasSubstr(what));
}

TEST_F(Hdf5InputTest, AttributesKeepTheirTypes) {
  for (const Attribute& value : {Attribute("text 繁體"), Attribute(int64_t{-5}), Attribute(0.1),
                                 Attribute(true), Attribute(false), Attribute("")}) {
    const std::string name = absl::StrCat("a", value.index());
    H5Adelete(file_.get(), name.c_str());
    ASSERT_TRUE(WriteAttribute(file_, name, value).ok());
    EXPECT_EQ(*ReadAttribute(file_, name), value);
  }
  EXPECT_THAT(*AttributeNames(file_), ElementsAre("a0", "a1", "a2", "a3"));
}

TEST_F(Hdf5InputTest, ColumnsAreReadBack) {
  ASSERT_TRUE(WriteColumn(file_, "i", std::vector<int64_t>{INT64_MIN, INT64_MAX}).ok());
  ASSERT_TRUE(WriteColumn(file_, "t", std::vector<std::string>{"", "繁體", "c"}).ok());
  ASSERT_TRUE(WriteFixedColumn(file_, "f", {"ab", "cd"}, 2).ok());
  const Hdf5Id file = Reopen();
  EXPECT_THAT(*ReadIntegers(*OpenDataset(file, "i")), ElementsAre(INT64_MIN, INT64_MAX));
  EXPECT_THAT(*ReadTexts(*OpenDataset(file, "t")), ElementsAre("", "繁體", "c"));
  EXPECT_THAT(*ReadFixedTexts(*OpenDataset(file, "f"), 2), ElementsAre("ab", "cd"));
  EXPECT_THAT(*LinkNames(file), ElementsAre("f", "i", "t"));
}

TEST_F(Hdf5InputTest, OtherTypesAndShapesAreRefused) {
  ASSERT_TRUE(WriteColumn(file_, "x", std::vector<double>{1, 2}).ok());
  ASSERT_TRUE(WriteScalar(file_, "s", 1).ok());
  ASSERT_TRUE(WriteAttribute(file_, "columns", std::vector<std::string>{"a"}).ok());
  const Hdf5Id file = Reopen();
  ExpectBad(ReadIntegers(*OpenDataset(file, "x")), "type");
  ExpectBad(ReadTexts(*OpenDataset(file, "x")), "text");
  ExpectBad(ReadFixedTexts(*OpenDataset(file, "x"), 8), "text of 8 bytes");
  ExpectBad(ReadNumbers(*OpenDataset(file, "s")), "rank");
  ExpectBad(ReadScalarNumber(*OpenDataset(file, "x")), "rank");
  ExpectBad(ReadAttribute(file, "columns"), "rank");
  ExpectBad(ReadAttribute(file, "gone"), "missing");
  ExpectBad(OpenGroup(file, "x"), "kind");
  ExpectBad(OpenDataset(file, "gone"), "missing");
  ExpectBad(OpenScale(*OpenDataset(file, "x"), "step"), "dimension scale");
}

TEST_F(Hdf5InputTest, SoftAndExternalLinksAreNotFollowed) {
  ASSERT_TRUE(WriteScalar(file_, "s", 1).ok());
  ASSERT_GE(H5Lcreate_soft("/s", file_.get(), "soft", H5P_DEFAULT, H5P_DEFAULT), 0);
  ASSERT_GE(H5Lcreate_external("other.h5", "/s", file_.get(), "external", H5P_DEFAULT, H5P_DEFAULT),
            0);
  const Hdf5Id file = Reopen();
  ExpectBad(OpenDataset(file, "soft"), "link");
  ExpectBad(OpenDataset(file, "external"), "link");
}

TEST_F(Hdf5InputTest, DataInOtherFilesIsNotRead) {
  const hsize_t size = 4;
  const Hdf5Id space(H5Screate_simple(1, &size, nullptr));
  const Hdf5Id properties(H5Pcreate(H5P_DATASET_CREATE));
  H5Pset_external(properties.get(), "/etc/passwd", 0, 32);
  ASSERT_TRUE(Hdf5Id(H5Dcreate2(file_.get(), "x", H5T_NATIVE_DOUBLE, space.get(), H5P_DEFAULT,
                                properties.get(), H5P_DEFAULT))
                  .valid());
  ExpectBad(ReadNumbers(*OpenDataset(Reopen(), "x")), "other files");
}

TEST_F(Hdf5InputTest, MoreRowsThanAllowedAreRefusedBeforeTheyAreAllocated) {
  const hsize_t size = kMaxRows + 1;
  const Hdf5Id space(H5Screate_simple(1, &size, nullptr));
  ASSERT_TRUE(Hdf5Id(H5Dcreate2(file_.get(), "x", H5T_NATIVE_DOUBLE, space.get(), H5P_DEFAULT,
                                H5P_DEFAULT, H5P_DEFAULT))
                  .valid());
  ExpectBad(ReadNumbers(*OpenDataset(Reopen(), "x")), "rows");
}

TEST_F(Hdf5InputTest, AFlippedBitInAChunkIsDetected) {
  // Incompressible values, so that the chunk fills the file.
  std::vector<double> values;
  for (int i = 0; i < 8000; ++i) values.push_back(std::fmod(i * 0.61803398875, 1.0));
  ASSERT_TRUE(WriteColumn(file_, "x", values).ok());
  ASSERT_TRUE(ReadNumbers(*OpenDataset(Reopen(), "x")).ok());
  bytes_[bytes_.size() / 2] = static_cast<char>(bytes_[bytes_.size() / 2] ^ 1);
  const Hdf5Id damaged = *OpenMemoryFile(bytes_);
  ExpectBad(ReadNumbers(*OpenDataset(damaged, "x")), "checksum");
}

TEST(Hdf5Input, WhatIsNoHdf5FileIsRefused) {
  for (const std::string bytes : {"", "text", "\x89HDF\r\n\x1a\n"}) {
    ExpectBad(OpenMemoryFile(bytes), "HDF5");
  }
}

}  // namespace
}  // namespace bench::results
