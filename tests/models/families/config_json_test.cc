#include "models/families/config_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "absl/status/statusor.h"

namespace bench::models {
namespace {

using nlohmann::json;
using testing::HasSubstr;

absl::StatusOr<DecoderConfig> RopeOf(const json& fields) {
  DecoderConfig config;
  config.head_dim = 64;
  config.max_positions = 2048;
  const absl::Status read = ReadRope(fields, config);
  if (!read.ok()) return read;
  return config;
}

template <typename Scaling>
Scaling ScalingOf(const json& fields) {
  return std::get<Scaling>(std::get<Rope>(RopeOf(fields)->position).scaling);
}

// Both spellings: transformers 4 says rope_scaling and "type", 5 rope_parameters and "rope_type".
TEST(ReadRope, KnowsEveryKindOfScalingInBothSpellings) {
  const std::pair<const char*, const char*> spellings[] = {{"rope_scaling", "type"},
                                                           {"rope_parameters", "rope_type"}};
  for (const auto& [field, type] : spellings) {
    EXPECT_EQ(ScalingOf<LinearScaling>({{field, {{type, "linear"}, {"factor", 4.0}}}}).factor, 4);
    const json dynamic = {{field, {{type, "dynamic"}, {"factor", 2.0}}}};
    EXPECT_EQ(ScalingOf<DynamicNtkScaling>(dynamic).original_positions, 2048);
    EXPECT_EQ(RopeOf(dynamic)->max_positions, 4096);
    const auto yarn = ScalingOf<YarnScaling>(
        {{field, {{type, "yarn"}, {"factor", 16.0}, {"original_max_position_embeddings", 4096}}}});
    EXPECT_EQ(yarn.original_positions, 4096);
    EXPECT_EQ(yarn.beta_fast, 32);
    const auto llama3 = ScalingOf<Llama3Scaling>({{field,
                                                   {{type, "llama3"},
                                                    {"factor", 8.0},
                                                    {"low_freq_factor", 1.0},
                                                    {"high_freq_factor", 4.0},
                                                    {"original_max_position_embeddings", 8192}}}});
    EXPECT_EQ(llama3.factor, 8);
    EXPECT_EQ(llama3.original_positions, 8192);
  }
}

TEST(ReadRope, RefusesOtherKindsByName) {
  for (const char* kind : {"longrope", "su", "mrope"}) {
    const absl::Status status = RopeOf({{"rope_scaling", {{"type", kind}}}}).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
    EXPECT_THAT(std::string(status.message()), HasSubstr(kind));
    EXPECT_THAT(std::string(status.message()), HasSubstr("rope_scaling"));
  }
  EXPECT_THAT(
      std::string(
          RopeOf({{"rope_scaling", {{"type", "yarn"}, {"mscale", 0.7}}}}).status().message()),
      HasSubstr("mscale = 0.7"));
}

TEST(ReadRope, TakesTheShareOfAHeadFromEitherPlace) {
  EXPECT_EQ(RotaryWidth(*RopeOf({{"partial_rotary_factor", 0.25}})), 16);
  EXPECT_EQ(RotaryWidth(*RopeOf({{"rope_parameters", {{"partial_rotary_factor", 0.5}}}})), 32);
  EXPECT_EQ(RotaryWidth(*RopeOf(json::object())), 64);
}

// 0 columns are not all of them, which a width of 0 stands for.
TEST(ReadRope, RefusesAShareThatRotatesNothing) {
  for (const double share : {0.0, 0.001, -0.5, 1.5}) {
    const absl::Status status = RopeOf({{"partial_rotary_factor", share}}).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss) << share;
    EXPECT_THAT(std::string(status.message()), HasSubstr("partial_rotary_factor"));
  }
}

TEST(ReadRope, ReadsWhatItWrites) {
  for (const RopeScaling& scaling :
       {RopeScaling(LinearScaling{3}), RopeScaling(DynamicNtkScaling{2, 1024}),
        RopeScaling(YarnScaling{4, 512, 16, 2, 1.25}), RopeScaling(Llama3Scaling{8, 1, 4, 512})}) {
    DecoderConfig config;
    config.head_dim = 64;
    config.max_positions = 2048;
    config.position = Rope{.theta = 5e5, .width = 16, .scaling = scaling};
    json written;
    WriteRope(config, written);
    const auto read = RopeOf(written);
    ASSERT_TRUE(read.ok()) << read.status();
    json again;
    WriteRope(*read, again);
    EXPECT_EQ(again, written);
  }
}

}  // namespace
}  // namespace bench::models
