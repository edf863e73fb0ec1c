#include "harness/training/mixture_sampler.h"

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "nlohmann/json.hpp"

namespace bench::harness {

using nlohmann::json;

MixtureSampler::MixtureSampler(std::vector<MixturePart> parts, const SeedSource& seeds,
                               int64_t batch_rows)
    : parts_(std::move(parts)),
      seeds_(seeds),
      choice_(seeds.For(SeedPurpose::kDataOrder, "mixture")),
      batch_rows_(batch_rows),
      cursors_(parts_.size()) {
  for (size_t part = 0; part < parts_.size(); ++part) {
    total_weight_ += parts_[part].weight;
    StartEpoch(part, 0);
  }
}

void MixtureSampler::StartEpoch(size_t part, int64_t epoch) {
  const std::string stream = absl::StrCat(parts_[part].task, "/epoch ", epoch);
  Random random(seeds_.For(SeedPurpose::kDataOrder, stream));
  cursors_[part] = {epoch, 0, random.Permutation(parts_[part].num_rows)};
}

int64_t MixtureSampler::NumDraws() const {
  int64_t draws = 0;
  for (size_t part = 0; part < parts_.size(); ++part) {
    draws += cursors_[part].epoch * parts_[part].num_rows + cursors_[part].position;
  }
  return draws;
}

size_t MixtureSampler::NextPart() {
  if (batch_rows_ > 0) {
    int64_t place = NumDraws() % batch_rows_;
    for (size_t part = 0; part < parts_.size(); ++part) {
      if (place < parts_[part].rows_per_batch) return part;
      place -= parts_[part].rows_per_batch;
    }
  }
  double threshold = choice_.Uniform() * total_weight_;
  size_t part = 0;
  while (part + 1 < parts_.size() && threshold >= parts_[part].weight) {
    threshold -= parts_[part++].weight;
  }
  return part;
}

MixtureDraw MixtureSampler::Next() {
  const size_t part = NextPart();
  Cursor& cursor = cursors_[part];
  if (cursor.position == parts_[part].num_rows) StartEpoch(part, cursor.epoch + 1);
  return {part, cursor.order[static_cast<size_t>(cursor.position++)]};
}

json MixtureSampler::SaveState() const {
  json cursors = json::array();
  for (size_t part = 0; part < parts_.size(); ++part) {
    cursors.push_back({{"task", parts_[part].task},
                       {"num_rows", parts_[part].num_rows},
                       {"epoch", cursors_[part].epoch},
                       {"position", cursors_[part].position}});
  }
  return {{"key", choice_.state().key}, {"counter", choice_.state().counter}, {"cursors", cursors}};
}

absl::Status MixtureSampler::RestoreState(const json& state) {
  const json& cursors = state["cursors"];
  if (cursors.size() != parts_.size()) return DataError("the checkpoint is of another mixture");
  for (size_t part = 0; part < parts_.size(); ++part) {
    const json& saved = cursors[part];
    if (saved["task"] != parts_[part].task || saved["num_rows"] != parts_[part].num_rows) {
      return DataError(absl::StrCat("the checkpoint has other rows of task ", parts_[part].task));
    }
    StartEpoch(part, saved["epoch"].get<int64_t>());
    cursors_[part].position = saved["position"].get<int64_t>();
  }
  choice_ = Random(Random::State{state["key"].get<uint64_t>(), state["counter"].get<uint64_t>()});
  return absl::OkStatus();
}

}  // namespace bench::harness
