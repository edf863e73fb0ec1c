#include "harness/run/option_table.h"

#include <set>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace bench::harness {
namespace {

TEST(OptionTable, EveryNameIsThereOnceAndFound) {
  const std::vector<std::string> names = RowNames();
  EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), names.size());
  for (const std::string& name : names) EXPECT_EQ(RowNamed(name)->name, name);
  EXPECT_EQ(RowNamed("no such"), nullptr);
}

TEST(OptionTable, EveryRowIsACommandOrIsTakenByOne) {
  for (const std::string& name : RowNames()) {
    const OptionRow& row = *RowNamed(name);
    EXPECT_NE(row.command.has_value(), !row.taken_by.empty()) << name;
    EXPECT_FALSE(row.help.empty()) << name;
  }
}

TEST(OptionTable, SaysWhatACommandTakes) {
  EXPECT_EQ(OptionsOf(Command::kList), "--experiments");
  EXPECT_EQ(OptionsOf(Command::kRecover), "");
  EXPECT_EQ(OptionsOf(Command::kPlan),
            "--set, --device, --experiments, --plan-ranks, --device-gb, --vocab-size, --model, "
            "--json, --input-gib, --document-bytes, --shared-gbps, --rates");
  EXPECT_EQ(CommandName(Command::kLock), "--lock");
  EXPECT_EQ(CommandName(Command::kRun), "a run");
}

TEST(OptionTable, CountsTheValuesOfARow) {
  EXPECT_EQ(RowNamed("resume")->num_values(), 0u);
  EXPECT_EQ(RowNamed("out")->num_values(), 1u);
  EXPECT_EQ(RowNamed("export")->num_values(), 2u);
}

}  // namespace
}  // namespace bench::harness
