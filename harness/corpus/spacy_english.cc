// Longer than 400 lines: one tokenizer, whose steps share their compiled patterns and tables.
#include "harness/corpus/spacy_english.h"

#include <unicode/uchar.h>
#include <unicode/uniset.h>
#include <unicode/unistr.h>
#include <unicode/uregex.h>
#include <unicode/utf16.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <functional>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "harness/corpus/char_class.h"
#include "harness/corpus/datatrove_rules.h"

namespace bench::corpus {
namespace {

using Piece = std::u16string_view;

icu::UnicodeString Utf16(std::string_view text) {
  return icu::UnicodeString::fromUTF8({text.data(), static_cast<int32_t>(text.size())});
}

std::u16string Utf16String(std::string_view text) {
  const icu::UnicodeString utf16 = Utf16(text);
  return {utf16.getBuffer(), static_cast<size_t>(utf16.length())};
}

// `text` with the members of the named sets for their names.
std::string Expanded(std::string_view text) {
  std::string expanded(text);
  for (size_t i = 0; i < kNumSpacySets; ++i) {
    const std::string name = "{" + std::to_string(i) + "}";
    for (size_t at = 0; (at = expanded.find(name, at)) != std::string::npos;) {
      expanded.replace(at, name.size(), kSpacySets[i]);
    }
  }
  return expanded;
}

std::vector<std::string_view> Split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (size_t end = text.find(separator); end != text.npos; end = text.find(separator)) {
    parts.push_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  parts.push_back(text);
  return parts;
}

// A compiled pattern; offsets are in UTF-16 units.
class Pattern {
 public:
  explicit Pattern(std::string_view pattern) {
    const icu::UnicodeString utf16 = Utf16(Expanded(pattern));
    UErrorCode error = U_ZERO_ERROR;
    regex_ = uregex_open(utf16.getBuffer(), utf16.length(), 0, nullptr, &error);
  }
  ~Pattern() { uregex_close(regex_); }
  Pattern(const Pattern&) = delete;
  Pattern& operator=(const Pattern&) = delete;

  // Length of the first match, 0 if there is none.
  size_t FirstLength(Piece text) {
    size_t length = 0;
    ForEachMatch(text, [&](size_t begin, size_t end) {
      length = end - begin;
      return false;
    });
    return length;
  }
  bool Matches(Piece text) { return FirstLength(text) != 0; }

  // `visit(begin, end)` returns whether to go on.
  template <typename Visitor>
  void ForEachMatch(Piece text, Visitor visit) {
    UErrorCode error = U_ZERO_ERROR;
    uregex_setText(regex_, text.data(), static_cast<int32_t>(text.size()), &error);
    for (bool found = uregex_find(regex_, 0, &error) != 0; found && U_SUCCESS(error) != 0;
         found = uregex_findNext(regex_, &error) != 0) {
      if (!visit(static_cast<size_t>(uregex_start(regex_, 0, &error)),
                 static_cast<size_t>(uregex_end(regex_, 0, &error)))) {
        return;
      }
    }
  }

 private:
  URegularExpression* regex_ = nullptr;
};

struct Hash {
  using is_transparent = void;
  size_t operator()(Piece text) const { return std::hash<Piece>()(text); }
};
template <typename Value>
using PieceMap = std::unordered_map<std::u16string, Value, Hash, std::equal_to<>>;

bool IsAsciiLetter(char16_t c) { return c < 0x80 && u_isalpha(c) != 0; }

// As Python's str.isspace.
bool IsSpace(UChar32 c) { return u_isUWhiteSpace(c) != 0 || (c >= 0x1C && c <= 0x1F); }

}  // namespace

class SpacyEnglish::Rules {
 public:
  Rules() : sentence_ends_(Utf16(kSpacySentenceEnds), error_) {
    for (const std::string_view entry : Split(kSpacySpecialCases, ' ')) AddSpecial(entry);
    for (const auto& [word, pieces] : specials_) AddRematched(word);
  }

  // A run of UTF-16 units of the text.
  struct Token {
    size_t begin, end;
  };

  const std::vector<Token>& Tokenize(std::string_view text, size_t max_tokens) {
    Decode(text);
    tokens_.clear();
    max_tokens_ = max_tokens;
    SplitAtSpace(/*with_specials=*/true);
    Rematch();
    return tokens_;
  }

  bool IsSpaceToken(const Token& token) const { return IsSpace(FirstCharacter(token)); }
  std::string_view Bytes(std::string_view text, const Token& token) const {
    return text.substr(bytes_[token.begin], bytes_[token.end] - bytes_[token.begin]);
  }

  bool EndsSentence(const Token& token) const {
    const UChar32 c = FirstCharacter(token);
    return token.end - token.begin == static_cast<size_t>(U16_LENGTH(c)) &&
           sentence_ends_.contains(c) != 0;
  }
  bool IsPunctuation(const Token& token) const {
    for (size_t i = token.begin; i < token.end;) {
      UChar32 c;
      U16_NEXT_UNSAFE(text_.data(), i, c);
      if ((U_GET_GC_MASK(c) & U_GC_P_MASK) == 0) return false;
    }
    return true;
  }

