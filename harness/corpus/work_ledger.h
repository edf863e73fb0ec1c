// What is finished of a corpus' work, so that a run that was killed goes on where it was.
//
//   <folder>/work                what the work is of, for how many processes it was cut, and how
//                                often it was begun
//   <folder>/done/<phase>/<part>  a finished part: what it was made from, what it made, its report
//
// Each file is packed fields (packed_bytes.h) and their XXH3-128, and that of a part then has its
// report, whose digest is one of the fields. It is published (base/file.h) after what the part
// made, so a part is finished or absent. A part that was made from something else (another
// definition, other files, other results of the phases before) is not finished: it is made again.
// So is one whose record is damaged. Any number of ranks may continue the work: a part belongs to
// no rank until it is begun. Errors: EnvironmentError for what the system refuses. Nothing of
// finished parts is ever removed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "harness/corpus/digest.h"
#include "harness/corpus/rank_group.h"

namespace bench::corpus {

struct WorkState {
  Digest128 recipe;          // of everything that the work is a function of
  int64_t least_shards = 1;  // that the first attempt has cut the work into
  int64_t attempt = 1;
};

// Begins the work in `folder`, or continues what is there. Collective. `least_shards` counts where
// the work begins. EnvironmentError where the work there is of another recipe or its file cannot be
// read (nothing is removed: the user decides), and where a rank's recipe is not rank 0's.
absl::StatusOr<WorkState> OpenWork(const std::string& folder, const Digest128& recipe,
                                   int64_t least_shards, const RankGroup& ranks);

struct PartSummary {
  Digest128 made_from;
  Digest128 made;
  int64_t attempt = 1;
  double seconds = 0;
  int64_t read_bytes = 0;
  int64_t written_bytes = 0;

  template <typename Archive>
  void VisitFields(Archive& archive) {
    archive(made_from, made, attempt, seconds, read_bytes, written_bytes);
  }
};
struct PartRecord : PartSummary {
  std::string result;  // what the phase says of the part
};

std::string PartRecordPath(const std::string& folder, std::string_view phase, int part);
absl::Status PublishPart(const std::string& folder, std::string_view phase, int part,
                         const PartRecord& record);
// nullopt for a part that is not finished.
absl::StatusOr<std::optional<PartRecord>> FindPart(const std::string& folder,
                                                   std::string_view phase, int part);
// Without the result, which is not read: every rank asks for all parts after each phase.
absl::StatusOr<std::optional<PartSummary>> FindPartSummary(const std::string& folder,
                                                           std::string_view phase, int part);

// What a part made: of every file its name below `folder`, its size and its last 32 bytes, which
// hold the digest of a file of records (record_file.h) and the counts of a file of documents.
struct OutputFiles {
  Digest128 digest;
  int64_t num_bytes = 0;
};
absl::StatusOr<OutputFiles> DescribeFiles(const std::string& folder,
                                          const std::vector<std::string>& paths);

// Of files that are there.
absl::StatusOr<int64_t> FileBytes(const std::vector<std::string>& paths);

}  // namespace bench::corpus
