#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "models/families/family.h"

namespace bench::models {
namespace {

using nlohmann::json;

TEST(FamilyCatalogue, HasOneNameAPlaceAndBeginsWithLlama) {
  const auto& names = EnumNames(Family());
  EXPECT_EQ(std::set<std::string_view>(names.begin(), names.end()).size(), names.size());
  EXPECT_EQ(EntryOf(Family()).name, "llama");
  for (size_t i = 0; i < names.size(); ++i) {
    EXPECT_EQ(EntryOf(static_cast<Family>(i)).name, names[i]);
  }
}

TEST(FamilyCatalogue, UnknownTypesListTheKnown) {
  const auto found = ConfigFromJson({{"model_type", "mamba"}});
  EXPECT_EQ(found.status().code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string(found.status().message()), testing::HasSubstr("known: llama"));
  EXPECT_THAT(std::string(ConfigFromJson(json::object()).status().message()),
              testing::HasSubstr("model_type is missing"));
}

TEST(FamilyCatalogue, EveryPublishedModelIsValidAndFoundByItsName) {
  for (const NamedModel& model : PublishedModels()) {
    EXPECT_TRUE(Validate(model.config).ok()) << model.model->name << Validate(model.config);
    const auto found = FindPublishedModel(model.model->name);
    ASSERT_TRUE(found.ok()) << found.status();
    EXPECT_EQ(found->model, model.model);
  }
  EXPECT_THAT(std::string(FindPublishedModel("gpt-4").status().message()),
              testing::HasSubstr("known: llama-7b, "));
}

// What a family writes, it reads as the same.
TEST(FamilyCatalogue, ConfigurationsOfPublishedModelsRoundTrip) {
  for (const NamedModel& model : PublishedModels()) {
    json written = {{"model_type", model.entry->model_type}};
    model.entry->to_json(model.config, written);
    const auto read = ConfigFromJson(written);
    ASSERT_TRUE(read.ok()) << model.model->name << ": " << read.status();
    json again = {{"model_type", EntryOf(read->family).model_type}};
    EntryOf(read->family).to_json(*read, again);
    EXPECT_EQ(again, written) << model.model->name;
    EXPECT_EQ(EntryOf(read->family).name, model.entry->name) << model.model->name;
  }
}

}  // namespace
}  // namespace bench::models
