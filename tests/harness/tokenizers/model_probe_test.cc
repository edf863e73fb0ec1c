#include "harness/tokenizers/model_probe.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <random>
#include <string>

#include "base/status.h"
#include "tests/harness/tokenizers/test_tokenizer.h"

namespace bench::harness {
namespace {

TEST(ProbeModel, AcceptsAGoodModel) { EXPECT_TRUE(internal::ProbeModel(TestModelBytes()).ok()); }

// What children did that have ended, of which each touches memory.
int64_t PageFaultsOfChildren() {
  rusage usage = {};
  EXPECT_EQ(::getrusage(RUSAGE_CHILDREN, &usage), 0);
  return usage.ru_minflt;
}

TEST(ProbeModel, TriesTheSameBytesOnceAndOthersToo) {
  const std::string bytes = TestModelBytes();
  ASSERT_TRUE(internal::ProbeModel(bytes).ok());
  const int64_t before = PageFaultsOfChildren();
  EXPECT_TRUE(internal::ProbeModel(bytes).ok());
  EXPECT_EQ(PageFaultsOfChildren(), before);
  internal::ProbeModel("no model").IgnoreError();
  EXPECT_GT(PageFaultsOfChildren(), before);
}

// Whatever the bytes, this process goes on: mutants are refused, or load and work.
TEST(ProbeModel, MutantsNeverEndThisProcess) {
  std::mt19937 draw(1);
  for (int mutant = 0; mutant < 60; ++mutant) {
    std::string bytes = TestModelBytes();
    for (int i = 0; i < 20; ++i) bytes[draw() % bytes.size()] = static_cast<char>(draw());
    const auto tokenizer = Tokenizer::FromModelBytes(bytes, "mutant");
    if (tokenizer.ok()) {
      tokenizer->Decode(tokenizer->Encode("打开 the file"));
    } else {
      EXPECT_EQ(ExitCodeFor(tokenizer.status()), ExitCode::kBadData);
    }
  }
}

}  // namespace
}  // namespace bench::harness
