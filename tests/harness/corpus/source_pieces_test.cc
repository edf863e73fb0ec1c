#include "harness/corpus/source_pieces.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "base/status.h"
#include "base/subprocess.h"
#include "tests/support/temp_folder.h"

namespace bench::corpus {
namespace {

constexpr int64_t kSplitBytes = 100;

std::string Lines(int count) {
  std::string lines;
  for (int i = 1; i <= count; ++i) {
    absl::StrAppend(&lines, "{\"text\":\"number ", i, "\"}", i % 3 == 0 ? "\r\n" : "\n");
  }
  return lines;
}

class SourcePiecesTest : public testing::Test {
 protected:
  void Write(const std::string& name, const std::string& bytes) {
    ASSERT_TRUE(PublishFile(folder_ / name, bytes).ok());
    files_.push_back({"source", folder_.path(), name, *FormatOf(name)});
  }
  void WriteCompressed(const std::string& program, const std::string& name,
                       const std::string& bytes) {
    ASSERT_TRUE(PublishFile(folder_ / "plain", bytes).ok());
    const auto output = RunProgram({program, "-c", folder_ / "plain"});
    ASSERT_TRUE(output.ok() && output->exit_code == 0);
    ASSERT_GT(std::ssize(output->out), kSplitBytes);
    Write(name, output->out);
  }

  // As `num_parts` units of work.
  std::vector<SourcePiece> Pieces(int num_parts) {
    const std::string work = absl::StrCat(folder_.path(), "/work-", num_parts);
    const auto large = LargeParts(files_, kSplitBytes);
    EXPECT_TRUE(large.ok()) << large.status();
    PartCounts counts;
    for (int part = 0; part < num_parts; ++part) {
      auto split = SplitLargeFiles({files_, *large, work, kSplitBytes}, part, num_parts);
      EXPECT_TRUE(split.ok()) << split.status();
      for (const std::string& path : split->made) EXPECT_TRUE(Exists(path));
      counts.merge(split->counts);
    }
    return PiecesOf(files_, *large, counts, work);
  }
  // "id text" of every document, piece after piece.
  static std::vector<std::string> Read(const std::vector<SourcePiece>& pieces) {
    std::vector<std::string> documents;
    for (const SourcePiece& piece : pieces) {
      ReaderOptions options;
      options.part = piece.part;
      const auto report = VisitDocuments(
          piece.file, options,
          [&](const Document& document) {
            documents.push_back(absl::StrCat(document.id, " ", document.text));
            return absl::OkStatus();
          },
          [](const Rejection&) { return absl::OkStatus(); });
      EXPECT_TRUE(report.ok()) << report.status();
    }
    return documents;
  }
  std::vector<std::string> Whole() { return Read(PiecesOf(files_, {}, {}, "")); }

  const TempFolder folder_;
  std::vector<SourceFile> files_;
};

TEST_F(SourcePiecesTest, RecordsOfSplitFilesAreThoseOfTheFilesWithTheirNumbers) {
  Write("a.jsonl", Lines(40));
  Write("b.txt", std::string(1000, 'x'));  // one document, which is not split
  WriteCompressed("gzip", "c.jsonl.gz", Lines(200));
  WriteCompressed("zstd", "d.jsonl.zst", Lines(200) + "{\"text\":\"no feed at the end\"}");
  Write("e.jsonl", Lines(3));
  Write("f.jsonl", "{\"text\":\"" + std::string(350, 'y') + "\"}\n\n{\"no\":1}\n" + Lines(5));
  const std::vector<std::string> whole = Whole();
  ASSERT_EQ(whole.size(), 40u + 1 + 200 + 201 + 3 + 6);
  for (const int num_parts : {1, 3, 8}) {
    const std::vector<SourcePiece> pieces = Pieces(num_parts);
    EXPECT_GT(pieces.size(), 60u);
    EXPECT_EQ(Read(pieces), whole) << num_parts;
  }
}

TEST_F(SourcePiecesTest, BlocksOfACompressedFileAreLittleMoreThanTheSplit) {
  WriteCompressed("gzip", "c.jsonl.gz", Lines(200));
  const std::vector<SourcePiece> pieces = Pieces(1);
  for (size_t i = 0; i + 1 < pieces.size(); ++i) {
    EXPECT_GE(pieces[i].num_bytes, kSplitBytes);
    EXPECT_LT(pieces[i].num_bytes, kSplitBytes + 25);  // a line has 22 to 25 bytes
  }
}

TEST_F(SourcePiecesTest, ADamagedCompressedFileIsAnErrorThatNamesItsPlace) {
  WriteCompressed("gzip", "c.jsonl.gz", Lines(500));
  const std::string whole = *ReadFile(folder_ / "c.jsonl.gz");
  ASSERT_TRUE(PublishFile(folder_ / "c.jsonl.gz", whole.substr(0, whole.size() / 2)).ok());
  const auto large = LargeParts(files_, kSplitBytes);
  const absl::Status status =
      SplitLargeFiles({files_, *large, folder_ / "work", kSplitBytes}, 0, 1).status();
  EXPECT_EQ(ExitCodeFor(status), ExitCode::kBadData);
  EXPECT_NE(status.message().find("c.jsonl.gz:"), std::string::npos) << status;
}

TEST_F(SourcePiecesTest, ShardsHaveNearlyTheSameBytesAndEveryPieceOnce) {
  std::vector<SourcePiece> pieces;
  int64_t all = 0;
  for (int64_t i = 0; i < 200; ++i) {
    const int64_t num_bytes = i * i * 31 % 1009;
    pieces.push_back({{"s", "", "f.jsonl", DocumentFormat::kJsonLines}, std::nullopt, num_bytes});
    all += num_bytes;
  }
  std::vector<int> taken(pieces.size());
  for (const auto& shard : ShardsOf(pieces, 7)) {
    int64_t bytes = 0;
    for (const size_t piece : shard) {
      ++taken[piece];
      bytes += pieces[piece].num_bytes;
    }
    // Largest first is within a third of the best, and with many pieces much nearer.
    EXPECT_NEAR(static_cast<double>(bytes), static_cast<double>(all) / 7,
                0.01 * static_cast<double>(all) / 7);
  }
  EXPECT_EQ(taken, std::vector<int>(pieces.size(), 1));
}

}  // namespace
}  // namespace bench::corpus
