#include "harness/corpus/gopher_repetition.h"

#include <xxhash.h>

#include <algorithm>

namespace bench::corpus {
namespace {

constexpr std::array<std::string_view, 13> kNames = {
    "duplicate_paragraphs", "duplicate_paragraph_characters",
    "duplicate_lines",      "duplicate_line_characters",
    "top_2_gram",           "top_3_gram",
    "top_4_gram",           "duplicated_5_grams",
    "duplicated_6_grams",   "duplicated_7_grams",
    "duplicated_8_grams",   "duplicated_9_grams",
    "duplicated_10_grams"};
constexpr size_t kFirstTop = 2;
constexpr size_t kFirstDuplicated = 5;

// Odd, from the golden ratio: the hash of an n-gram is a polynomial in it over the words' hashes.
constexpr uint64_t kBase = 0x9E3779B97F4A7C15;

uint64_t HashOf(std::string_view text) { return XXH3_64bits(text.data(), text.size()); }

GopherRepetitionRule Nth(GopherRepetitionRule first, size_t n) {
  return static_cast<GopherRepetitionRule>(static_cast<size_t>(first) + n);
}

struct Duplicates {
  int64_t num_items = 0;
  int64_t num_duplicates = 0;
  int64_t duplicate_characters = 0;
  void Add(std::string_view item, int64_t num_characters, HashCounter& counter) {
    ++num_items;
    if (counter.Add(HashOf(item)) == 0) return;
    ++num_duplicates;
    duplicate_characters += num_characters;
  }
};

Duplicates DuplicateLines(const TextSpans& spans, HashCounter& counter) {
  Duplicates duplicates;
  counter.Reset(spans.lines.size());
  for (const Line& line : spans.lines) {
    if (!line.text.empty()) duplicates.Add(line.text, line.num_characters, counter);
  }
  return duplicates;
}

// White space before the first word of the text.
int64_t Indentation(const TextSpans& spans) {
  if (spans.words.empty()) return 0;
  return spans.words.front().text.data() - spans.text.data();
}

// `skipped`: bytes that the first paragraph is compared without.
Duplicates DuplicateParagraphs(const TextSpans& spans, size_t skipped, HashCounter& counter) {
  Duplicates duplicates;
  counter.Reset(spans.lines.size());
  const auto& lines = spans.lines;
  for (size_t i = 0; i < lines.size(); ++i) {
    if (lines[i].text.empty()) continue;
    const std::string_view indentation =
        lines[i].text.substr(0, duplicates.num_items == 0 ? skipped : 0);
    const char* const begin = lines[i].text.data() + indentation.size();
    int64_t num_characters = lines[i].num_characters - CountCharacters(indentation);
    for (; i + 1 < lines.size() && !lines[i + 1].text.empty(); ++i) {
      num_characters += 1 + lines[i + 1].num_characters;
    }
    const char* const end = lines[i].text.data() + lines[i].text.size();
    duplicates.Add({begin, static_cast<size_t>(end - begin)}, num_characters, counter);
  }
  return duplicates;
}

double Share(int64_t part, int64_t whole) {
  return whole == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(whole);
}

// The n-grams of one document for growing n.
class NGrams {
 public:
  NGrams(const TextSpans& spans, RepetitionScratch& scratch, FilterPreset preset)
      : scratch_(scratch),
        joined_(preset == FilterPreset::kDatatrove),
        num_joins_(spans.writing_system() == WritingSystem::kSpaced ? 1 : 0),
        num_words_(spans.words.size()) {
    scratch.word_hashes.clear();
    scratch.characters_before.assign(1, 0);
    for (const Word& word : spans.words) {
      scratch.word_hashes.push_back(HashOf(word.text));
      scratch.characters_before.push_back(scratch.characters_before.back() + word.num_characters);
    }
    scratch.ngram_hashes = scratch.word_hashes;
    if (joined_) JoinWords(spans);
  }

  size_t n() const { return n_; }
  size_t size() const { return num_words_ < n_ ? 0 : num_words_ - n_ + 1; }
  void Grow() {
    auto& hashes = scratch_.ngram_hashes;
    for (size_t i = 0; i + n_ < num_words_; ++i) {
      hashes[i] = hashes[i] * kBase + scratch_.word_hashes[i + n_];
    }
    ++n_;
  }

