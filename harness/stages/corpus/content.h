// The digest of a user's own files for a corpus, read by all ranks and their threads.
//
// Each rank reads whole files: every file goes, from the largest on, to the rank that has the least
// to read so far. The digest is that of one reader (TreeSha256, harness/model_io/content_digest.h):
// SHA-256 of the lines "<path> <SHA-256 of the file>\n" in byte order of the paths. So it does not
// depend on the number of ranks or threads, and rank 0 hashes no more than a line a file. A file is
// not cut: no number of ranks is faster than the largest one.
// Errors: EnvironmentError for what cannot be read; UsageError, naming the rank, where a rank sees
// other files (names or sizes) than rank 0; StoppedError. Each on one rank; the others are told.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "harness/distributed/ranks.h"

namespace bench::harness {

// Digests the user's own file, with its name (which says its format and is its documents' id), or
// a folder and the folders below it, without links. A file has the digest of a folder that holds it
// alone. Collective; empty on ranks other than 0.
absl::StatusOr<std::string> UserTreeSha256(const std::string& path, int64_t num_threads,
                                           Ranks& ranks);

// The files of each of `num_ranks` ranks, by their places in `sizes`, the largest first.
std::vector<std::vector<size_t>> FilesOfRanks(const std::vector<int64_t>& sizes, int64_t num_ranks);

}  // namespace bench::harness
