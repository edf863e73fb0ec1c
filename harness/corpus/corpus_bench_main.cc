// Times parts of the corpus pipeline on one core and prints one line of JSON; what
// scripts/bench_corpus_vs_datatrove.py calls.
//
//   corpus_bench filters FILE.jsonl          the filters of FineWeb's chain, each document
//   corpus_bench minhash FILE.jsonl FOLDER   signatures, matching and clustering
//   corpus_bench verdicts FILE.jsonl         the chain's verdict on each document, one a line
#include <array>
#include <chrono>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "base/file.h"
#include "base/status.h"
#include "harness/corpus/document_reader.h"
#include "harness/corpus/filter_chain.h"
#include "harness/corpus/near_dedup.h"

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

absl::StatusOr<nlohmann::json> TimeFilters(Documents documents, const std::string&) {
  FilterChain chain(FineWebChain());
  int64_t num_kept = 0;
  for (Document& document : documents) num_kept += !chain.Apply(document);
  return nlohmann::json{{"kept", num_kept}};
}

// NOLINTNEXTLINE(performance-unnecessary-value-param): one signature for all that is timed
absl::StatusOr<nlohmann::json> TimeMinHash(Documents documents, const std::string& folder) {
  const ShuffleFiles files = NearFiles(folder, 1, 1);
  BENCH_ASSIGN_OR_RETURN(auto writer, BandWriter::Create(files, 0, {}, kBudgetBytes));
  for (const Document& document : documents) BENCH_RETURN_IF_ERROR(writer.Add(document));
  BENCH_RETURN_IF_ERROR(writer.Finish());
  BENCH_RETURN_IF_ERROR(MatchBands(files, 0, kBudgetBytes));
  BENCH_RETURN_IF_ERROR(ClusterMatches(files, kBudgetBytes));
  BENCH_ASSIGN_OR_RETURN(const NearRemovals removals, NearRemovals::Open(files));
  return nlohmann::json{{"removed", removals.num_removed()}};
}

absl::StatusOr<nlohmann::json> PrintVerdicts(Documents documents, const std::string&) {
  FilterChain chain(FineWebChain());
  nlohmann::json verdicts = nlohmann::json::array();
  for (Document& document : documents) {
    const auto removal = chain.Apply(document);
    verdicts.push_back(
        removal ? absl::StrCat(std::string(Name(removal->filter)), ":", std::string(removal->rule))
                : std::string("kept"));
  }
  return nlohmann::json{{"verdicts", std::move(verdicts)}};
}

struct Mode {
  std::string_view name;
  absl::StatusOr<nlohmann::json> (*run)(Documents documents, const std::string& folder);
};
constexpr std::array<Mode, 3> kModes = {
    {{"filters", TimeFilters}, {"minhash", TimeMinHash}, {"verdicts", PrintVerdicts}}};

absl::Status Main(const std::vector<std::string>& arguments) {
  for (const Mode& mode : kModes) {
    if (arguments.size() < 2 || arguments[0] != mode.name) continue;
    BENCH_ASSIGN_OR_RETURN(Documents documents, Load(arguments[1]));
    const size_t num_documents = documents.size();
    const auto start = std::chrono::steady_clock::now();
    BENCH_ASSIGN_OR_RETURN(
        nlohmann::json result,
        mode.run(std::move(documents), arguments.size() > 2 ? arguments[2] : "."));
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    result["seconds"] = seconds.count();
    result["documents"] = num_documents;
    std::cout << result.dump() << '\n';
    return absl::OkStatus();
  }
  return UsageError("usage: corpus_bench filters|minhash|verdicts FILE.jsonl [FOLDER]");
}

}  // namespace
}  // namespace bench::corpus

int main(int argc, char** argv) {
  const absl::Status status = bench::corpus::Main({argv + 1, argv + argc});
  if (!status.ok()) std::cerr << "corpus_bench: " << status.message() << '\n';
  return static_cast<int>(bench::ExitCodeFor(status));
}
