#include "harness/run/geometry.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "harness/definition/canonical.h"
#include "harness/definition/load.h"
#include "tests/harness/definition/sample_definitions.h"

namespace bench::harness {
namespace {

using ::testing::HasSubstr;

constexpr char kConfigJson[] =
    R"({"model_type": "llama", "vocab_size": 97, "hidden_size": 48, "num_hidden_layers": 3,
        "num_attention_heads": 2, "num_key_value_heads": 1, "head_dim": 32,
        "intermediate_size": 64, "max_position_embeddings": 2048, "rms_norm_eps": 1e-06,
        "tie_word_embeddings": true})";
constexpr char kGeometry[] =
    R"({"family":"llama","hidden_size":48,"num_layers":3,"num_heads":2,"num_kv_heads":1,)"
    R"("head_dim":32,"intermediate_size":64,"max_positions":2048,"rope_theta":10000,)"
    R"("rms_norm_eps":1e-06,"initializer_std":0.02,"tie_embeddings":true,"vector_size":0})";

// kSmallSft without its [model], from other weights.
std::string From(const std::string& init) {
  std::string text(kSmallSft);
  const size_t begin = text.find("[model]"), end = text.find("[tokenizer]");
  return text.erase(begin, end - begin) + "[init]\n" + init + "\n";
}

class WithGeometryTest : public ::testing::Test {
 protected:
  absl::StatusOr<Definition> Of(const std::string& toml, std::vector<std::string> overrides = {}) {
    const absl::StatusOr<Definition> definition = Decode(toml, std::move(overrides));
    EXPECT_TRUE(definition.ok()) << definition.status();
    return WithGeometry(*definition, root_.path());
  }
  static std::string GeometryOf(const Definition& definition) {
    return GeometryJson(std::get<SftSpec>(definition.stage).model);
  }
  std::string Folder() {
    root_.Write("weights/config.json", kConfigJson);
    return absl::StrCat("weights = \"folder\"\nfolder = \"", root_.path(), "/weights\"");
  }
  // Committed: what the definitions of this file refer to, and an experiment that starts from it.
  void Commit() {
    root_.Write("tokenizer_small/v1.toml", kSmallTokenizer);
    root_.Write("translations/v1.toml", kSmallTranslations);
    root_.Write("first/v1.toml", absl::StrCat(With("num_heads = 4", "num_heads = 2"),
                                              "[init]\nweights = \"random\"\n"));
    root_.Write("second/v1.toml", From("weights = \"artifact\"\nartifact = \"first@1\""));
    ASSERT_TRUE(UpdateLock(root_.path()).ok());
  }

  TemporaryFolder root_;
};

TEST_F(WithGeometryTest, WithRandomWeightsIsTheDefinitions) {
  const auto definition = Of(std::string(kSmallSft));
  ASSERT_TRUE(definition.ok()) << definition.status();
  EXPECT_EQ(CanonicalJson(*definition), CanonicalJson(*Decode(kSmallSft)));
}

TEST_F(WithGeometryTest, IsThatOfAFolderWithoutAnyFieldOfTheDefinition) {
  const auto definition = Of(From(Folder()));
  ASSERT_TRUE(definition.ok()) << definition.status();
  EXPECT_EQ(GeometryOf(*definition), kGeometry);
}

TEST_F(WithGeometryTest, FieldsOfTheDefinitionMustAgreeWithTheFolder) {
  const std::string toml = From(Folder());
  const auto same = Of(toml, {"model.head_dim=32", "model.rms_norm_eps=1e-6"});
  ASSERT_TRUE(same.ok()) << same.status();
  EXPECT_EQ(GeometryOf(*same), kGeometry);
  const auto other = Of(toml, {"model.head_dim=24", "model.rms_norm_eps=1e-5"});
  EXPECT_EQ(ExitCodeFor(other.status()), ExitCode::kUsage);
  EXPECT_THAT(std::string(other.status().message()),
              HasSubstr("head_dim is 24 here and 32 there, rms_norm_eps is 1e-05 here and 1e-06"));
}

TEST_F(WithGeometryTest, RulesThatNeedItAreCheckedWithIt) {
  const std::string toml = From(Folder());
  EXPECT_TRUE(Of(toml, {"training.max_tokens=2048"}).ok());
  const auto longer = Of(toml, {"training.max_tokens=2049"});
  EXPECT_EQ(ExitCodeFor(longer.status()), ExitCode::kUsage);
  EXPECT_EQ(longer.status().message(),
            "training.max_tokens: 2049 is more than model.max_positions 2048");
}

TEST_F(WithGeometryTest, IsThatOfTheExperimentThatMakesTheArtifactHoweverFarAway) {
  Commit();
  const auto definition = Of(From("weights = \"artifact\"\nartifact = \"second@1\""));
  ASSERT_TRUE(definition.ok()) << definition.status();
  EXPECT_THAT(GeometryOf(*definition), HasSubstr("\"hidden_size\":128,\"num_layers\":4,"
                                                 "\"num_heads\":2,\"num_kv_heads\":2,"
                                                 "\"head_dim\":64"));
  const auto other = Of(std::string(kSmallSft), {"init.weights=artifact", "init.artifact=first@1"});
  EXPECT_THAT(std::string(other.status().message()),
              HasSubstr("weights in first@1: num_heads is 4 here and 2 there"));
}

TEST_F(WithGeometryTest, AnExperimentOfAnotherStageIsRefused) {
  Commit();
  const auto definition = Of(From("weights = \"artifact\"\nartifact = \"tokenizer_small@1\""));
  EXPECT_EQ(ExitCodeFor(definition.status()), ExitCode::kUsage);
  EXPECT_THAT(std::string(definition.status().message()),
              HasSubstr("tokenizer_small@1 cannot be the initial_weights"));
}

TEST_F(WithGeometryTest, DefinitionsWithoutAModelStayAsTheyAre) {
  const auto definition = Of(std::string(kSmallTokenizer));
  ASSERT_TRUE(definition.ok()) << definition.status();
  EXPECT_EQ(CanonicalJson(*definition), CanonicalJson(*Decode(kSmallTokenizer)));
}

}  // namespace
}  // namespace bench::harness
