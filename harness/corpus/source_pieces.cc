#include "harness/corpus/source_pieces.h"

#include <algorithm>
#include <filesystem>
#include <numeric>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "base/status.h"
#include "harness/control/signals.h"
#include "harness/corpus/byte_source.h"

namespace bench::corpus {
namespace {

constexpr size_t kBufferBytes = size_t{1} << 16;
constexpr int64_t kCompressedWeight = 4;

std::string PathOf(const SourceFile& file) {
  return absl::StrCat(file.root, "/", file.relative_path);
}

// 0 for a file that cannot be looked at, which reading it tells.
int64_t SizeOf(const std::string& path) {
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  return error ? 0 : static_cast<int64_t>(size);
}

std::string UnpackedFolder(const std::string& folder, size_t file) {
  return absl::StrCat(folder, "/unpacked/", file);
}
std::string BlockPath(const std::string& folder, size_t file, size_t block) {
  return absl::StrCat(UnpackedFolder(folder, file), "/", block);
}

// The bytes of a source as files of whole lines.
class Unpacking {
 public:
  Unpacking(std::string folder, size_t file, int64_t block_bytes)
      : folder_(std::move(folder)), file_(file), block_bytes_(block_bytes) {}

  absl::Status Run(ByteSource& source) {
    std::string buffer(kBufferBytes, '\0');
    for (;;) {
      BENCH_RETURN_IF_ERROR(harness::CheckNotStopped());
      const auto count = source.Read(buffer.data(), buffer.size());
      if (!count.ok()) return count.status();
      if (*count == 0) return in_line_ || block_.num_bytes > 0 ? EndBlock() : absl::OkStatus();
      BENCH_RETURN_IF_ERROR(Take(std::string_view(buffer.data(), *count)));
    }
  }

  const std::vector<LineCount>& blocks() const { return blocks_; }
  // Of the line that is being read.
  int64_t line() const {
    return std::accumulate(blocks_.begin(), blocks_.end(), block_.num_lines + 1,
                           [](int64_t sum, const LineCount& b) { return sum + b.num_lines; });
  }

 private:
  absl::Status Take(std::string_view bytes) {
    while (!bytes.empty()) {
      // What the block may still take, and then up to the end of the line.
      const auto room = static_cast<size_t>(std::max<int64_t>(block_bytes_ - block_.num_bytes, 1));
      size_t size = std::min(room, bytes.size());
      if (size == room) size = std::min(bytes.find('\n', room - 1), bytes.size() - 1) + 1;
      const std::string_view taken = bytes.substr(0, size);
      BENCH_RETURN_IF_ERROR(Append(taken));
      if (block_.num_bytes >= block_bytes_ && !in_line_) BENCH_RETURN_IF_ERROR(EndBlock());
      bytes.remove_prefix(size);
    }
    return absl::OkStatus();
  }

  absl::Status Append(std::string_view bytes) {
    if (!written_) {
      BENCH_RETURN_IF_ERROR(RemoveTree(WrittenPath()));  // of an attempt that was killed
      BENCH_ASSIGN_OR_RETURN(AppendFile file, AppendFile::Open(WrittenPath()));
      written_.emplace(std::move(file));
    }
    block_.num_bytes += std::ssize(bytes);
    block_.num_lines += std::count(bytes.begin(), bytes.end(), '\n');
    in_line_ = bytes.back() != '\n';
    return written_->Append(bytes);
  }

  absl::Status EndBlock() {
    block_.num_lines += in_line_ ? 1 : 0;
    in_line_ = false;
    written_.reset();
    BENCH_RETURN_IF_ERROR(
        PublishExisting(WrittenPath(), BlockPath(folder_, file_, blocks_.size())));
    blocks_.push_back(block_);
    block_ = {};
    return absl::OkStatus();
  }

  std::string WrittenPath() const {
    return absl::StrCat(BlockPath(folder_, file_, blocks_.size()), ".writing");
  }

