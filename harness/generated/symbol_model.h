// A tokenizer whose vocabulary is a list of symbols, as the bytes of a SentencePiece model, so that
// models of generated rows are saved, exported and asked as all others are.
//
// Ids: unk 0, bos 1, eos 2, pad 3, then the symbols in their order. Each symbol is a user-defined
// piece: of a text the longest symbol that fits is taken, and what is no symbol is unknown. A
// decoded text is the symbols one after another; those that are words end in a space.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace bench::harness::generated {

inline constexpr int64_t kBeginToken = 1;
inline constexpr int64_t kEndToken = 2;
inline constexpr int64_t kFirstSymbol = 4;

// The symbols must be different ones, and not empty.
std::string SymbolModel(const std::vector<std::string>& symbols);

}  // namespace bench::harness::generated
