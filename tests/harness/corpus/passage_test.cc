#include "harness/corpus/passage.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "base/status.h"

namespace bench::corpus {
namespace {

Passage PassageOf(uint64_t anchor, uint64_t begin, size_t num_bytes) {
  Passage passage{anchor, {7, 8}, begin, 3, 5, 2, 9, {}};
  for (size_t i = 0; i < num_bytes; ++i) passage.text.push_back(static_cast<char>(i * 31 + begin));
  return passage;
}

std::vector<PassagePiece> PiecesOf(const std::vector<Passage>& passages) {
  std::vector<PassagePiece> pieces;
  for (const Passage& passage : passages) {
    EXPECT_TRUE(VisitPieces(passage, [&](const PassagePiece& piece) {
                  pieces.push_back(piece);
                  return absl::OkStatus();
                }).ok());
  }
  return pieces;
}

absl::StatusOr<std::vector<Passage>> Joined(const std::vector<PassagePiece>& pieces) {
  std::vector<Passage> passages;
  PassageJoiner joiner({"work/found-3-of-8", "work"}, [&](const Passage& passage) {
    passages.push_back(passage);
    return absl::OkStatus();
  });
  for (const PassagePiece& piece : pieces) BENCH_RETURN_IF_ERROR(joiner.Add(piece));
  BENCH_RETURN_IF_ERROR(joiner.Finish());
  return passages;
}

TEST(Passage, PiecesInOrderAreThePassagesAgain) {
  static_assert(sizeof(PassagePiece) == 192);
  const std::vector<Passage> passages = {PassageOf(1, 0, 1), PassageOf(1, 4, kPassagePieceBytes),
                                         PassageOf(2, 1, kPassagePieceBytes + 1),
                                         PassageOf(2, 5, 3 * kPassagePieceBytes)};
  std::vector<PassagePiece> pieces = PiecesOf(passages);
  EXPECT_EQ(pieces.size(), 1u + 1 + 2 + 3);
  std::reverse(pieces.begin(), pieces.end());
  std::sort(pieces.begin(), pieces.end());
  const auto joined = Joined(pieces);
  ASSERT_TRUE(joined.ok()) << joined.status();
  ASSERT_EQ(joined->size(), passages.size());
  for (size_t i = 0; i < passages.size(); ++i) {
    const Passage &made = (*joined)[i], &expected = passages[i];
    EXPECT_EQ(made.anchor, expected.anchor);
    EXPECT_EQ(made.document, expected.document);
    EXPECT_EQ(made.begin, expected.begin);
    EXPECT_EQ(made.shard, 3u);
    EXPECT_EQ(made.num_begins, 5u);
    EXPECT_EQ(made.stride, 2u);
    EXPECT_EQ(made.repeats, 9u);
    EXPECT_EQ(made.text, expected.text);
  }
}

// The work of a run stays for one that goes on, or is removed by whoever is told to.
void ExpectDamaged(const absl::Status& status) {
  EXPECT_EQ(ExitCodeFor(status), ExitCode::kEnvironment);
  EXPECT_EQ(status.message(),
            "work/found-3-of-8: a passage is not whole; to begin the work anew, remove the folder "
            "work");
}

TEST(Passage, APieceThatIsNotThereIsFound) {
  const std::vector<PassagePiece> pieces = PiecesOf({PassageOf(1, 0, 300), PassageOf(2, 0, 300)});
  ASSERT_EQ(pieces.size(), 6u);
  for (size_t lost = 0; lost < pieces.size(); ++lost) {
    std::vector<PassagePiece> rest = pieces;
    rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(lost));
    ExpectDamaged(Joined(rest).status());
  }
  std::vector<PassagePiece> other = pieces;
  other[1].document = {1, 1};
  ExpectDamaged(Joined(other).status());
}

}  // namespace
}  // namespace bench::corpus
