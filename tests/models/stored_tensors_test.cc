#include "models/stored_tensors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "models/families/family.h"
#include "tests/models/testing.h"

namespace bench::models {
namespace {

using testing::HasSubstr;

Family Named(std::string_view name) {
  const auto& names = EnumNames(Family());
  return static_cast<Family>(std::find(names.begin(), names.end(), name) - names.begin());
}

// Every parameter's rows hold their number in [q; k; v], so that a joined tensor shows its order.
std::vector<int64_t> JoinedOrder(std::string_view family, DecoderConfig config) {
  config.family = Named(family);
  SetAxes(config);
  std::vector<NamedTensor> parts;
  int64_t row = 0;
  for (const char* part : {"q", "k", "v"}) {
    const int64_t heads = *part == 'q' ? config.num_heads : config.num_kv_heads;
    const int64_t rows = heads * config.head_dim;
    parts.push_back({std::string("model.layers.0.self_attn.") + part + "_proj.weight",
                     at::arange(row, row + rows, at::kFloat).unsqueeze(1)});
    row += rows;
  }
  config.num_layers = 1;
  const at::Tensor joined = ToStorage(config, parts).at(0).tensor.to(at::kLong).contiguous();
  return {joined.const_data_ptr<int64_t>(), joined.const_data_ptr<int64_t>() + joined.numel()};
}

DecoderConfig Heads(int64_t num_heads, int64_t num_kv_heads, int64_t head_dim) {
  DecoderConfig config = TinyConfig();
  config.num_heads = num_heads;
  config.num_kv_heads = num_kv_heads;
  config.head_dim = head_dim;
  return config;
}

// By hand from the descriptions of the storages.
TEST(StoredTensors, JoinRowsAsTheFamilysFilesDo) {
  EXPECT_EQ(JoinedOrder("baichuan-7b", Heads(2, 2, 2)),
            (std::vector<int64_t>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}));
  // Two key/value heads with two queries each, of two rows: q 0..7, k 8..11, v 12..15.
  EXPECT_EQ(JoinedOrder("internlm2", Heads(4, 2, 2)),
            (std::vector<int64_t>{0, 1, 2, 3, 8, 9, 12, 13, 4, 5, 6, 7, 10, 11, 14, 15}));
  // Four blocks of one head: q 0..15, k 16..31, v 32..47; pairs (0, 1) and (2, 3) are computed as
  // (0, 2) and (1, 3).
  EXPECT_EQ(JoinedOrder("moss", Heads(4, 4, 4)),
            (std::vector<int64_t>{0,  2,  1,  3,  32, 33, 34, 35, 16, 18, 17, 19, 4,  6,  5,  7,
                                  36, 37, 38, 39, 20, 22, 21, 23, 8,  10, 9,  11, 40, 41, 42, 43,
                                  24, 26, 25, 27, 12, 14, 13, 15, 44, 45, 46, 47, 28, 30, 29, 31}));
}

TEST(StoredTensors, LlamasAreTheParametersThemselves) {
  const auto decoder = MakeDecoder(TinyConfig());
  const std::vector<NamedTensor> stored = ToStorage(decoder->config(), decoder->parameters());
  ASSERT_EQ(stored.size(), decoder->parameters().size());
  for (size_t i = 0; i < stored.size(); ++i) {
    EXPECT_EQ(stored[i].name, decoder->parameters()[i].name);
    EXPECT_TRUE(stored[i].tensor.is_same(decoder->parameters()[i].tensor));
  }
}

TEST(StoredTensors, ErrorsNameTheTensorOfTheFile) {
  DecoderConfig config = TinyConfig();
  config.num_kv_heads = config.num_heads;
  config.family = Named("bloom");
  SetAxes(config);
  const auto decoder = MakeDecoder(config);
  std::vector<NamedTensor> stored = ToStorage(config, decoder->parameters());
  stored.pop_back();
  EXPECT_THAT(std::string(FromStorage(config, stored).status().message()),
              HasSubstr("missing tensor transformer.ln_f.bias"));
  stored = ToStorage(config, decoder->parameters());
  for (NamedTensor& t : stored) {
    if (t.name == "transformer.h.0.self_attention.query_key_value.weight") {
      t.tensor = t.tensor.narrow(0, 1, 5);
    }
  }
  EXPECT_THAT(std::string(FromStorage(config, stored).status().message()),
              HasSubstr("query_key_value.weight has shape [5, 24], expected [72, 24]"));
}

}  // namespace
}  // namespace bench::models
