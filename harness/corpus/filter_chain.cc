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

FilterChainParameters FineWebChain(FilterPreset preset) {
  return {.languages = {},
          .gopher_repetition = {.preset = preset, .parameters = {}},
          .gopher_quality = {.preset = preset, .parameters = GopherQualityPreset()},
          .c4 = {.preset = preset, .parameters = C4WithoutTerminalPreset()},
          .fineweb = {.preset = preset, .parameters = FineWebPreset()}};
}

FilterChain::FilterChain(FilterChainParameters parameters) : parameters_(std::move(parameters)) {
  if (parameters_.Uses(FilterPreset::kDatatrove)) datatrove_.emplace();
}

bool FilterChainParameters::Uses(FilterPreset preset) const {
  return gopher_repetition.preset == preset || gopher_quality.preset == preset ||
         c4.preset == preset || fineweb.preset == preset;
}

const TextSpans& FilterChain::Spans(FilterPreset preset, std::string_view text) {
  const TextSpans*& spans = preset == FilterPreset::kDatatrove ? datatrove_spans_ : spans_;
  if (spans == nullptr) {
    spans =
        preset == FilterPreset::kDatatrove ? &datatrove_->Segment(text) : &segmenter_.Segment(text);
  }
  return *spans;
}

// Whether the text is too long for the words that some filter sees; for ours where none is applied.
bool FilterChain::IsCut(std::string_view text) {
  const bool uses_datatrove = parameters_.Uses(FilterPreset::kDatatrove);
  if (uses_datatrove && Spans(FilterPreset::kDatatrove, text).is_cut) return true;
  if (uses_datatrove && !parameters_.Uses(FilterPreset::kPublished)) return false;
  return Spans(FilterPreset::kPublished, text).is_cut;
}

std::optional<Removal> FilterChain::CheckLanguage(const Document& document) const {
  const auto& kept = parameters_.languages;
  if (kept.empty()) return std::nullopt;
  if (std::find(kept.begin(), kept.end(), document.language) != kept.end()) return std::nullopt;
  return Removal{FilterId::kLanguage, "other_language"};
}

std::optional<Removal> FilterChain::CheckGopher(std::string_view text) {
  if (const auto& spec = parameters_.gopher_repetition; spec.preset != FilterPreset::kNone) {
    const TextSpans& spans = Spans(spec.preset, text);
    const auto& parameters = spec.parameters.For(spans.writing_system());
    const auto rule = CheckGopherRepetition(spans, parameters, repetition_, spec.preset);
    if (rule) return AsRemoval(FilterId::kGopherRepetition, rule);
  }
  const auto& spec = parameters_.gopher_quality;
  if (spec.preset == FilterPreset::kNone) return std::nullopt;
  const TextSpans& spans = Spans(spec.preset, text);
  return AsRemoval(FilterId::kGopherQuality,
                   CheckGopherQuality(spans, spec.parameters.For(spans.writing_system())));
}

std::optional<Removal> FilterChain::CheckFineWebAfterC4(std::string_view text) {
  const auto& spec = parameters_.fineweb;
  if (spec.preset == FilterPreset::kNone) return std::nullopt;
  const TextSpans& spans = Spans(spec.preset, text);
  const FineWebParameters& parameters = spec.parameters.For(spans.writing_system());
  return AsRemoval(FilterId::kFineWeb, CheckFineWeb(spans, parameters, lines_, spec.preset));
}

std::optional<Removal> FilterChain::Apply(Document& document) {
  if (auto removal = CheckLanguage(document)) return removal;
  ForgetSpans();
  if (IsCut(document.text)) return Removal{FilterId::kSize, "too_many_words_and_lines"};
  if (auto removal = CheckGopher(document.text)) return removal;
  const auto& spec = parameters_.c4;
  if (spec.preset == FilterPreset::kNone) return CheckFineWebAfterC4(document.text);
  const TextSpans& spans = Spans(spec.preset, document.text);
  C4Outcome c4 = ApplyC4(spans, spec.parameters.For(spans.writing_system()),
                         spec.preset == FilterPreset::kDatatrove ? &*datatrove_ : nullptr);
  if (c4.removed) return AsRemoval(FilterId::kC4, c4.removed);
  for (size_t i = 0; i < dropped_lines_.size(); ++i) dropped_lines_[i] += c4.dropped_lines[i];
  if (c4.text != document.text) {
    document.text = std::move(c4.text);
    ForgetSpans();
  }
  return CheckFineWebAfterC4(document.text);
}

}  // namespace bench::corpus
