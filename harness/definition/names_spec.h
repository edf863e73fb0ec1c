// stage = "names": names of countries, languages and the like in several languages, from gettext
// catalogues, as rows of characters that stage "clm" trains on: what does one language give
// another, and what do many cost?
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bench::harness {

class FieldList;
class Violations;

// What the other languages have of the English names that are held out of the first one.
//   kTrained  rows to train on: what is held out may be known from another language
//   kLeftOut  none; a control, which leaves the other languages their form alone
//   kAsked    held-out rows of their own: no language trains on these names
enum class HeldOutElsewhere { kTrained, kLeftOut, kAsked };
constexpr std::array<std::string_view, 3> EnumNames(HeldOutElsewhere) {
  return {"trained", "left_out", "asked"};
}

// Names that are the English ones: in some languages right, in others not translated yet.
enum class Untranslated { kLeftOut, kKept };
constexpr std::array<std::string_view, 2> EnumNames(Untranslated) { return {"left_out", "kept"}; }

// [names]: rows `<be>Poland=` and `Польшча`.
struct NamesSpec {
  std::vector<std::string> sources;    // required; manifests experiments/data/NAME.toml
  std::vector<std::string> languages;  // required; of the catalogues; the first one is asked
  int64_t max_characters = 16;         // of the English name and of the name, in code points
  int64_t held_out_names = 1000;       // of the first language
  HeldOutElsewhere held_out_elsewhere = HeldOutElsewhere::kTrained;
  Untranslated untranslated = Untranslated::kLeftOut;
  // Languages whose rows' symbols are in the vocabulary although there are no rows of them, so that
  // the models of several data sets have the same one.
  std::vector<std::string> vocabulary_languages;
};

void Describe(NamesSpec& spec, FieldList& fields);
void Validate(const NamesSpec& spec, const Violations& violations);

}  // namespace bench::harness
