// stage = "translations": instruction records made from human translations in gettext catalogues,
// split into parts by a hash over connected components.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace bench::harness {

class FieldList;
class Violations;

// Fraction of the connected components in each part; the five sum to 1.
struct PartFractions {
  double sft = 0.7;
  double reward = 0.1;
  double ppo = 0.1;
  double validation = 0.05;
  double test = 0.05;
};

struct TranslationsSpec {
  std::vector<std::string> sources;  // required; manifests experiments/data/NAME.toml
  int64_t max_characters = 40;       // longest text, in Unicode code points
  // Least similarity (harness/data/script_similarity.h) of the two Chinese texts of a Traditional
  // to Simplified pair; below it two people translated the message in different words, and one text
  // does not follow from the other. 0: all pairs.
  double min_script_similarity = 0;
  PartFractions parts;
};

void Describe(PartFractions& spec, FieldList& fields);
void Describe(TranslationsSpec& spec, FieldList& fields);
void Validate(const TranslationsSpec& spec, const Violations& violations);

}  // namespace bench::harness
