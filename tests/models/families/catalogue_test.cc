#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "models/families/family.h"

namespace bench::models {
namespace {

TEST(FamilyCatalogue, FindsByModelTypeAndByFamily) {
  const auto found = FindAdapter("llama");
  ASSERT_TRUE(found.ok());
  EXPECT_EQ(&AdapterOf((*found)->family), *found);
}

TEST(FamilyCatalogue, UnknownTypesListTheKnown) {
  const auto found = FindAdapter("mamba");
  EXPECT_EQ(found.status().code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string(found.status().message()), testing::HasSubstr("known: llama, mistral"));
}

}  // namespace
}  // namespace bench::models
