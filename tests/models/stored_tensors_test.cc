#include "models/stored_tensors.h"

#include <gtest/gtest.h>

#include "tests/models/testing.h"

namespace bench::models {
namespace {

TEST(StoredTensors, LlamasAreTheParametersThemselves) {
  const auto decoder = MakeDecoder(TinyConfig());
  const std::vector<NamedTensor> stored = ToStorage(decoder->config(), decoder->parameters());
  ASSERT_EQ(stored.size(), decoder->parameters().size());
  for (size_t i = 0; i < stored.size(); ++i) {
    EXPECT_EQ(stored[i].name, decoder->parameters()[i].name);
    EXPECT_TRUE(stored[i].tensor.is_same(decoder->parameters()[i].tensor));
  }
}

}  // namespace
}  // namespace bench::models