  const std::string folder_;
  const size_t file_;
  const int64_t block_bytes_;
  std::optional<AppendFile> written_;
  std::vector<LineCount> blocks_;
  LineCount block_;  // that is being written
  bool in_line_ = false;
};

absl::StatusOr<std::vector<LineCount>> Unpack(const SourceFile& file, const std::string& folder,
                                              size_t number, int64_t split_bytes) {
  BENCH_RETURN_IF_ERROR(MakeFolders(UnpackedFolder(folder, number)));
  BENCH_ASSIGN_OR_RETURN(const auto source, ByteSource::Open(PathOf(file)));
  Unpacking unpacking(folder, number, split_bytes);
  const absl::Status status = unpacking.Run(*source);
  if (ExitCodeFor(status) == ExitCode::kBadData) {
    return Annotate(status, absl::StrCat(PathOf(file), ":", unpacking.line()));
  }
  if (!status.ok()) return status;
  return unpacking.blocks();
}

absl::StatusOr<std::vector<LineCount>> Count(const SourceFile& file, const ByteRange& range) {
  BENCH_ASSIGN_OR_RETURN(const auto lines, OpenLineRange(PathOf(file), range));
  BENCH_ASSIGN_OR_RETURN(const int64_t num_lines, CountLines(*lines));
  return std::vector<LineCount>{{num_lines, range.end - range.begin}};
}

}  // namespace

absl::StatusOr<std::vector<LargePart>> LargeParts(const std::vector<SourceFile>& files,
                                                  int64_t split_bytes) {
  std::vector<LargePart> parts;
  for (size_t i = 0; i < files.size(); ++i) {
    if (files[i].format != DocumentFormat::kJsonLines) continue;
    const std::string path = PathOf(files[i]);
    const int64_t size = SizeOf(path);
    if (size <= split_bytes) continue;
    BENCH_ASSIGN_OR_RETURN(const bool compressed, HoldsCompressedBytes(path));
    if (compressed) {
      parts.push_back({i, 0, std::nullopt});
      continue;
    }
    int64_t number = 0;
    for (const ByteRange& range : CutBytes(size, split_bytes))
      parts.push_back({i, number++, range});
  }
  return parts;
}

absl::StatusOr<SplitFiles> SplitLargeFiles(const SplitWork& work, int part, int num_parts) {
  SplitFiles split;
  for (auto i = static_cast<size_t>(part); i < work.large.size();
       i += static_cast<size_t>(num_parts)) {
    BENCH_RETURN_IF_ERROR(harness::CheckNotStopped());
    const LargePart& large = work.large[i];
    const SourceFile& file = work.files[large.file];
    std::vector<LineCount>& counts = split.counts[i];
    if (large.range) {
      BENCH_ASSIGN_OR_RETURN(counts, Count(file, *large.range));
      split.read_bytes += large.range->end - large.range->begin;
      continue;
    }
    BENCH_ASSIGN_OR_RETURN(counts, Unpack(file, work.folder, large.file, work.split_bytes));
    split.read_bytes += SizeOf(PathOf(file));
    for (size_t block = 0; block < counts.size(); ++block) {
      split.made.push_back(BlockPath(work.folder, large.file, block));
    }
  }
  return split;
}

std::vector<SourcePiece> PiecesOf(const std::vector<SourceFile>& files,
                                  const std::vector<LargePart>& large, const PartCounts& counts,
                                  const std::string& folder) {
  std::vector<SourcePiece> pieces;
  size_t next = 0;  // of the large parts
  for (size_t i = 0; i < files.size(); ++i) {
    if (next == large.size() || large[next].file != i) {
      pieces.push_back({files[i], std::nullopt, SizeOf(PathOf(files[i]))});
      continue;
    }
    FilePart part;
    for (; next < large.size() && large[next].file == i; ++next) {
      const std::vector<LineCount>& of_part = counts.at(next);
      for (size_t block = 0; block < of_part.size(); ++block) {
        part.range = large[next].range.value_or(ByteRange{0, of_part[block].num_bytes});
        part.path = large[next].range ? PathOf(files[i]) : BlockPath(folder, i, block);
        pieces.push_back({files[i], part, of_part[block].num_bytes});
        part.first_record += of_part[block].num_lines;
        ++part.number;
      }
    }
  }
  return pieces;
}

std::vector<std::vector<size_t>> ShardsOf(const std::vector<SourcePiece>& pieces, int num_shards) {
  const auto weight = [&](size_t piece) {
    const SourcePiece& p = pieces[piece];
    const bool grows = !p.part && IsCompressed(p.file.relative_path);
    return p.num_bytes * (grows ? kCompressedWeight : 1);
  };
  std::vector<size_t> order(pieces.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return weight(a) > weight(b); });
  std::vector<std::vector<size_t>> shards(static_cast<size_t>(num_shards));
  std::vector<std::pair<int64_t, size_t>> loads;  // least first, of equal ones the first shard
  for (size_t shard = 0; shard < shards.size(); ++shard) loads.emplace_back(0, shard);
  const auto later = std::greater<>();
  for (const size_t piece : order) {
    std::pop_heap(loads.begin(), loads.end(), later);
    auto& [load, shard] = loads.back();
    // A piece without bytes takes its time too.
    load += weight(piece) + 1;
    shards[shard].push_back(piece);
    std::push_heap(loads.begin(), loads.end(), later);
  }
  for (auto& shard : shards) std::sort(shard.begin(), shard.end());
  return shards;
}

}  // namespace bench::corpus
