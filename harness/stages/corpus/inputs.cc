#include "harness/stages/corpus/inputs.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "harness/control/signals.h"
#include "harness/data/alpaca.h"
#include "harness/data/source_content.h"
#include "harness/data/translation_wordings.h"
#include "harness/stages/fetch.h"

namespace bench::harness {
namespace {

constexpr char kUserSource[] = "path";

absl::StatusOr<corpus::CorpusSource> FetchCorpusSource(const std::string& name,
                                                       PackageArchive& archive,
                                                       RunContext& context) {
  BENCH_ASSIGN_OR_RETURN(const SourceManifest manifest,
                         LoadSourceManifest(context.experiments_root, name));
  BENCH_ASSIGN_OR_RETURN(const FetchedSource source, FetchAndRecord(name, archive, context));
  return corpus::CorpusSource{name, source.path, manifest.format};
}

absl::Status AddFiles(const corpus::CorpusSource& source, OnInvalid on_invalid,
                      CorpusFiles& files) {
  BENCH_ASSIGN_OR_RETURN(corpus::SourceFiles found, corpus::FilesOf(source));
  const auto reject = [&](const std::vector<std::string>& names,
                          const char* reason) -> absl::Status {
    for (const std::string& name : names) {
      if (on_invalid == OnInvalid::kError) {
        return DataError(absl::StrCat(source.path, "/", name, ": ", reason));
      }
      files.unread.Add(source.name, {name, reason});
    }
    return absl::OkStatus();
  };
  BENCH_RETURN_IF_ERROR(reject(found.unknown, "the ending of its name tells no format"));
  BENCH_RETURN_IF_ERROR(reject(found.links, "a symbolic link, which is not followed"));
  for (corpus::SourceFile& file : found.files) files.files.push_back(std::move(file));
  return absl::OkStatus();
}

absl::Status AddPart(const std::string& path, size_t part, corpus::EvaluationTexts& texts) {
  return VisitAlpaca(path, {},
                     [&](const SftExample& example) {
                       texts.Add(part, InputText(example));
                       texts.Add(part, example.output);
                       return absl::OkStatus();
                     })
      .status();
}

}  // namespace

absl::StatusOr<CorpusFiles> FindCorpusFiles(const CorpusSpec& spec, RunContext& context) {
  CorpusFiles files;
  const auto archive = DebianArchive();
  for (const std::string& name : spec.sources) {
    BENCH_RETURN_IF_ERROR(CheckNotStopped());
    BENCH_ASSIGN_OR_RETURN(const auto source, FetchCorpusSource(name, *archive, context));
    BENCH_RETURN_IF_ERROR(AddFiles(source, spec.on_invalid, files));
  }
  if (spec.path) {
    BENCH_RETURN_IF_ERROR(
        AddFiles({kUserSource, *spec.path, std::nullopt}, spec.on_invalid, files));
  }
  return files;
}

absl::StatusOr<std::unique_ptr<corpus::EvaluationTexts>> ReadEvaluationTexts(
    const CorpusSpec& spec, const std::map<std::string, Artifact>& inputs) {
  if (!spec.exclude.dataset) return nullptr;
  const std::vector<std::string>& parts = spec.exclude.parts;
  auto texts = std::make_unique<corpus::EvaluationTexts>(parts, spec.decontamination.shingles);
  for (size_t part = 0; part < parts.size(); ++part) {
    const std::string path = inputs.at("exclude").File(absl::StrCat(parts[part], ".jsonl"));
    if (!Exists(path)) {
      return UsageError(absl::StrCat("corpus.exclude.parts: ", ToString(*spec.exclude.dataset),
                                     " has no part ", parts[part]));
    }
    BENCH_RETURN_IF_ERROR(AddPart(path, part, *texts));
  }
  return texts;
}

}  // namespace bench::harness
