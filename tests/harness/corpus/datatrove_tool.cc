// Answers for compare_datatrove.py: each line of stdin is a JSON string, answered by {"words":
// spaCy's words, "sentences": their number, "simplified": the text for shingles, "signature":
// minima}.
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>

#include "harness/corpus/datatrove_minhash.h"
#include "harness/corpus/datatrove_text.h"
#include "harness/corpus/spacy_english.h"

int main() {
  using Json = nlohmann::json;
  bench::corpus::SpacyEnglish english;
  bench::corpus::DatatroveMinHasher hasher({});
  std::vector<uint64_t> minima;
  std::string line;
  while (std::getline(std::cin, line)) {
    const auto text = Json::parse(line).get<std::string>();
    const std::vector<std::string> words(english.Words(text).begin(), english.Words(text).end());
    hasher.Signature(text, minima);
    std::cout << Json{{"words", words},
                      {"sentences", english.CountSentences(text)},
                      {"simplified", bench::corpus::SimplifiedText(text)},
                      {"signature", minima}}
                     .dump()
              << "\n";
  }
}
