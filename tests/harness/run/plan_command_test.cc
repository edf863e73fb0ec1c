#include "harness/run/plan_command.h"

#include <nlohmann/json.hpp>
#include <string>

#include "gtest/gtest.h"
#include "models/blocks/decoder_blocks.h"
#include "models/families/family.h"

namespace bench::harness {
namespace {

// What the command prints of a published model on one device, without an experiment.
nlohmann::json PlanOf(const std::string& model) {
  Options options;
  options.form = OutputForm::kJson;
  options.plan.model = model;
  options.plan.ranks = {1};
  testing::internal::CaptureStdout();
  const absl::StatusOr<int> code = PlanCommand(options);
  const std::string printed = testing::internal::GetCapturedStdout();
  EXPECT_TRUE(code.ok()) << code.status();
  return nlohmann::json::parse(printed);
}

// The same question to every model in one process: tests/commands/plan_test.py asks the program.
TEST(PlanCommand, PlansEveryPublishedModelByItsName) {
  EXPECT_GT(models::PublishedModels().size(), 35U);
  for (const models::NamedModel& published : models::PublishedModels()) {
    const std::string name(published.model->name);
    SCOPED_TRACE(name);
    const nlohmann::json plan = PlanOf(name);
    EXPECT_EQ(plan["trained_parameters"], models::NumParameters(published.config));
    EXPECT_EQ(plan["model"], name);
    EXPECT_EQ(plan["vocabulary"]["size"], published.config.vocab_size);
    EXPECT_GT(plan["plans"][0]["activation_bytes"]["kept"].get<double>(), 0);
    EXPECT_FALSE(plan.contains("experiment"));
  }
}

}  // namespace
}  // namespace bench::harness
