#include "harness/run/vocabulary.h"

#include <filesystem>
#include <string>
#include <utility>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "harness/definition/load.h"
#include "harness/stages/clm/data.h"
#include "tests/harness/definition/sample_definitions.h"
#include "tests/harness/model_io/tiny_tokenizer.h"

namespace bench::harness {
namespace {

using ::testing::HasSubstr;

// Its own tokenizer, then an own file, then experiments in a folder without a store.
class VocabularyTest : public ::testing::Test {
 protected:
  absl::StatusOr<Vocabulary> Of(const StageSpec& spec) {
    definition_.stage = spec;
    return VocabularyOf(*TrainedStageOf(definition_), {store_, folder_.path()});
  }

  TemporaryFolder folder_;
  std::string store_ = folder_.path() + "/store";
  Definition definition_;
};

TEST_F(VocabularyTest, IsThatOfAnOwnTokenizer) {
  ClmSpec spec;
  spec.tokenizer.ref.path = folder_.Write("own.model", TinyTokenizerModel());
  const auto vocabulary = Of(spec);
  ASSERT_TRUE(vocabulary.ok()) << vocabulary.status();
  EXPECT_EQ(vocabulary->size, TinyTokenizer().vocab_size());
  EXPECT_THAT(vocabulary->source, HasSubstr("own.model"));
}

TEST_F(VocabularyTest, IsThatOfTheWeightsInAFolder) {
  SftSpec spec;
  spec.tokenizer.path = folder_.Write("own.model", TinyTokenizerModel());
  folder_.Write("weights/config.json",
                R"({"architectures": ["LlamaForCausalLM"], "model_type": "llama",
                    "vocab_size": 32064, "hidden_size": 16, "num_hidden_layers": 2,
                    "num_attention_heads": 2, "intermediate_size": 24})");
  spec.init.weights = InitSource::kFolder;
  spec.init.folder = folder_.path() + "/weights";
  const auto vocabulary = Of(spec);
  ASSERT_TRUE(vocabulary.ok()) << vocabulary.status();
  EXPECT_EQ(vocabulary->size, 32064);  // published vocabularies are padded
}

// Whatever stage makes the rows.
TEST_F(VocabularyTest, OfSymbolsThatAreNotThereIsAskedFor) {
  folder_.Write("rows/v1.toml",
                "stage = \"generated\"\n[generated]\ngrammar = \"markov\"\ntrain_rows = 10\n"
                "validation_rows = 10\n");
  folder_.Write("pictures/v1.toml",
                "stage = \"images\"\n[images]\nsource = \"digits\"\npatch_width = 4\n"
                "patch_height = 4\n");
  folder_.Write("countries/v1.toml",
                "stage = \"names\"\n[names]\nsources = [\"iso\"]\nlanguages = [\"be\"]\n");
  folder_.Write("learner/v1.toml",
                "stage = \"clm\"\n[model]\nhidden_size = 8\nnum_layers = 1\nnum_heads = 1\n"
                "intermediate_size = 8\nmax_positions = 64\n[tokenizer]\nsymbols = true\n[data]\n"
                "dataset = \"rows@1\"\n[optimizer]\nlearning_rate = 1e-3\n[training]\nsteps = 1\n"
                "batch_size = 1\nmax_tokens = 16\n");
  folder_.Write("unknowns/v1.toml",
                "stage = \"refusals\"\n[data]\ndataset = \"rows@1\"\n[model]\n"
                "artifact = \"learner@1\"\n");
  const absl::Status locked = UpdateLock(folder_.path()).status();
  ASSERT_TRUE(locked.ok()) << locked;
  for (const std::string name : {"rows", "pictures", "countries", "unknowns"}) {
    ClmSpec spec;
    spec.tokenizer.symbols = true;
    spec.data.dataset = ArtifactRef{name, 1};
    const absl::Status status = Of(spec).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << name;
    EXPECT_THAT(std::string(status.message()),
                HasSubstr(name + "@1 has not run here, and its symbols are known then"));
  }
}

TEST_F(VocabularyTest, OfRowsOfAStageThatMakesNoneIsAUsageError) {
  folder_.Write("translations/v1.toml", kSmallTranslations);
  ASSERT_TRUE(UpdateLock(folder_.path()).ok());
  ClmSpec spec;
  spec.tokenizer.symbols = true;
  spec.data.dataset = ArtifactRef{"translations", 1};
  EXPECT_THAT(std::string(Of(spec).status().message()),
              HasSubstr("data.dataset: translations@1 is an experiment of stage translations, "
                        "which makes no rows of symbols"));
}

TEST_F(VocabularyTest, OfATokenizerThatWasNotMadeIsWhatItsDefinitionAsksFor) {
  folder_.Write("pieces/v1.toml", kSmallTokenizer);
  folder_.Write("translations/v1.toml", kSmallTranslations);
  ASSERT_TRUE(UpdateLock(folder_.path()).ok());
  SftSpec spec;
  spec.tokenizer.artifact = ArtifactRef{"pieces", 1};
  const auto vocabulary = Of(spec);
  ASSERT_TRUE(vocabulary.ok()) << vocabulary.status();
  EXPECT_EQ(vocabulary->size, 2048);
  EXPECT_THAT(vocabulary->source, HasSubstr("definition of pieces@1"));
  EXPECT_FALSE(std::filesystem::exists(store_));  // looking makes none
}

TEST_F(VocabularyTest, OfSyntheticRowsIsWhatTheirDefinitionAsksFor) {
  folder_.Write("noise/v1.toml",
                "stage = \"synthetic\"\n[synthetic]\nrows = \"instructions\"\nvocab_size = 500\n"
                "num_rows = 8\n");
  ASSERT_TRUE(UpdateLock(folder_.path()).ok());
  SftSpec spec;
  spec.tokenizer.artifact = ArtifactRef{"noise", 1};
  const auto vocabulary = Of(spec);
  ASSERT_TRUE(vocabulary.ok()) << vocabulary.status();
  EXPECT_EQ(vocabulary->size, 500);
}

TEST_F(VocabularyTest, OfTheTextsCharactersIsOnlyBounded) {
  ClmSpec spec;
  spec.tokenizer.characters = true;
  EXPECT_EQ(Of(spec)->size, kMaxCharacters);
}

TEST_F(VocabularyTest, OfAnExperimentThatMakesNoneIsAUsageError) {
  folder_.Write("translations/v1.toml", kSmallTranslations);
  ASSERT_TRUE(UpdateLock(folder_.path()).ok());
  SftSpec spec;
  spec.tokenizer.artifact = ArtifactRef{"translations", 1};
  const auto vocabulary = Of(spec);
  EXPECT_EQ(vocabulary.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(vocabulary.status().message()),
              HasSubstr("of stage translations, not tokenizer"));
}

}  // namespace
}  // namespace bench::harness
