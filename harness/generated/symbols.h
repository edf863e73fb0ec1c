// Names of symbols, and texts as symbols.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "harness/generated/grammar.h"
#include "harness/generated/symbol_model.h"

namespace bench::harness::generated {

// "f0 ", "f1 ", ... behind what `names` has.
inline void AppendNumbered(std::string_view prefix, int64_t count,
                           std::vector<std::string>& names) {
  for (int64_t i = 0; i < count; ++i) {
    names.push_back(absl::StrCat(internal::View(prefix), i, " "));
  }
}

inline std::vector<std::string> Numbered(std::string_view prefix, int64_t count) {
  std::vector<std::string> names;
  AppendNumbered(prefix, count, names);
  return names;
}

// An alphabet whose characters are a symbol each.
class Characters {
 public:
  explicit Characters(std::string_view alphabet) {
    for (const char character : alphabet) {
      ids_.at(static_cast<unsigned char>(character)) = kFirstSymbol + std::ssize(symbols_);
      symbols_.emplace_back(1, character);
    }
  }

  const std::vector<std::string>& symbols() const { return symbols_; }
  // Text of the alphabet.
  void Append(std::string_view text, TokenMark mark, Row& row) const {
    for (const char character : text) {
      row.Add(ids_.at(static_cast<unsigned char>(character)), mark);
    }
  }

 private:
  std::array<int64_t, 256> ids_ = {};
  std::vector<std::string> symbols_;
};

}  // namespace bench::harness::generated
