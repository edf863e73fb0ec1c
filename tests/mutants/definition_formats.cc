#include "harness/definition/decode.h"
#include "harness/definition/lock.h"
#include "tests/harness/definition/sample_definitions.h"
#include "tests/mutants/format.h"

namespace bench::mutants {
namespace {

std::vector<std::string> TomlWords() {
  return {"[",    "]",      "[[",       "]]",    "{",           "}",
          "=",    "\n",     ".",        "\"",    "\"\"\"",      "'''",
          "a.",   "a.b = ", "#",        "\\u",   "1e400",       "nan",
          "true", ",",      "stage = ", "[a.b]", "\xFF",        "2026-01-01T00:00:00Z",
          "0x",   "a = [[", "\r",       "\\",    "\xE2\x80\xAE"};
}

Corpus Definitions() {
  const std::string full =
      ReadFile(std::string(BENCH_SOURCE_DIR) + "/experiments/sft_small/v1.toml").value();
  return {{full, std::string(harness::kSmallSft), std::string(harness::kSmallTokenizer),
           std::string(harness::kSmallTranslations)},
          TomlWords()};
}

absl::Status ReadDefinition(const std::string& bytes, const std::string&) {
  return harness::Decode(bytes).status();
}

// A definition stays as it is; the mutants are --set's arguments.
Corpus Overrides() {
  return {{"training.steps=3", "data.mix=[{task = \"a\", weight = 1.0}]",
           "optimizer.learning_rate=1e-3", "tokenizer.path=\"x.model\""},
          TomlWords()};
}

absl::Status ReadOverride(const std::string& bytes, const std::string&) {
  return harness::Decode(harness::kSmallSft, {bytes}).status();
}

Corpus Locks() {
  const std::string path = std::string(BENCH_SOURCE_DIR) + "/experiments/versions.lock";
  return {{ReadFile(path).value()}, {"@", " ", "\n", "@1 ", "#", "99999999999999999999"}};
}

absl::Status ReadLock(const std::string& bytes, const std::string&) {
  return harness::Lock::Parse(bytes, "versions.lock").status();
}

}  // namespace

std::vector<Format> DefinitionFormats() {
  return {
      {"experiment definition (TOML)", Definitions, ReadDefinition, ExitCode::kUsage},
      {"--set override", Overrides, ReadOverride, ExitCode::kUsage},
      {"versions.lock", Locks, ReadLock, ExitCode::kUsage},
  };
}

}  // namespace bench::mutants
