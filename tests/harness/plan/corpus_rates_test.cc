#include "harness/plan/corpus_rates.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "base/file.h"
#include "base/status.h"
#include "tests/support/temp_folder.h"

namespace bench::harness {
namespace {

constexpr char kRates[] =
    R"({"format": "bench-corpus-rates", "format_version": 1, "machine": "m", "input": "i",
        "input_bytes": 100, "text_bytes": 90, "documents": 3, "program_bytes": 5,
        "phases": [{"phase": "clean", "seconds": 1.5, "read_bytes": 7, "written_bytes": 8}]})";

absl::StatusOr<CorpusRates> Read(const std::string& text) {
  const TempFolder folder;
  EXPECT_TRUE(PublishFile(folder / "rates.json", text).ok());
  return ReadCorpusRates(folder / "rates.json");
}

TEST(CorpusRates, AreReadWhole) {
  const auto rates = Read(kRates);
  ASSERT_TRUE(rates.ok()) << rates.status();
  EXPECT_EQ(rates->machine, "m");
  EXPECT_EQ(rates->document_bytes(), 30);
  EXPECT_EQ(rates->program_bytes, 5);
  ASSERT_EQ(rates->phases.size(), 1u);
  EXPECT_EQ(rates->phases[0].phase, "clean");
  EXPECT_EQ(rates->phases[0].seconds, 1.5);
  EXPECT_EQ(rates->phases[0].read_bytes, 7);
  EXPECT_EQ(rates->phases[0].written_bytes, 8);
}

TEST(CorpusRates, AnythingElseIsRefusedWithTheFilesName) {
  const std::pair<const char*, const char*> changes[] = {
      {"bench-corpus-rates", "bench-plan"},
      {"\"format_version\": 1", "\"format_version\": 2"},
      {"\"documents\": 3", "\"documents\": 0"},
      {"\"seconds\": 1.5", "\"seconds\": -1"},
      {"\"machine\": \"m\",", ""},
      {"[{", "[3,{"},
      {"\"documents\": 3", "\"documents\": \"three\""}};
  for (const auto& [old_text, new_text] : changes) {
    const auto rates = Read(absl::StrReplaceAll(kRates, {{old_text, new_text}}));
    ASSERT_FALSE(rates.ok()) << new_text;
    EXPECT_EQ(ExitCodeFor(rates.status()), ExitCode::kBadData);
    EXPECT_NE(rates.status().message().find("rates.json"), std::string::npos) << rates.status();
  }
  EXPECT_EQ(ExitCodeFor(ReadCorpusRates("/no/such/file").status()), ExitCode::kEnvironment);
}

}  // namespace
}  // namespace bench::harness
