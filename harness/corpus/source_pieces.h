// The files of a corpus in pieces that are read by themselves, so that one large file is no limit.
//
// A file of JSON lines above the specification's split_mib is cut: a plain one by byte ranges
// (line_range.h), whose lines are counted first, so that every record keeps its number in the file;
// of a compressed one a single reader makes files of whole lines, each of split_mib or little more.
// Any other file is one piece. Which pieces there are depends on the files and split_mib alone.
//
//   SplitLargeFiles part p of n   the lines of the ranges and the blocks of compressed files, every
//                                 n-th of them; reads each large file once, writes compressed ones
//                                 as <folder>/unpacked/<file>/<block>
// Errors: DataError "path:line: ..." for a compressed file that is damaged; EnvironmentError.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "harness/corpus/document_reader.h"
#include "harness/corpus/line_range.h"

namespace bench::corpus {

// What is counted of a large file: a range of a plain one, or a compressed one as a whole.
struct LargePart {
  size_t file = 0;                 // index
  int64_t number = 0;              // of the range in its file
  std::optional<ByteRange> range;  // absent: compressed
};

absl::StatusOr<std::vector<LargePart>> LargeParts(const std::vector<SourceFile>& files,
                                                  int64_t split_bytes);

// Of a range, or of each block that a compressed file was unpacked to.
struct LineCount {
  int64_t num_lines = 0;
  int64_t num_bytes = 0;
};
using PartCounts = std::map<uint64_t, std::vector<LineCount>>;  // by the number of the large part

struct SplitFiles {
  PartCounts counts;
  std::vector<std::string> made;  // files
  int64_t read_bytes = 0;
};
// What is split, where to and into what.
struct SplitWork {
  const std::vector<SourceFile>& files;
  const std::vector<LargePart>& large;
  std::string folder;
  int64_t split_bytes;
};
// Part `part` of `num_parts` of the work.
absl::StatusOr<SplitFiles> SplitLargeFiles(const SplitWork& work, int part, int num_parts);

struct SourcePiece {
  SourceFile file;
  std::optional<FilePart> part;  // absent: all of it
  int64_t num_bytes = 0;         // to be read
};

// In the order of the files. `counts` holds all of `large`.
std::vector<SourcePiece> PiecesOf(const std::vector<SourceFile>& files,
                                  const std::vector<LargePart>& large, const PartCounts& counts,
                                  const std::string& folder);

// The pieces of each shard, in their order: largest first, each to the shard that has the least so
// far. Bytes of a compressed file count several times, as it unpacks to more.
std::vector<std::vector<size_t>> ShardsOf(const std::vector<SourcePiece>& pieces, int num_shards);

}  // namespace bench::corpus
