#include "harness/stages/clm/text_data.h"

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "harness/data/source.h"
#include "harness/model_io/content_digest.h"
#include "harness/stages/fetch.h"

namespace bench::harness {

absl::Status AddTextDigests(const NamedText& text, const std::string& experiments_root,
                            InputDigests& digests) {
  const ClmDataSpec& data = text.data;
  if (data.path) {
    BENCH_ASSIGN_OR_RETURN(digests["data"], TreeSha256(*data.path));
  }
  if (!data.source) return absl::OkStatus();
  BENCH_ASSIGN_OR_RETURN(const SourceManifest manifest,
                         LoadSourceManifest(experiments_root, *data.source));
  if (manifest.kind != SourceKind::kFiles) {
    return UsageError(absl::StrCat(internal::View(text.table), ".source: ", manifest.path,
                                   " is not of kind \"files\""));
  }
  digests[absl::StrCat("source/", manifest.name)] = manifest.sha256;
  return absl::OkStatus();
}

absl::StatusOr<ClmText> ReadTextData(const ClmDataSpec& data, RunContext& context) {
  if (data.path) return ReadClmText(*data.path);
  const auto archive = DebianArchive();
  BENCH_ASSIGN_OR_RETURN(const FetchedSource source,
                         FetchAndRecord(*data.source, *archive, context));
  return ReadClmText(source.path);
}

}  // namespace bench::harness
