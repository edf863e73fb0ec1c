#include "models/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "models/blocks/decoder_blocks.h"

namespace bench::models {
namespace {

struct Sizes {
  int64_t hidden, layers, heads, kv_heads, intermediate;
};

DecoderConfig Llama(const Sizes& sizes) {
  DecoderConfig config;
  config.vocab_size = 32000;
  config.hidden_size = sizes.hidden;
  config.num_layers = sizes.layers;
  config.num_heads = sizes.heads;
  config.num_kv_heads = sizes.kv_heads;
  config.head_dim = sizes.hidden / sizes.heads;
  config.intermediate_size = sizes.intermediate;
  config.tie_embeddings = false;
  return config;
}

TEST(Config, ParameterCountsEqualThePublishedModels) {
  EXPECT_EQ(NumParameters(Llama({4096, 32, 32, 32, 11008})), 6'738'415'616);
  EXPECT_EQ(NumParameters(Llama({5120, 40, 40, 40, 13824})), 13'015'864'320);
  EXPECT_EQ(NumParameters(Llama({8192, 80, 64, 8, 28672})), 68'976'648'192);
}

TEST(Config, TyingRemovesOneEmbedding) {
  DecoderConfig config = Llama({64, 2, 4, 4, 128});
  const int64_t untied = NumParameters(config);
  config.tie_embeddings = true;
  EXPECT_EQ(untied - NumParameters(config), 32000 * 64);
}

struct BadField {
  const char* field;
  void (*set)(DecoderConfig&);

  friend void PrintTo(const BadField& bad, std::ostream* out) { *out << bad.field; }
};

class ConfigErrors : public testing::TestWithParam<BadField> {};

TEST_P(ConfigErrors, NameTheField) {
  DecoderConfig config = Llama({64, 2, 4, 2, 128});
  ASSERT_TRUE(Validate(config).ok());
  GetParam().set(config);
  const absl::Status status = Validate(config);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), testing::HasSubstr(GetParam().field));
}

INSTANTIATE_TEST_SUITE_P(
    , ConfigErrors,
    testing::Values(
        BadField{"vocab_size", [](DecoderConfig& c) { c.vocab_size = 0; }},
        BadField{"hidden_size", [](DecoderConfig& c) { c.hidden_size = -1; }},
        BadField{"num_layers", [](DecoderConfig& c) { c.num_layers = 0; }},
        BadField{"num_heads", [](DecoderConfig& c) { c.num_heads = 5; }},
        BadField{"num_kv_heads", [](DecoderConfig& c) { c.num_kv_heads = 3; }},
        BadField{"head_dim", [](DecoderConfig& c) { c.head_dim = 7; }},
        BadField{"intermediate_size",
                 [](DecoderConfig& c) { c.intermediate_size = int64_t{1} << 40; }},
        BadField{"max_positions", [](DecoderConfig& c) { c.max_positions = 0; }},
        BadField{"num_layers", [](DecoderConfig& c) { c.num_layers = 1'000'000; }},
        BadField{"max_positions", [](DecoderConfig& c) { c.max_positions = 1 << 29; }},
        BadField{"rope_theta", [](DecoderConfig& c) { c.position = Rope{.theta = 0}; }},
        BadField{"rms_norm_eps", [](DecoderConfig& c) { c.norm.eps = -1; }},
        BadField{"window", [](DecoderConfig& c) { c.window = -1; }},
        BadField{"log_n", [](DecoderConfig& c) { c.position = Rope{.log_n_positions = 1}; }},
        BadField{"exponent",
                 [](DecoderConfig& c) {
                   c.position = Rope{.scaling = MixedRadixScaling{2, -1}};
                 }},
        BadField{"initializer_std", [](DecoderConfig& c) { c.initializer_std = -0.1; }}),
    [](const auto& test) { return absl::StrCat(test.param.field, "_", test.index); });

}  // namespace
}  // namespace bench::models