 private:
  void AddSpecial(std::string_view entry) {
    std::u16string word;
    std::vector<size_t> lengths;
    for (const std::string_view piece : Split(entry, '~')) {
      lengths.push_back(Utf16String(piece).size());
      word += Utf16String(piece);
    }
    specials_[std::move(word)] = std::move(lengths);
  }

  // A special case that the affix rules would split is looked for among the tokens too.
  void AddRematched(const std::u16string& word) {
    if (!(prefix_.Matches(word) || infix_.Matches(word) || suffix_.Matches(word))) return;
    text_ = word;
    tokens_.clear();
    max_tokens_ = SIZE_MAX;
    SplitAtSpace(/*with_specials=*/false);
    std::vector<std::u16string> pieces;
    for (const Token& token : tokens_) pieces.emplace_back(In(token));
    std::u16string first = pieces.front();
    rematched_[std::move(first)].push_back(std::move(pieces));
  }

  void Decode(std::string_view text) {
    text_.clear();
    bytes_.clear();
    for (size_t i = 0; i < text.size();) {
      const size_t begin = i;
      UChar32 c;
      U8_NEXT_UNSAFE(reinterpret_cast<const uint8_t*>(text.data()), i, c);
      bytes_.insert(bytes_.end(), static_cast<size_t>(U16_LENGTH(c)), static_cast<uint32_t>(begin));
      if (c < 0x10000) {
        text_.push_back(static_cast<char16_t>(c));
      } else {
        text_.append({U16_LEAD(c), U16_TRAIL(c)});
      }
    }
    bytes_.push_back(static_cast<uint32_t>(text.size()));
  }

  Piece In(size_t begin, size_t end) const { return Piece(text_).substr(begin, end - begin); }
  Piece In(const Token& token) const { return In(token.begin, token.end); }
  UChar32 FirstCharacter(const Token& token) const {
    UChar32 c;
    U16_GET_UNSAFE(text_.data(), token.begin, c);
    return c;
  }

  // Runs of white space and of other characters; one space after a run of others parts and is in
  // none.
  void SplitAtSpace(bool with_specials) {
    if (text_.empty()) return;
    size_t begin = 0;
    bool in_space = IsSpace(FirstCharacter({0, 1}));
    const auto take = [&](size_t end) {
      if (begin >= end) return;
      if (in_space) {
        tokens_.push_back({begin, end});
      } else {
        TokenizeRun({begin, end}, with_specials);
      }
    };
    for (size_t i = 0; i < text_.size() && tokens_.size() <= max_tokens_;) {
      const size_t at = i;
      UChar32 c;
      U16_NEXT_UNSAFE(text_.data(), i, c);
      if (IsSpace(c) == in_space) continue;
      take(at);
      begin = c == ' ' ? i : at;
      in_space = !in_space;
    }
    if (tokens_.size() <= max_tokens_) take(text_.size());
  }

  const std::vector<size_t>* FindSpecial(Piece word) const {
    const auto found = specials_.find(word);
    return found == specials_.end() ? nullptr : &found->second;
  }

  bool TakeSpecial(const Token& run) {
    const std::vector<size_t>* lengths = FindSpecial(In(run));
    if (lengths == nullptr) return false;
    AddPieces(run.begin, *lengths, tokens_);
    return true;
  }

  static void AddPieces(size_t begin, const std::vector<size_t>& lengths, std::vector<Token>& out) {
    for (const size_t length : lengths) {
      out.push_back({begin, begin + length});
      begin += length;
    }
  }

  void TokenizeRun(Token run, bool with_specials) {
    if (with_specials && TakeSpecial(run)) return;
    // No rule takes anything from letters of ASCII alone.
    if (std::all_of(text_.data() + run.begin, text_.data() + run.end, IsAsciiLetter)) {
      tokens_.push_back(run);
      return;
    }
    suffixes_.clear();
    run = StripAffixes(run, with_specials);
    if (run.begin < run.end && !(with_specials && TakeSpecial(run))) TakeMiddle(run);
    tokens_.insert(tokens_.end(), suffixes_.rbegin(), suffixes_.rend());
  }

  // Prefixes become tokens, suffixes are kept aside; returns what is left.
  Token StripAffixes(Token run, bool with_specials) {
    const auto is_special = [&](size_t begin, size_t end) {
      return with_specials && begin < end && FindSpecial(In(begin, end)) != nullptr;
    };
    for (size_t last_size = 0; run.begin < run.end && run.end - run.begin != last_size;) {
      if (is_special(run.begin, run.end)) break;
      last_size = run.end - run.begin;
      const size_t after_prefix = run.begin + prefix_.FirstLength(In(run));
      if (after_prefix != run.begin && is_special(after_prefix, run.end)) {
        tokens_.push_back({run.begin, after_prefix});
        return {after_prefix, run.end};
      }
      const size_t before_suffix = run.end - suffix_.FirstLength(In(after_prefix, run.end));
      if (before_suffix != run.end && is_special(run.begin, before_suffix)) {
        suffixes_.push_back({before_suffix, run.end});
        return {run.begin, before_suffix};
      }
      if (after_prefix != run.begin) tokens_.push_back({run.begin, after_prefix});
      if (before_suffix != run.end) suffixes_.push_back({before_suffix, run.end});
      run = {after_prefix, before_suffix};
    }
    return run;
  }

