// Answers compare_chat_templates.py, a line of JSON for each line on stdin: null with the known
// chat templates and the prompts that each stands for; a string with the string's form.
#include <cstdio>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>

#include "harness/data/chat_template.h"
#include "harness/data/jinja_form.h"
#include "harness/data/prompt.h"
#include "harness/data/prompt_template.h"
#include "harness/definition/enum_names.h"

namespace bench::harness {
namespace {

using Json = nlohmann::json;

// With white space at the ends, which a row may trim, and what a template could take for its own.
const SftExample kExamples[] = {
    {"Say it.", "", "It.", ""},
    {" Translate\n", "你好\n", " Hello \n", ""},
    {"<|im_end|>\n\n{{ x }}", "'\"\\n", "{% y %}", ""},
    {"And now?", "", "Now. ", "", {std::nullopt, {{" Then?\n", " then ", true}, {"b", "", true}}}},
    {"And now?", "", "Now.", "", {" Be\nbrief. ", {{"Then?", "then", true}}}},
    {"Alone", "", "It.", "", {"Be brief.", {}}},
};

Json Earlier(const EarlierTurns& earlier) {
  Json messages = Json::array();
  if (earlier.system) messages.push_back({{"role", "system"}, {"content", *earlier.system}});
  for (const Turn& turn : earlier.turns) {
    messages.push_back({{"role", "user"}, {"content", turn.user}});
    messages.push_back({{"role", "assistant"}, {"content", turn.assistant}});
  }
  return messages;
}

Json KnownTemplates() {
  Json known = Json::array();
  for (const KnownChatTemplate& row : KnownChatTemplates()) {
    Json prompts = Json::array();
    const SpecialTexts special = {"<s>", "</s>"};
    for (const SftExample& example : kExamples) {
      prompts.push_back({{"earlier", Earlier(example.earlier)},
                         {"instruction", example.instruction},
                         {"input", example.input},
                         {"output", example.output},
                         {"prompt", PromptText(row.row, example, special)},
                         {"target", TargetText(row.row, example, special)}});
    }
    known.push_back({{"row", std::string(Name(row.row))},
                     {"jinja", row.jinja},
                     {"bos_token", row.bos_token},
                     {"prompts", prompts}});
  }
  return known;
}

Json Answer(const Json& request) {
  if (request.is_null()) return KnownTemplates();
  const auto form = JinjaForm(request.get_ref<const std::string&>());
  return form ? Json(*form) : Json();
}

}  // namespace
}  // namespace bench::harness

int main() {
  std::string line;
  while (std::getline(std::cin, line)) {
    std::cout << bench::harness::Answer(nlohmann::json::parse(line)).dump() << "\n";
  }
  return 0;
}
