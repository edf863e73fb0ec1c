// Names in three languages, few enough to check by hand.
#pragma once

#include <string>
#include <vector>

#include "harness/data/source.h"
#include "harness/definition/names_spec.h"
#include "harness/stages/names/names.h"

namespace bench::harness {

inline NamesSpec ThreeLanguages() {
  NamesSpec spec;
  spec.languages = {"be", "uk", "de"};
  spec.max_characters = 10;
  spec.held_out_names = 2;
  return spec;
}

inline CatalogueRecord Thing(const std::string& english, const std::string& be,
                             const std::string& uk, const std::string& de) {
  CatalogueRecord record{.catalogue = "x.mo", .context = "", .english = english};
  if (!be.empty()) record.translations["be"] = be;
  if (!uk.empty()) record.translations["uk"] = uk;
  if (!de.empty()) record.translations["de"] = de;
  record.translations["fr"] = "rien";
  return record;
}

// Five in "be", of which "uk" lacks one and "de" two.
inline std::vector<CatalogueRecord> Things() {
  return {Thing("Poland", "Польшча", "Польща", "Polen"),
          Thing("Cuba", "Куба", "Куба", "Kuba"),
          Thing("Latvia", "Латвія", "Латвія", "Lettland"),
          Thing("Mali", "Малі", "", ""),
          Thing("Chile", "Чылі", "Чилі", ""),
          Thing("Peru", "", "Перу", "")};
}

}  // namespace bench::harness
