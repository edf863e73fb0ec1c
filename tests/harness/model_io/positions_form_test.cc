#include "harness/model_io/positions_form.h"

#include <cmath>
#include <memory>
#include <string>
#include <utility>

#include "base/status.h"
#include "gmock/gmock.h"
#include "harness/model_io/decoder_artifact.h"
#include "harness/model_io/family_form.h"
#include "models/families/family.h"
#include "tests/models/testing.h"

namespace bench::harness {
namespace {

using models::DecoderConfig;
using models::Rope;
using testing::HasSubstr;

PositionsSpec Kind(RopeScalingKind kind) {
  PositionsSpec spec;
  spec.rope_scaling = kind;
  spec.rope_factor = 4;
  spec.trained_positions = 12;
  return spec;
}

const Rope& RopeOf(const DecoderConfig& config) { return std::get<Rope>(config.position); }

Rope Applied(const PositionsSpec& spec) {
  DecoderConfig config = models::TinyConfig();
  ApplyPositions(spec, config);
  return RopeOf(config);
}

// What one has in [model] is what the other one finds in the configuration, whatever the kind.
TEST(PositionsForm, EveryKindButTheBaseThatItStandsForComesBack) {
  for (size_t i = 0; i < EnumNames(RopeScalingKind{}).size(); ++i) {
    const auto kind = static_cast<RopeScalingKind>(i);
    if (kind == RopeScalingKind::kNone || kind == RopeScalingKind::kNtk) continue;
    PositionsSpec spec = Kind(kind);
    spec.log_n = true;
    spec.attention_window = 7;
    if (kind == RopeScalingKind::kOwn || kind == RopeScalingKind::kSteppedNtk) {
      spec.rope_factor = 1;
    }
    DecoderConfig config = models::TinyConfig();
    ApplyPositions(spec, config);
    ASSERT_TRUE(models::Validate(config).ok()) << models::Validate(config);
    EXPECT_EQ(PositionsSpecOf(config), spec) << EnumNames(RopeScalingKind{})[i].data();
  }
}

// TinyConfig: heads of 6 columns, so a factor of 4 makes the base 4^(6 / 4) = 8 times as large.
TEST(PositionsForm, NtkIsALargerBase) {
  const Rope rope = Applied(Kind(RopeScalingKind::kNtk));
  EXPECT_DOUBLE_EQ(rope.theta, 8e4);
  EXPECT_TRUE(std::holds_alternative<models::NoScaling>(rope.scaling));
}

TEST(PositionsForm, TheTrainedLengthIsTheModelsUnlessItIsGiven) {
  PositionsSpec spec = Kind(RopeScalingKind::kDynamicNtk);
  EXPECT_EQ(models::OriginalPositions(Applied(spec).scaling, 0), 12);
  spec.trained_positions = 0;
  EXPECT_EQ(models::OriginalPositions(Applied(spec).scaling, 0), 48);
  PositionsSpec log_n;
  log_n.log_n = true;
  EXPECT_EQ(models::LogNPositions(Applied(log_n)), 48);
}

TEST(PositionsForm, OwnLeavesWhatAModelHas) {
  DecoderConfig config = models::TinyConfig();
  config.position = Rope{.scaling = models::SteppedNtkScaling{16, true}};
  config.window = 9;
  ApplyPositions({}, config);
  EXPECT_EQ(models::LogNPositions(RopeOf(config)), 16);
  EXPECT_EQ(config.window, 9);
  ApplyPositions(Kind(RopeScalingKind::kNone), config);
  EXPECT_TRUE(std::holds_alternative<models::NoScaling>(RopeOf(config).scaling));
}

TEST(PositionsForm, TheLogarithmStaysUnlessNoScalingIsAskedFor) {
  const auto applied = [](RopeScalingKind kind, bool log_n) {
    DecoderConfig config = models::TinyConfig();
    config.position = Rope{.log_n_positions = 24};
    PositionsSpec spec = Kind(kind);
    spec.log_n = log_n;
    ApplyPositions(spec, config);
    return models::LogNPositions(RopeOf(config));
  };
  EXPECT_EQ(applied(RopeScalingKind::kOwn, false), 24);
  EXPECT_EQ(applied(RopeScalingKind::kLinear, false), 24);
  EXPECT_EQ(applied(RopeScalingKind::kNone, false), 0);
  EXPECT_EQ(applied(RopeScalingKind::kNone, true), 12);  // trained_positions of Kind
  EXPECT_EQ(applied(RopeScalingKind::kLinear, true), 12);
}

TEST(CheckPositionsApply, NeedsARotation) {
  const DecoderConfig bloom = models::FindPublishedModel("bloom-7b1")->config;
  PositionsSpec spec;
  spec.attention_window = 8;
  EXPECT_TRUE(CheckPositionsApply(spec, bloom).ok());
  spec.log_n = true;
  EXPECT_THAT(std::string(CheckPositionsApply(spec, bloom).message()),
              HasSubstr("log_n has no meaning for family bloom"));
  const absl::Status refused = CheckPositionsApply(Kind(RopeScalingKind::kYarn), bloom);
  EXPECT_EQ(ExitCodeFor(refused), ExitCode::kUsage);
  EXPECT_THAT(std::string(refused.message()), HasSubstr("rope_scaling = \"yarn\""));
}

// Files of LLaMA know the scalings that transformers knows, those of Mistral a window.
TEST(CheckFilesHold, NamesPositionsThatConfigJsonHasNoFormFor) {
  const auto check = [](std::string_view family, const PositionsSpec& spec) {
    ModelSpec model;
    model.family = models::FindPublishedModel(family)->config.family;
    model.hidden_size = 32;
    model.num_layers = 2;
    model.num_heads = 4;
    model.intermediate_size = 48;
    model.max_positions = 48;
    model.positions = spec;
    return CheckFilesHold(DecoderConfigOf(model, 100));
  };
  for (const auto kind : {RopeScalingKind::kLinear, RopeScalingKind::kNtk, RopeScalingKind::kYarn,
                          RopeScalingKind::kLlama3, RopeScalingKind::kDynamicNtk}) {
    EXPECT_TRUE(check("llama-7b", Kind(kind)).ok()) << check("llama-7b", Kind(kind));
  }
  EXPECT_THAT(std::string(check("llama-7b", Kind(RopeScalingKind::kMixed)).message()),
              HasSubstr("rope_scaling is \"mixed\" here and would be read as \"own\""));
  PositionsSpec spec;
  spec.log_n = true;
  EXPECT_THAT(std::string(check("llama-7b", spec).message()),
              HasSubstr("log_n is true here and would be read as false"));
  spec = {};
  spec.attention_window = 16;
  EXPECT_THAT(std::string(check("llama-7b", spec).message()),
              HasSubstr("attention_window is 16 here and would be read as 0"));
  EXPECT_TRUE(check("mistral-7b-instruct-v0.2", spec).ok());
  EXPECT_TRUE(check("qwen2-7b", spec).ok());
}

TEST(WithPositions, KeepsTheWeightsAndChangesWhatLongSequencesMean) {
  const auto tiny = [] { return models::MakeDecoder(models::TinyConfig()); };
  const auto original = tiny();
  EvaluatedPositionsSpec spec;
  spec.max_positions = 96;
  spec.positions = Kind(RopeScalingKind::kDynamicNtk);
  const auto replaced = WithPositions(tiny(), spec);
  ASSERT_TRUE(replaced.ok()) << replaced.status();
  EXPECT_EQ((*replaced)->config().max_positions, 96);
  for (size_t i = 0; i < original->parameters().size(); ++i) {
    EXPECT_TRUE(at::equal((*replaced)->parameters()[i].tensor, original->parameters()[i].tensor));
  }
  const auto hidden = [](const models::Decoder& decoder, int64_t length) {
    return decoder.Hidden(models::MakeRaggedBatch({models::RandomTokens(length, 53, 1)}, at::kCPU));
  };
  EXPECT_TRUE(at::equal(hidden(**replaced, 12), hidden(*original, 12)));
  EXPECT_GT(models::RelativeError(hidden(**replaced, 40), hidden(*original, 40)), 1e-3);
  EXPECT_EQ(hidden(**replaced, 96).size(0), 96);
}

TEST(WithPositions, DefaultsAreTheDecoderItself) {
  auto decoder = models::MakeDecoder(models::TinyConfig());
  const models::Decoder* before = decoder.get();
  const auto same = WithPositions(std::move(decoder), {});
  ASSERT_TRUE(same.ok()) << same.status();
  EXPECT_EQ(same->get(), before);
}

TEST(WithPositions, RefusesWhatTheDecoderCannotHave) {
  DecoderConfig narrow = models::TinyConfig();
  narrow.head_dim = 2;
  EvaluatedPositionsSpec spec;
  spec.positions = Kind(RopeScalingKind::kDynamicNtk);
  const auto refused = WithPositions(models::MakeDecoder(narrow), spec);
  EXPECT_EQ(ExitCodeFor(refused.status()), ExitCode::kUsage);
  EXPECT_THAT(std::string(refused.status().message()), HasSubstr("positions"));
}

}  // namespace
}  // namespace bench::harness
