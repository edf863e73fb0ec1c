// Times parts of the corpus pipeline on one core and prints one line of JSON; what
// scripts/bench_corpus_vs_datatrove.py and bench_corpus_vs_rust.py call.
//
//   corpus_bench filters PRESET FILE.jsonl FOLDER    the filters of FineWeb's chain, each document
//   corpus_bench minhash PRESET FILE.jsonl FOLDER    signatures, matching and clustering
//   corpus_bench exact PRESET FILE.jsonl FOLDER      exact deduplication, from reading the file on
//   corpus_bench verdicts PRESET FILE.jsonl FOLDER   the chain's verdict on each document, and the
//                                                    text of those that it keeps
//   corpus_bench clusters PRESET FILE.jsonl FOLDER   the near-duplicate cluster of each document:
//   the
//                                                    first document of it
//   corpus_bench masks RULE FILE.jsonl FOLDER        what the masks replace in each text as it is:
//                                                    kind, first byte, byte after the last
// RULE is form or context. PRESET is published or datatrove; FOLDER is for working files.
#include <algorithm>
#include <array>
#include <chrono>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "base/file.h"
#include "base/json.h"
#include "base/status.h"
#include "harness/corpus/document_reader.h"
#include "harness/corpus/exact_dedup.h"
#include "harness/corpus/filter_chain.h"
#include "harness/corpus/near_dedup.h"
#include "harness/corpus/shuffle.h"

namespace bench::corpus {
namespace {

constexpr int64_t kBudgetBytes = int64_t{256} << 20;
using Documents = std::vector<Document>;

absl::StatusOr<Documents> Load(const std::string& path) {
  Documents documents;
  const size_t slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash);
  BENCH_RETURN_IF_ERROR(
      VisitDocuments(
          {"bench", folder, path.substr(path.rfind('/') + 1), DocumentFormat::kJsonLines},
          {.on_invalid = OnInvalid::kError},
          [&](Document document) {
            documents.push_back(std::move(document));
            return absl::OkStatus();
          },
          [](const Rejection&) { return absl::OkStatus(); })
          .status());
  return documents;
}

struct Task {
  std::string choice;  // the preset, or the rule
  std::string path;
  std::string folder;
  Documents documents;

