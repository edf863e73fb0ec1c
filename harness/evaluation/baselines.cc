#include "harness/evaluation/baselines.h"

#include <utility>

namespace bench::harness {

std::string CopyBaseline(const SftExample& query) {
  return query.input.empty() ? query.instruction : query.input;
}

NearestBaseline::NearestBaseline(const std::vector<SftExample>& training) {
  struct Columns {
    std::vector<std::string> texts, outputs;
  };
  std::map<std::string, Columns> by_task;
  for (const SftExample& example : training) {
    Columns& columns = by_task[example.task];
    columns.texts.push_back(CopyBaseline(example));
    columns.outputs.push_back(example.output);
  }
  for (auto& [task, columns] : by_task) {
    tasks_.emplace(task, Task{NearestTexts(columns.texts), std::move(columns.outputs)});
  }
}

std::string NearestBaseline::Answer(const SftExample& query) const {
  const auto task = tasks_.find(query.task);
  if (task == tasks_.end()) return "";
  const std::vector<size_t> found =
      task->second.texts.Find(CopyBaseline(query), 1, [](size_t) { return true; });
  return found.empty() ? "" : task->second.outputs[found.front()];
}

}  // namespace bench::harness
