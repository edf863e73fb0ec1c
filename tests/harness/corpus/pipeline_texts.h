// Texts with planted duplicates for the tests of whole pipelines, and what a pipeline leaves.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/harness/corpus/corpus_fixture.h"
#include "tests/harness/corpus/dedup_texts.h"

namespace bench::corpus {

inline constexpr size_t kNumClusters = 8;

// Of 200 words, twice, and with the first or the last replaced, which is in one of the 196 5-grams:
// J = 195 / 197 = 0.99 to the original, 194 / 198 = 0.98 between the two. A pair is missed with
// probability (1 - 0.98^8)^14 = 10^-12.
inline std::vector<std::vector<std::string>> PlantedClusters() {
  harness::Random random(3);
  std::vector<std::vector<std::string>> clusters;
  for (size_t i = 0; i < kNumClusters; ++i) {
    const std::vector<std::string> words = RandomWords(random, 200);
    std::vector<std::string> cluster = {Joined(words), Joined(words)};
    for (const size_t replaced : {0, 199}) {
      std::vector<std::string> near = words;
      near[replaced] = RandomWords(random, 1)[0];
      cluster.push_back(Joined(near));
    }
    clusters.push_back(cluster);
  }
  return clusters;
}

inline void WriteClusters(const std::vector<std::vector<std::string>>& clusters,
                          CorpusFixture& corpus) {
  for (size_t i = 0; i < clusters.size(); ++i) {
    for (size_t k = 0; k < clusters[i].size(); ++k) {
      corpus.Write(absl::StrCat("c", i, "-", k, ".txt"), clusters[i][k]);
    }
  }
}

// Everything that a run leaves, as text.
inline std::string Content(const CorpusPlan& plan, const PipelineResult& result) {
  std::string content;
  for (const Document& document : FinalDocuments(plan)) {
    absl::StrAppend(&content, document.id, "|", document.language, "|", document.text, "\n");
  }
  for (const auto& [rule, removals] : result.report.removed.rules()) {
    absl::StrAppend(&content, rule.first, ":", rule.second, " ", removals.num_documents, " ",
                    removals.num_bytes, "\n");
    for (const auto& [digest, sample] : removals.samples) absl::StrAppend(&content, sample.id, " ");
  }
  for (const auto& [step, count] : result.report.shortened) {
    absl::StrAppend(&content, step, " ", count.num_documents, " ", count.num_bytes, "\n");
  }
  for (const auto& sample : result.duplicate_samples) {
    absl::StrAppend(&content, sample.removed.id, " -> ", sample.survivor.id, "\n");
  }
  return content;
}

inline void EnableAll(CorpusSpec& spec) {
  spec.paragraphs.enabled = true;
  spec.substrings.enabled = true;
  spec.substrings.min_bytes = 50;
}

inline void WriteMixed(CorpusFixture& corpus) {
  WriteClusters(PlantedClusters(), corpus);
  harness::Random random(8);
  const std::string line = Joined(RandomWords(random, 8));
  const std::string passage = Joined(RandomWords(random, 30));
  for (int i = 0; i < 12; ++i) {
    corpus.Write(absl::StrCat("l", i, ".txt"),
                 absl::StrCat(Joined(RandomWords(random, 30)), "\n", line, "\nwrite to a", i,
                              "@b.example.org ", passage, Joined(RandomWords(random, 10)), "\n"));
  }
}

}  // namespace bench::corpus
