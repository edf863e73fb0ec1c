#include "harness/evaluation/probes/prompts.h"

#include <numeric>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "harness/determinism/random.h"

namespace bench::harness {

absl::StatusOr<ProbePrompts> ProbePrompts::Create(const ProbeSpec& spec, const ProbeFile& file,
                                                  std::vector<ProbeDocument> examples,
                                                  const SeedSource& seeds) {
  if (spec.shots > std::ssize(examples)) {
    return DataError(absl::StrCat("probe ", spec.name, ": its file of examples has ",
                                  examples.size(), ", fewer than shots = ", spec.shots));
  }
  ProbePrompts prompts(spec, std::move(examples), seeds);
  prompts.description_ = spec.description.empty() ? file.description : spec.description;
  prompts.delimiter_ = file.ends_inputs ? "" : spec.delimiter;
  return prompts;
}

std::vector<size_t> ProbePrompts::Shots(const ProbeDocument& document) const {
  std::vector<size_t> chosen(static_cast<size_t>(spec_.shots));
  if (spec_.shots_order == ShotOrder::kFirst) {
    std::iota(chosen.begin(), chosen.end(), size_t{0});
    return chosen;
  }
  Random random(
      seeds_.For(SeedPurpose::kSampling, absl::StrCat("probe/", spec_.name, "/", document.sha256)));
  const std::vector<int64_t> order = random.Permutation(std::ssize(examples_));
  for (size_t i = 0; i < chosen.size(); ++i) chosen[i] = static_cast<size_t>(order[i]);
  return chosen;
}

std::string ProbePrompts::Context(const ProbeDocument& document) const {
  std::string context = description_;
  for (const size_t i : Shots(document)) {
    const ProbeDocument& example = examples_[i];
    absl::StrAppend(&context, example.input, delimiter_, example.answer(), spec_.separator);
  }
  return context + document.input;
}

}  // namespace bench::harness
