#include "harness/stages/preferences/pairs.h"

#include <utility>

#include "harness/data/disjoint_prompts.h"
#include "harness/definition/enum_names.h"
#include "harness/text/text.h"

namespace bench::harness {
namespace {

Preference Pair(const SftExample& example, std::string rejected, NegativeKind kind) {
  return {example.instruction,     example.output, std::move(rejected),
          std::string(Name(kind)), example.input,  example.earlier};
}

}  // namespace

void RightAnswers::Add(const SftExample& example) {
  by_prompt_[PromptSha256(example.instruction, example.input, example.earlier)].insert(
      TrimWhitespace(example.output));
}

const std::set<std::string>& RightAnswers::To(const SftExample& example) const {
  return by_prompt_.at(PromptSha256(example.instruction, example.input, example.earlier));
}

std::vector<Preference> ModelPairs(const SftExample& example, const std::set<std::string>& right,
                                   const ModelAnswers& answers, AnswerCounts& counts) {
  std::vector<Preference> pairs;
  if (!answers) {
    ++counts.num_prompts_too_long;
    return pairs;
  }
  std::set<std::string> seen;
  for (const ModelAnswer& answer : *answers) {
    ++counts.num_answers;
    if (right.contains(TrimWhitespace(answer.text))) {
      ++counts.num_right;
    } else if (answer.text.find('\0') != std::string::npos) {
      ++counts.num_unreadable;
    } else if (!seen.insert(TrimWhitespace(answer.text)).second) {
      ++counts.num_repeated;
    } else {
      counts.num_cut_off += answer.end == AnswerEnd::kCutOff ? 1 : 0;
      pairs.push_back(Pair(example, answer.text, NegativeKind::kModel));
    }
  }
  counts.num_pairs += std::ssize(pairs);
  return pairs;
}

SimilarOutputs::SimilarOutputs(const std::vector<SftExample>& examples) {
  std::map<std::string, std::vector<const SftExample*>> by_task;
  for (const SftExample& example : examples) by_task[example.task].push_back(&example);
  for (auto& [task, of_task] : by_task) {
    std::vector<std::string> outputs;
    for (const SftExample* example : of_task) outputs.push_back(example->output);
    tasks_.emplace(task, Task{NearestTexts(outputs), std::move(of_task)});
  }
}

std::vector<Preference> SimilarOutputs::PairsOf(const SftExample& example,
                                                const std::set<std::string>& right,
                                                int64_t count) const {
  std::vector<Preference> pairs;
  const auto task = tasks_.find(example.task);
  if (task == tasks_.end()) return pairs;
  std::set<std::string> seen = right;
  const std::vector<const SftExample*>& examples = task->second.examples;
  const auto is_new = [&](size_t index) {
    return seen.insert(TrimWhitespace(examples[index]->output)).second;
  };
  for (const size_t index :
       task->second.texts.Find(example.output, static_cast<size_t>(count), is_new)) {
    pairs.push_back(Pair(example, examples[index]->output, NegativeKind::kSimilar));
  }
  return pairs;
}

}  // namespace bench::harness
