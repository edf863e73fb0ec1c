// The small tokenizers of golden/ (make_tokenizer_golden.py), one a kind.
#pragma once

#include <memory>
#include <string>

#include "base/file.h"
#include "gtest/gtest.h"
#include "harness/tokenizers/tokenizer.h"
#include "harness/tokenizers/tokenizer_json.h"

namespace bench::harness {

class GoldenTokenizer {
 public:
  // "llama3", "qwen2", "smollm" or "smollm2" (without the bytes that SmolLM's vocabularies lack).
  explicit GoldenTokenizer(const std::string& kind)
      : json_(*ReadFile(BENCH_TEST_DATA "/harness/tokenizers/golden/tokenizer_" + kind + ".json")),
        backend_(*ReadTokenizerJson(json_, kind)),
        tokenizer_(*Tokenizer::FromFiles(Files(kind, json_))) {}

  // With the names of special tokens that such a model's tokenizer_config.json gives.
  static TokenizerFiles Files(const std::string& kind, const std::string& json) {
    const std::string eos = kind == "llama3" ? "<|eot_id|>" : "<|im_end|>";
    return {TokenizerFormat::kTokenizerJson,
            kind,
            json,
            {{kTokenizerConfigFile, R"({"eos_token": ")" + eos + R"("})"}}};
  }

  const std::string& json() const { return json_; }
  const ByteLevelBpe& backend() const { return *backend_; }
  const Tokenizer& tokenizer() const { return tokenizer_; }

 private:
  std::string json_;
  std::unique_ptr<ByteLevelBpe> backend_;
  Tokenizer tokenizer_;
};

}  // namespace bench::harness
