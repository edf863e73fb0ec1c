#include "harness/run/run_header.h"

#include <gtest/gtest.h>

#include <functional>
#include <set>

namespace bench::harness {
namespace {

struct Given {
  LoadedDefinition loaded;
  InputDigests inputs = {{"data", std::string(64, '1')}};
  ProvenanceFacts provenance;
  int64_t num_ranks = 1;
  std::optional<std::string> program = std::string(64, '2');

  Given() {
    loaded.name = "sft_small";
    loaded.sha256 = std::string(64, 'd');
    provenance.source.state = {.commit = "abc", .dirty = true, .diff = "x", .untracked = ""};
    provenance.tree = provenance.source.state;
  }
  results::RunHeader Header() const {
    return MakeHeader({.loaded = loaded,
                       .inputs = inputs,
                       .provenance = provenance,
                       .program_sha256 = program,
                       .num_ranks = num_ranks});
  }
};

TEST(MakeHeader, NamesTheSourceThatWasBuiltAndTheProgram) {
  Given given;
  given.provenance.tree.commit.emplace("later");
  const results::RunHeader header = given.Header();
  EXPECT_EQ(header.provenance.at("source_commit"), results::Attribute("abc"));
  EXPECT_EQ(header.provenance.at("program_sha256"), results::Attribute(std::string(64, '2')));
  EXPECT_EQ(header.experiment, "sft_small");
  given.program.reset();
  EXPECT_FALSE(given.Header().provenance.contains("program_sha256"));
}

TEST(MakeHeader, TheRunIdIsOfWhatWasBuiltNotOfTheFolderLater) {
  Given given;
  const std::string id = given.Header().run_id;
  given.provenance.tree = {.commit = "later", .dirty = false, .diff = "", .untracked = ""};
  EXPECT_EQ(given.Header().run_id, id);
}

TEST(MakeHeader, TheRunIdChangesWithSourceInputsAndRanks) {
  std::set<std::string> ids = {Given().Header().run_id};
  const std::function<void(Given&)> changes[] = {
      [](Given& g) { g.provenance.source.state.commit.emplace("def"); },
      [](Given& g) { g.provenance.source.state.diff.emplace("y"); },
      [](Given& g) { g.provenance.source.changed_in_build = true; },
      [](Given& g) { g.inputs["data"] = std::string(64, '3'); }, [](Given& g) { g.num_ranks = 2; }};
  for (const auto& change : changes) {
    Given given;
    change(given);
    EXPECT_TRUE(ids.insert(given.Header().run_id).second);
  }
  Given same;
  same.provenance.source.changed_in_build = false;
  EXPECT_FALSE(ids.insert(same.Header().run_id).second);
}

}  // namespace
}  // namespace bench::harness
