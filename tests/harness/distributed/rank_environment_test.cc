#include "harness/distributed/rank_environment.h"

#include <cstdlib>
#include <map>

#include "base/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace bench::harness {
namespace {

using ::testing::HasSubstr;

absl::StatusOr<RankEnvironment> Read(const std::map<std::string, std::string>& variables) {
  return ReadRankEnvironment([&](const char* name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    if (found == variables.end()) return std::nullopt;
    return found->second;
  });
}

TEST(RankEnvironment, IsOneProcessWithoutALauncher) {
  const auto environment = Read({{"MASTER_ADDR", "node1"}, {"MASTER_PORT", "1"}});
  ASSERT_TRUE(environment.ok());
  EXPECT_EQ(environment->size, 1);
  EXPECT_EQ(environment->rank, 0);
}

TEST(RankEnvironment, ReadsWhatTorchrunSets) {
  const auto environment = Read({{"RANK", "5"},
                                 {"WORLD_SIZE", "8"},
                                 {"LOCAL_RANK", "1"},
                                 {"LOCAL_WORLD_SIZE", "4"},
                                 {"MASTER_ADDR", "node1"},
                                 {"MASTER_PORT", "29500"},
                                 {"TORCHELASTIC_USE_AGENT_STORE", "True"},
                                 {"TORCHELASTIC_RESTART_COUNT", "2"}});
  ASSERT_TRUE(environment.ok()) << environment.status();
  EXPECT_EQ(environment->rank, 5);
  EXPECT_EQ(environment->size, 8);
  EXPECT_EQ(environment->local_rank, 1);
  EXPECT_EQ(environment->local_size, 4);
  EXPECT_EQ(environment->master_address, "node1");
  EXPECT_EQ(environment->master_port, 29500);
  EXPECT_TRUE(environment->launcher_holds_store);
  // A restarted group does not read the keys of the one before.
  EXPECT_THAT(environment->key_prefix, HasSubstr("2"));
}

TEST(RankEnvironment, ReadsSlurmOnlyWhereAMasterIsNamed) {
  const std::map<std::string, std::string> batch_script = {{"SLURM_PROCID", "0"},
                                                           {"SLURM_NTASKS", "4"}};
  EXPECT_EQ(Read(batch_script)->size, 1);
  auto step = batch_script;
  step.insert({{"SLURM_LOCALID", "0"}, {"MASTER_ADDR", "node1"}, {"MASTER_PORT", "29500"}});
  const auto environment = Read(step);
  ASSERT_TRUE(environment.ok()) << environment.status();
  EXPECT_EQ(environment->size, 4);
  EXPECT_FALSE(environment->launcher_holds_store);
}

// "2(x3),1": the first three nodes have two tasks each, the fourth has one (the manual of srun).
TEST(RankEnvironment, ReadsSlurmsTasksOfThisNode) {
  std::map<std::string, std::string> step = {{"SLURM_PROCID", "0"},
                                             {"SLURM_NTASKS", "7"},
                                             {"SLURM_STEP_TASKS_PER_NODE", "2(x3),1"},
                                             {"MASTER_ADDR", "node1"},
                                             {"MASTER_PORT", "29500"}};
  EXPECT_EQ(Read(step)->local_size, 2);  // of the first node
  for (const auto& [node, tasks] : std::map<std::string, int64_t>{{"2", 2}, {"3", 1}}) {
    step["SLURM_NODEID"] = node;
    EXPECT_EQ(Read(step)->local_size, tasks) << node;
  }
  step["SLURM_NODEID"] = "4";
  EXPECT_EQ(ExitCodeFor(Read(step).status()), ExitCode::kUsage);
  step["SLURM_STEP_TASKS_PER_NODE"] = "two";
  EXPECT_THAT(std::string(Read(step).status().message()), HasSubstr("\"two\""));
}

TEST(RankEnvironment, SaysWhatIsMissingOrWrong) {
  const auto message = [](const std::map<std::string, std::string>& variables) {
    return std::string(Read(variables).status().message());
  };
  EXPECT_THAT(message({{"RANK", "1"}}), HasSubstr("WORLD_SIZE is missing"));
  EXPECT_THAT(message({{"RANK", "x"}, {"WORLD_SIZE", "2"}}), HasSubstr("RANK = \"x\""));
  EXPECT_THAT(message({{"RANK", "2"}, {"WORLD_SIZE", "2"}}), HasSubstr("RANK = 2 is not below"));
  EXPECT_THAT(message({{"RANK", "1"}, {"WORLD_SIZE", "2"}}), HasSubstr("MASTER_ADDR is missing"));
  EXPECT_THAT(
      message({{"RANK", "1"}, {"WORLD_SIZE", "2"}, {"MASTER_ADDR", "a"}, {"MASTER_PORT", "70000"}}),
      HasSubstr("MASTER_PORT = 70000 is no port"));
}

// Programs that this one starts, for what it needs first, are no ranks, and no restarted ones.
TEST(RankEnvironment, IsTakenFromWhatTheProgramStarts) {
  const std::map<std::string, std::string> torchrun = {{"RANK", "1"},
                                                       {"WORLD_SIZE", "2"},
                                                       {"LOCAL_RANK", "1"},
                                                       {"MASTER_PORT", "1"},
                                                       {"MASTER_ADDR", "node1"},
                                                       {"TORCHELASTIC_USE_AGENT_STORE", "True"},
                                                       {"LOCAL_WORLD_SIZE", "2"},
                                                       {"TORCHELASTIC_RESTART_COUNT", "3"}};
  for (const auto& [name, value] : torchrun) ::setenv(name.c_str(), value.c_str(), 1);
  const auto environment = TakeRankEnvironment();
  ASSERT_TRUE(environment.ok()) << environment.status();
  EXPECT_EQ(environment->rank, 1);
  for (const auto& [name, value] : torchrun) EXPECT_EQ(std::getenv(name.c_str()), nullptr) << name;
}

}  // namespace
}  // namespace bench::harness
