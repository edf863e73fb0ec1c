// The filters of a corpus in FineWeb's order, each an optional preset:
// language -> size (text_limits.h) -> Gopher repetition -> Gopher quality -> C4 -> FineWeb.
//
// MinHash deduplication follows, then PII masking (pii.h), which are steps of their own.
// The chain stops at the first filter that removes a document; the removal names filter and rule.
// A function of the document and the parameters alone.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/corpus/c4.h"
#include "harness/corpus/datatrove_text.h"
#include "harness/corpus/document.h"
#include "harness/corpus/fineweb.h"
#include "harness/corpus/gopher_quality.h"
#include "harness/corpus/gopher_repetition.h"
#include "harness/corpus/pii.h"

namespace bench::corpus {

enum class FilterId : uint8_t {
  kLanguage,
  kSize,
  kGopherRepetition,
  kGopherQuality,
  kC4,
  kFineWeb
};
std::string_view Name(FilterId filter);

using harness::FilterPreset;
using harness::FilterSpec;

struct FilterChainParameters {
  std::vector<std::string> languages;  // codes to keep; empty keeps all
  FilterSpec<GopherRepetitionParameters> gopher_repetition;
  FilterSpec<GopherQualityParameters> gopher_quality;
  FilterSpec<C4Parameters> c4;
  FilterSpec<FineWebParameters> fineweb;
  bool Uses(FilterPreset preset) const;  // one of the filters does
};

// All of them, of one preset; C4 without terminal punctuation.
FilterChainParameters FineWebChain(FilterPreset preset = FilterPreset::kPublished);

struct Removal {
  FilterId filter;
  std::string_view rule;  // a name of that filter's rules; static
  friend bool operator==(const Removal&, const Removal&) = default;
};

// One per thread.
class FilterChain {
 public:
  explicit FilterChain(FilterChainParameters parameters);

  // nullopt keeps the document, whose text C4 may have shortened.
  std::optional<Removal> Apply(Document& document);

  // Lines that C4 dropped, of the documents so far that it kept.
  const std::array<int64_t, kNumC4LineRules>& dropped_lines() const { return dropped_lines_; }

 private:
  std::optional<Removal> CheckLanguage(const Document& document) const;
  std::optional<Removal> CheckGopher(std::string_view text);
  std::optional<Removal> CheckFineWebAfterC4(std::string_view text);
  bool IsCut(std::string_view text);
  // The spans of `text` that a filter of this preset sees; found when first asked for.
  const TextSpans& Spans(FilterPreset preset, std::string_view text);
  void ForgetSpans() { spans_ = datatrove_spans_ = nullptr; }

  const FilterChainParameters parameters_;
  Segmenter segmenter_;
  std::optional<DatatroveSegmenter> datatrove_;  // if a filter has that preset
  const TextSpans* spans_ = nullptr;             // of the present text
  const TextSpans* datatrove_spans_ = nullptr;
  RepetitionScratch repetition_;
  HashCounter lines_;
  std::array<int64_t, kNumC4LineRules> dropped_lines_{};
};

}  // namespace bench::corpus
