#include "harness/definition/names_spec.h"

#include <algorithm>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "harness/definition/field.h"
#include "harness/definition/violations.h"

namespace bench::harness {
namespace {

// As gettext writes them: "be", "pt_BR", "sr@latin".
bool IsLanguage(const std::string& name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '@';
  });
}

void CheckNames(const std::string& key, const std::vector<std::string>& names,
                std::set<std::string>& seen, const Violations& here) {
  for (const std::string& name : names) {
    if (!seen.insert(name).second) here.Add(key, absl::StrCat(name, " is named twice"));
  }
}

void CheckLanguages(const std::string& key, const std::vector<std::string>& languages,
                    std::set<std::string>& seen, const Violations& here) {
  CheckNames(key, languages, seen, here);
  for (const std::string& name : languages) {
    if (IsLanguage(name)) continue;
    here.Add(key, absl::StrCat("\"", name, "\" is no language of a catalogue, such as \"pt_BR\""));
  }
}

}  // namespace

void Describe(NamesSpec& spec, FieldList& fields) {
  FieldList& table = fields.Group("names", "rows of characters: <language>English name=name");
  table.Leaf("sources", spec.sources,
             {.doc = "data source manifests of kind \"gettext\", experiments/data/NAME.toml",
              .presence = Presence::kRequired,
              .role = TextRole::kName});
  table.Leaf("languages", spec.languages,
             {.doc = "as the catalogues call them; names are held out of the first one",
              .presence = Presence::kRequired});
  table.Leaf("max_characters", spec.max_characters,
             {.doc = "longest English name and longest name, in Unicode code points",
              .units = "characters",
              .bounds = Between(1, 1000)});
  table.Leaf("held_out_names", spec.held_out_names,
             {.doc = "English names that the first language is asked and never trained on",
              .bounds = Between(1, 1e6)});
  table.Leaf("held_out_elsewhere", spec.held_out_elsewhere,
             {.doc = "what the other languages have of those: rows to train on, none, or held-out "
                     "rows of their own"});
  table.Leaf("untranslated", spec.untranslated,
             {.doc = "what becomes of names that are the English ones"});
  table.Leaf("vocabulary_languages", spec.vocabulary_languages,
             {.doc = "languages whose characters are symbols too, so that several data sets have "
                     "one vocabulary"});
}

void Validate(const NamesSpec& spec, const Violations& violations) {
  const Violations here = violations.In("names");
  if (spec.sources.empty()) here.Add("sources", "needs at least one source");
  if (spec.languages.empty()) here.Add("languages", "needs at least one language");
  std::set<std::string> sources, languages;
  CheckNames("sources", spec.sources, sources, here);
  CheckLanguages("languages", spec.languages, languages, here);
  CheckLanguages("vocabulary_languages", spec.vocabulary_languages, languages, here);
}

}  // namespace bench::harness