  int64_t TopCharacters() {
    const auto& hashes = scratch_.ngram_hashes;
    scratch_.counter.Reset(size());
    uint32_t most = 0;
    for (size_t i = 0; i < size(); ++i) most = std::max(most, scratch_.counter.Add(hashes[i]) + 1);
    // Of several the one that occurs first, so that the result is a function of the text.
    for (size_t i = 0; i < size(); ++i) {
      if (scratch_.counter.Count(hashes[i]) != most) continue;
      return most * (Characters(i) + num_joins_ * static_cast<int64_t>(n_ - 1));
    }
    return 0;
  }

  // Whether a longer n-gram that repeats has a shorter one that does.
  bool RepeatsShrink() const { return !joined_; }

  int64_t DuplicatedCharacters() {
    scratch_.counter.Reset(size());
    int64_t characters = 0;
    for (size_t i = 0; i < size();) {
      const uint64_t hash = joined_ ? JoinedHash(i) : scratch_.ngram_hashes[i];
      const bool duplicate = scratch_.counter.Add(hash) > 0;
      if (duplicate) characters += Characters(i);
      i += duplicate ? n_ : 1;
    }
    return characters;
  }

 private:
  int64_t Characters(size_t i) const {
    return scratch_.characters_before[i + n_] - scratch_.characters_before[i];
  }

  void JoinWords(const TextSpans& spans) {
    scratch_.joined.clear();
    scratch_.bytes_before.assign(1, 0);
    for (const Word& word : spans.words) {
      scratch_.joined += word.text;
      scratch_.bytes_before.push_back(static_cast<uint32_t>(scratch_.joined.size()));
    }
  }

  uint64_t JoinedHash(size_t i) const {
    const size_t begin = scratch_.bytes_before[i], end = scratch_.bytes_before[i + n_];
    return HashOf(std::string_view(scratch_.joined).substr(begin, end - begin));
  }

  RepetitionScratch& scratch_;
  const bool joined_;
  const int64_t num_joins_;  // spaces between two words
  const size_t num_words_;
  size_t n_ = 1;
};

std::optional<GopherRepetitionRule> CheckNGrams(const TextSpans& spans,
                                                const GopherRepetitionParameters& parameters,
                                                RepetitionScratch& scratch, FilterPreset preset) {
  NGrams ngrams(spans, scratch, preset);
  for (size_t i = 0; i < parameters.max_top_ngram_characters.size(); ++i) {
    while (ngrams.n() < kFirstTop + i) ngrams.Grow();
    const double share = Share(ngrams.TopCharacters(), spans.num_characters);
    if (share > parameters.max_top_ngram_characters[i]) {
      return Nth(GopherRepetitionRule::kTop2Gram, i);
    }
  }
  for (size_t i = 0; i < parameters.max_duplicated_ngram_characters.size(); ++i) {
    while (ngrams.n() < kFirstDuplicated + i) ngrams.Grow();
    const int64_t characters = ngrams.DuplicatedCharacters();
    if (Share(characters, spans.num_characters) > parameters.max_duplicated_ngram_characters[i]) {
      return Nth(GopherRepetitionRule::kDuplicated5Grams, i);
    }
    if (characters == 0 && ngrams.RepeatsShrink()) break;
  }
  return std::nullopt;
}

}  // namespace

std::string_view Name(GopherRepetitionRule rule) { return kNames[static_cast<size_t>(rule)]; }

std::optional<GopherRepetitionRule> CheckGopherRepetition(
    const TextSpans& spans, const GopherRepetitionParameters& parameters,
    RepetitionScratch& scratch, FilterPreset preset) {
  using enum GopherRepetitionRule;
  const int64_t skipped = preset == FilterPreset::kDatatrove ? Indentation(spans) : 0;
  const Duplicates paragraphs =
      DuplicateParagraphs(spans, static_cast<size_t>(skipped), scratch.counter);
  const auto share_of_items = [](const Duplicates& d) {
    return Share(d.num_duplicates, d.num_items);
  };
  const auto share_of_text = [&](const Duplicates& d) {
    return Share(d.duplicate_characters, spans.num_characters);
  };
  if (share_of_items(paragraphs) > parameters.max_duplicate_paragraphs) return kDuplicateParagraphs;
  if (share_of_text(paragraphs) > parameters.max_duplicate_paragraph_characters) {
    return kDuplicateParagraphCharacters;
  }
  const Duplicates lines = DuplicateLines(spans, scratch.counter);
  if (share_of_items(lines) > parameters.max_duplicate_lines) return kDuplicateLines;
  if (share_of_text(lines) > parameters.max_duplicate_line_characters) {
    return kDuplicateLineCharacters;
  }
  return CheckNGrams(spans, parameters, scratch, preset);
}

}  // namespace bench::corpus
