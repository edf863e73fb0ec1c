#include "harness/stages/fetch.h"

#include "base/status.h"

namespace bench::harness {

absl::StatusOr<FetchedSource> FetchAndRecord(const std::string& name, PackageArchive& archive,
                                             RunContext& context) {
  BENCH_ASSIGN_OR_RETURN(const SourceManifest manifest,
                         LoadSourceManifest(context.experiments_root, name));
  const RunClock::Charge charge(context.clock, RunClock::Account::kPrerequisites);
  BENCH_ASSIGN_OR_RETURN(FetchedSource source,
                         FetchSource(manifest, context.store.root(), archive));
  BENCH_RETURN_IF_ERROR(context.writer.TableRow("sources", std::nullopt,
                                                {{"source", source.name},
                                                 {"package", source.package},
                                                 {"package_version", source.package_version},
                                                 {"licence", manifest.licence},
                                                 {"sha256", source.sha256}}));
  return source;
}

}  // namespace bench::harness