  void TakeMiddle(const Token& run) {
    if (url_.Matches(In(run))) {
      tokens_.push_back(run);
      return;
    }
    size_t begin = run.begin;
    infix_.ForEachMatch(In(run), [&](size_t from, size_t to) {
      if (from == 0) return true;  // an infix at the beginning is none
      if (run.begin + from != begin) tokens_.push_back({begin, run.begin + from});
      tokens_.push_back({run.begin + from, run.begin + to});
      begin = run.begin + to;
      return true;
    });
    if (begin < run.end) tokens_.push_back({begin, run.end});
  }

  // A run of tokens, [first, last).
  struct Match {
    size_t first, last;
  };

  void FindRematches() {
    matches_.clear();
    for (size_t i = 0; i < tokens_.size(); ++i) {
      const auto found = rematched_.find(In(tokens_[i]));
      if (found == rematched_.end()) continue;
      for (const std::vector<std::u16string>& pieces : found->second) {
        if (i + pieces.size() > tokens_.size()) continue;
        const auto same = [this](const std::u16string& piece, const Token& token) {
          return piece == In(token);
        };
        const auto at = tokens_.begin() + static_cast<std::ptrdiff_t>(i);
        if (std::equal(pieces.begin(), pieces.end(), at, same)) {
          matches_.push_back({i, i + pieces.size()});
        }
      }
    }
  }

  // The longest first, of equal ones the leftmost; one that shares its first or last token with a
  // match before it is left out, as spaCy does.
  void FilterRematches() {
    std::sort(matches_.begin(), matches_.end(), [](const Match& a, const Match& b) {
      const size_t a_size = a.last - a.first, b_size = b.last - b.first;
      return a_size != b_size ? a_size > b_size : a.first < b.first;
    });
    std::unordered_set<size_t> seen;
    std::vector<Match> kept;
    for (const Match& match : matches_) {
      if (!seen.contains(match.first) && !seen.contains(match.last - 1)) kept.push_back(match);
      for (size_t i = match.first; i < match.last; ++i) seen.insert(i);
    }
    std::sort(kept.begin(), kept.end(),
              [](const Match& a, const Match& b) { return a.first < b.first; });
    matches_ = std::move(kept);
  }

  void Rematch() {
    FindRematches();
    if (matches_.empty()) return;
    FilterRematches();
    std::vector<Token> result;
    size_t next = 0;
    for (const Match& match : matches_) {
      const auto at = [this](size_t i) { return tokens_.begin() + static_cast<std::ptrdiff_t>(i); };
      result.insert(result.end(), at(next), at(match.first));
      next = match.last;
      const Token all = {tokens_[match.first].begin, tokens_[match.last - 1].end};
      if (const auto* lengths = FindSpecial(In(all))) {  // not where a space parts the tokens
        AddPieces(all.begin, *lengths, result);
      } else {
        result.insert(result.end(), at(match.first), at(match.last));
      }
    }
    result.insert(result.end(), tokens_.begin() + static_cast<std::ptrdiff_t>(next), tokens_.end());
    tokens_ = std::move(result);
  }

  UErrorCode error_ = U_ZERO_ERROR;
  const icu::UnicodeSet sentence_ends_;
  Pattern prefix_{kSpacyPrefix}, suffix_{kSpacySuffix}, infix_{kSpacyInfix}, url_{kSpacyUrl};
  PieceMap<std::vector<size_t>> specials_;  // lengths of their pieces
  // Token runs of special cases, by their first token.
  PieceMap<std::vector<std::vector<std::u16string>>> rematched_;

  std::u16string text_;
  std::vector<uint32_t> bytes_;  // offset of each UTF-16 unit's character; one more than units
  std::vector<Token> tokens_, suffixes_;
  size_t max_tokens_ = SIZE_MAX;
  std::vector<Match> matches_;
};

SpacyEnglish::SpacyEnglish() : rules_(std::make_unique<Rules>()) {}
SpacyEnglish::~SpacyEnglish() = default;
SpacyEnglish::SpacyEnglish(SpacyEnglish&&) noexcept = default;

const std::vector<std::string_view>& SpacyEnglish::Words(std::string_view text, size_t max_words) {
  words_.clear();
  for (const Rules::Token& token : rules_->Tokenize(text, max_words)) {
    if (!rules_->IsSpaceToken(token)) words_.push_back(rules_->Bytes(text, token));
  }
  return words_;
}

int64_t SpacyEnglish::CountSentences(std::string_view text) {
  int64_t num_sentences = 1;
  bool after_end = false;
  for (const Rules::Token& token : rules_->Tokenize(text, SIZE_MAX)) {
    const bool is_end = rules_->EndsSentence(token);
    if (after_end && !is_end && !rules_->IsPunctuation(token)) {
      ++num_sentences;
      after_end = false;
    } else {
      after_end |= is_end;
    }
  }
  return num_sentences;
}

}  // namespace bench::corpus
