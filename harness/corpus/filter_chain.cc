#include "harness/corpus/filter_chain.h"

#include <algorithm>
#include <array>

namespace bench::corpus {
namespace {

constexpr std::array<std::string_view, 6> kNames = {"language",       "size", "gopher_repetition",
                                                    "gopher_quality", "c4",   "fineweb"};

template <typename Rule>
std::optional<Removal> AsRemoval(FilterId filter, std::optional<Rule> rule) {
  if (!rule) return std::nullopt;
  return Removal{filter, Name(*rule)};
}

}  // namespace

std::string_view Name(FilterId filter) { return kNames[static_cast<size_t>(filter)]; }

FilterChainParameters FineWebChain() {
  return {.gopher_repetition = PerWritingSystem<GopherRepetitionParameters>(),
          .gopher_quality = GopherQualityPreset(),
          .c4 = C4WithoutTerminalPreset(),
          .fineweb = FineWebPreset()};
}

std::optional<Removal> FilterChain::CheckLanguage(const Document& document) const {
  const auto& kept = parameters_.languages;
  if (kept.empty()) return std::nullopt;
  if (std::find(kept.begin(), kept.end(), document.language) != kept.end()) return std::nullopt;
  return Removal{FilterId::kLanguage, "other_language"};
}

std::optional<Removal> FilterChain::CheckGopher(const TextSpans& spans) {
  const WritingSystem system = spans.writing_system();
  std::optional<Removal> removal;
  if (const auto& repetition = parameters_.gopher_repetition) {
    removal = AsRemoval(FilterId::kGopherRepetition,
                        CheckGopherRepetition(spans, repetition->For(system), repetition_));
  }
  if (const auto& quality = parameters_.gopher_quality; quality && !removal) {
    removal = AsRemoval(FilterId::kGopherQuality, CheckGopherQuality(spans, quality->For(system)));
  }
  return removal;
}

std::optional<Removal> FilterChain::CheckAfterC4(const TextSpans& spans) {
  if (!parameters_.fineweb) return std::nullopt;
  const FineWebParameters& fineweb = parameters_.fineweb->For(spans.writing_system());
  return AsRemoval(FilterId::kFineWeb, CheckFineWeb(spans, fineweb, lines_));
}

std::optional<Removal> FilterChain::Apply(Document& document) {
  if (auto removal = CheckLanguage(document)) return removal;
  const TextSpans& spans = segmenter_.Segment(document.text);
  if (spans.is_cut) return Removal{FilterId::kSize, "too_many_words_and_lines"};
  if (auto removal = CheckGopher(spans)) return removal;
  if (!parameters_.c4) return CheckAfterC4(spans);
  C4Outcome c4 = ApplyC4(spans, parameters_.c4->For(spans.writing_system()));
  if (c4.removed) return AsRemoval(FilterId::kC4, c4.removed);
  for (size_t i = 0; i < dropped_lines_.size(); ++i) dropped_lines_[i] += c4.dropped_lines[i];
  const bool changed = c4.text != document.text;
  if (changed) document.text = std::move(c4.text);
  return CheckAfterC4(changed ? segmenter_.Segment(document.text) : spans);
}

}  // namespace bench::corpus
