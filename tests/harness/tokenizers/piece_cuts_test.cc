#include "harness/tokenizers/piece_cuts.h"

#include <gtest/gtest.h>

namespace bench::harness {
namespace {

SentencePieceDescription Model(const std::vector<SentencePiece>& pieces) {
  SentencePieceDescription model;
  model.pieces = pieces;
  model.model = PieceModel::kBpe;
  model.byte_fallback = true;
  model.adds_dummy_prefix = false;
  model.removes_extra_whitespace = false;
  return model;
}

TEST(PieceCuts, WhereNoJoinedPieceHasBothNeighbours) {
  const auto cuts = PieceCuts::Create(Model({{"\u2581the", 0, PieceKind::kNormal},
                                             {"中文", 0, PieceKind::kUnused},
                                             {"a b", 0, PieceKind::kUserDefined},
                                             {"xy", 0, PieceKind::kControl}}));
  ASSERT_NE(cuts, nullptr);
  EXPECT_FALSE(cuts->CanCut(' ', 't'));
  EXPECT_FALSE(cuts->CanCut(U'\u2581', 't'));  // the mark is a space
  EXPECT_FALSE(cuts->CanCut('t', 'h'));
  EXPECT_FALSE(cuts->CanCut(U'中', U'文'));
  EXPECT_TRUE(cuts->CanCut('h', 't'));
  EXPECT_TRUE(cuts->CanCut('e', ' '));
  EXPECT_TRUE(cuts->CanCut(U'文', U'中'));
  EXPECT_TRUE(cuts->CanCut('e', U'中'));
  EXPECT_TRUE(cuts->CanCut('a', ' '));  // matched as a whole, by the caller
  EXPECT_TRUE(cuts->CanCut('x', 'y'));  // never matched in text
}

TEST(PieceCuts, OnlyForModelsThatLeaveTextAsItIs) {
  EXPECT_NE(PieceCuts::Create(Model({})), nullptr);
  const std::vector<void (*)(SentencePieceDescription&)> changes = {[](auto& m) { m.model = PieceModel::kUnigram; },
                                                                    [](auto& m) { m.byte_fallback = false; },
                                                                    [](auto& m) { m.has_character_map = true; },
                                                                    [](auto& m) { m.adds_dummy_prefix = true; },
                                                                    [](auto& m) { m.removes_extra_whitespace = true; },
                                                                    [](auto& m) { m.escapes_whitespace = false; },
                                                                    [](auto& m) { m.whitespace_is_suffix = true; }};
  for (const auto& change : changes) {
    SentencePieceDescription model = Model({});
    change(model);
    EXPECT_EQ(PieceCuts::Create(model), nullptr);
  }
}

}  // namespace
}  // namespace bench::harness
