#include "harness/run/vocabulary.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "base/status.h"
#include "harness/definition/load.h"
#include "harness/run/inputs.h"
#include "harness/stages/clm/data.h"
#include "harness/stages/clm/row_folder.h"
#include "harness/store/store.h"
#include "harness/tokenizers/tokenizer.h"
#include "models/hf_folder.h"

namespace bench::harness {
namespace {

absl::StatusOr<int64_t> SizeOf(const std::string& path) {
  BENCH_ASSIGN_OR_RETURN(TokenizerFiles files, ReadTokenizerFiles(path));
  BENCH_ASSIGN_OR_RETURN(const Tokenizer tokenizer, Tokenizer::FromFiles(std::move(files)));
  return tokenizer.vocab_size();
}

absl::StatusOr<std::optional<Artifact>> Find(const ArtifactRef& artifact,
                                             const VocabularySources& sources) {
  if (!Exists(sources.store_root)) return std::nullopt;
  BENCH_ASSIGN_OR_RETURN(const Store store, Store::Open(sources.store_root));
  return FindArtifact(artifact, store, sources.experiments_root);
}

absl::Status KnownWhenMade(const std::string& name) {
  return UsageError(absl::StrCat(name,
                                 " has not run here, and its symbols are known then: run "
                                 "it first, or give --vocab-size"));
}

// What stage "clm" takes rows of symbols from (its Inputs).
absl::StatusOr<Vocabulary> OfRows(const std::string& name, const Definition& definition) {
  if (std::find(kRowStages.begin(), kRowStages.end(), definition.kind()) == kRowStages.end()) {
    return UsageError(absl::StrCat("data.dataset: ", name, " is an experiment of stage ",
                                   internal::View(Name(definition.kind())),
                                   ", which makes no rows of symbols"));
  }
  return KnownWhenMade(name);
}

// What tokenizer.artifact is taken from (DecoderInputs).
absl::StatusOr<Vocabulary> OfTokenizer(const std::string& name, const Definition& definition) {
  if (definition.kind() == StageKind::kGenerated) return KnownWhenMade(name);
  const std::string source =
      absl::StrCat("by the definition of ", name, ", which has not run here");
  if (const auto* tokenizer = std::get_if<TokenizerSpec>(&definition.stage)) {
    return Vocabulary{tokenizer->vocab_size, source};
  }
  if (const auto* synthetic = std::get_if<SyntheticSpec>(&definition.stage)) {
    return Vocabulary{synthetic->vocab_size, source};
  }
  return UsageError(absl::StrCat("tokenizer.artifact: ", name, " is an experiment of stage ",
                                 internal::View(Name(definition.kind())), ", not tokenizer"));
}

// What the artifact's definition says where the store has no artifact.
using OfDefinition = absl::StatusOr<Vocabulary> (*)(const std::string& name,
                                                    const Definition& definition);

absl::StatusOr<Vocabulary> OfArtifact(const ArtifactRef& artifact, OfDefinition of_definition,
                                      const VocabularySources& sources) {
  const std::string name = ToString(artifact);
  BENCH_ASSIGN_OR_RETURN(const std::optional<Artifact> found, Find(artifact, sources));
  if (found) {
    BENCH_ASSIGN_OR_RETURN(const int64_t size, SizeOf(found->folder));
    return Vocabulary{size, absl::StrCat("of the tokenizer that ", name, " made")};
  }
  BENCH_ASSIGN_OR_RETURN(const LoadedDefinition loaded,
                         LoadDefinition(name, {sources.experiments_root, {}}));
  return of_definition(name, loaded.definition);
}

}  // namespace

absl::StatusOr<Vocabulary> VocabularyOf(const TrainedStage& stage,
                                        const VocabularySources& sources) {
  if (stage.init->folder) {
    BENCH_ASSIGN_OR_RETURN(const auto config, models::ReadHfConfig(*stage.init->folder));
    return Vocabulary{config.vocab_size, absl::StrCat("of the weights in ", *stage.init->folder)};
  }
  if (stage.characters) {
    return Vocabulary{kMaxCharacters,
                      "its bound: it is the characters of the text; see --vocab-size"};
  }
  if (stage.symbols != nullptr && *stage.symbols) {
    return OfArtifact(**stage.symbols, OfRows, sources);
  }
  if (stage.tokenizer->path) {
    BENCH_ASSIGN_OR_RETURN(const int64_t size, SizeOf(*stage.tokenizer->path));
    return Vocabulary{size, absl::StrCat("of ", *stage.tokenizer->path)};
  }
  if (!stage.tokenizer->artifact) {
    return UsageError(
        "tokenizer.symbols: the vocabulary is known when the rows are made; give --vocab-size");
  }
  return OfArtifact(*stage.tokenizer->artifact, OfTokenizer, sources);
}

}  // namespace bench::harness