  bool IsDatatrove() const { return choice == "datatrove"; }
  FilterChain Chain() const {
    return FilterChain(
        FineWebChain(IsDatatrove() ? FilterPreset::kDatatrove : FilterPreset::kPublished));
  }
  MinHashParameters MinHash() const {
    MinHashParameters parameters;
    if (IsDatatrove()) parameters.preset = harness::MinHashPreset::kDatatrove;
    return parameters;
  }
};
using Result = absl::StatusOr<nlohmann::json>;

Result TimeFilters(Task& task) {
  FilterChain chain = task.Chain();
  int64_t num_kept = 0;
  for (Document& document : task.documents) num_kept += !chain.Apply(document);
  return nlohmann::json{{"kept", num_kept}};
}

absl::StatusOr<NearRemovals> Deduplicate(const Task& task) {
  const ShuffleFiles files = NearFiles(task.folder, 1, 1);
  BENCH_ASSIGN_OR_RETURN(auto writer, BandWriter::Create(files, 0, task.MinHash(), kBudgetBytes));
  for (const Document& document : task.documents) BENCH_RETURN_IF_ERROR(writer.Add(document));
  BENCH_RETURN_IF_ERROR(writer.Finish());
  BENCH_RETURN_IF_ERROR(MatchBands(files, 0, kBudgetBytes));
  BENCH_ASSIGN_OR_RETURN(const ShuffleFiles found, ClusterMatches(files, kBudgetBytes));
  return NearRemovals::Open(found);
}

Result TimeMinHash(Task& task) {
  BENCH_ASSIGN_OR_RETURN(const NearRemovals removals, Deduplicate(task));
  return nlohmann::json{{"removed", removals.num_removed()}};
}

// The file is read within the time, as what it is compared with reads it.
Result TimeExact(Task& task) {
  BENCH_ASSIGN_OR_RETURN(task.documents, Load(task.path));
  const ShuffleFiles files = ExactFiles(task.folder, 1, 1);
  BENCH_ASSIGN_OR_RETURN(auto writer, ShuffleWriter<ExactRecord>::Create(files, 0, kBudgetBytes));
  for (const Document& document : task.documents) {
    BENCH_RETURN_IF_ERROR(writer.Add(ExactRecordOf(document)));
  }
  BENCH_RETURN_IF_ERROR(writer.Finish());
  BENCH_RETURN_IF_ERROR(RemoveExactDuplicates(files, 0, kBudgetBytes).status());
  BENCH_ASSIGN_OR_RETURN(const ExactRemovals removals, ExactRemovals::Open(files));
  int64_t num_removed = 0;
  for (const Document& document : task.documents) num_removed += removals.Contains(document);
  return nlohmann::json{{"removed", num_removed}};
}

Result PrintVerdicts(Task& task) {
  FilterChain chain = task.Chain();
  nlohmann::json verdicts = nlohmann::json::array(), texts = nlohmann::json::array();
  for (Document& document : task.documents) {
    const auto removal = chain.Apply(document);
    verdicts.push_back(
        removal ? absl::StrCat(std::string(Name(removal->filter)), ":", std::string(removal->rule))
                : std::string("kept"));
    texts.push_back(removal ? nlohmann::json() : nlohmann::json(document.text));
  }
  return nlohmann::json{{"verdicts", std::move(verdicts)}, {"texts", std::move(texts)}};
}

Result PrintClusters(Task& task) {
  BENCH_ASSIGN_OR_RETURN(const NearRemovals removals, Deduplicate(task));
  std::map<Digest128, size_t> first;
  nlohmann::json clusters = nlohmann::json::array();
  for (const Document& document : task.documents) {
    const Digest128 digest = ContentDigest(document);
    const Digest128 survivor = removals.SurvivorOver(digest).value_or(digest);
    clusters.push_back(first.emplace(survivor, clusters.size()).first->second);
  }
  return nlohmann::json{{"clusters", std::move(clusters)}};
}

// Not of documents: their texts are normalised, and offsets are to be those of the file's texts.
Result PrintMasks(Task& task) {
  constexpr std::array<std::string_view, 4> kNames = {"email", "ipv4", "ipv6", "phone"};
  PiiParameters parameters;
  if (task.choice == "context") parameters.rule = harness::PiiRule::kContext;
  BENCH_ASSIGN_OR_RETURN(const std::string lines, ReadFile(task.path));
  nlohmann::json masks = nlohmann::json::array();
  for (size_t begin = 0; begin < lines.size();) {
    const size_t end = std::min(lines.find('\n', begin), lines.size());
    BENCH_ASSIGN_OR_RETURN(const auto line, ParseJson(lines.substr(begin, end - begin)));
    nlohmann::json found = nlohmann::json::array();
    for (const PiiSpan& span : MaskPii(line.at("text").get<std::string>(), parameters).spans) {
      found.push_back({kNames[static_cast<size_t>(span.kind)], span.begin, span.end});
    }
    masks.push_back(std::move(found));
    begin = end + 1;
  }
  return nlohmann::json{{"masks", std::move(masks)}};
}

struct Mode {
  std::string_view name;
  bool reads_documents;
  std::array<std::string_view, 2> choices;
  Result (*run)(Task& task);
};
constexpr std::array<std::string_view, 2> kPresets = {"published", "datatrove"};
constexpr std::array<Mode, 6> kModes = {{{"filters", true, kPresets, TimeFilters},
                                         {"minhash", true, kPresets, TimeMinHash},
                                         {"exact", false, kPresets, TimeExact},
                                         {"verdicts", true, kPresets, PrintVerdicts},
                                         {"clusters", true, kPresets, PrintClusters},
                                         {"masks", false, {"form", "context"}, PrintMasks}}};

absl::Status Main(const std::vector<std::string>& arguments) {
  const auto is_asked_for = [&arguments](const Mode& mode) {
    return arguments.size() == 4 && mode.name == arguments[0] &&
           std::find(mode.choices.begin(), mode.choices.end(), arguments[1]) != mode.choices.end();
  };
  const auto mode = std::find_if(kModes.begin(), kModes.end(), is_asked_for);
  if (mode == kModes.end()) {
    return UsageError(
        "usage: corpus_bench filters|minhash|exact|verdicts|clusters published|datatrove "
        "FILE.jsonl "
        "FOLDER, or corpus_bench masks form|context FILE.jsonl FOLDER");
  }
  Task task{.choice = arguments[1], .path = arguments[2], .folder = arguments[3], .documents = {}};
  if (mode->reads_documents) {
    BENCH_ASSIGN_OR_RETURN(task.documents, Load(task.path));
  }
  const auto start = std::chrono::steady_clock::now();
  BENCH_ASSIGN_OR_RETURN(nlohmann::json result, mode->run(task));
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  result["seconds"] = seconds.count();
  result["documents"] = task.documents.size();
  std::cout << result.dump() << '\n';
  return absl::OkStatus();
}

}  // namespace
}  // namespace bench::corpus

int main(int argc, char** argv) {
  const absl::Status status = bench::corpus::Main({argv + 1, argv + argc});
  if (!status.ok()) std::cerr << "corpus_bench: " << status.message() << '\n';
  return static_cast<int>(bench::ExitCodeFor(status));
}
