// Stage "images": rows that begin with the patches of images (harness/images), each followed by the
// image's text, as a data set of rows with vectors (harness/data/row_dataset.h) and, beside it as
// tokenizer.model, the tokenizer of the characters of all texts.
//
// The artifact depends on the definition and the images, not on the replicate. Tables: data (rows
// and tokens by part), samples, and sources where the images are declared ones.
// held_out_in_training counts the different images of held-out rows that training rows have too,
// before they are moved. Where nearest_neighbour asks for it, predictor_accuracy and
// predictor_exact_match say what the nearest training image, the nearest moved copy of one and the
// most frequent text would score on the held-out rows (predictors.h).
#pragma once

#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "harness/definition/definition.h"
#include "harness/stages/stage.h"

namespace bench::harness {

class ImagesStage : public Stage {
 public:
  // `definition` must outlive it.
  explicit ImagesStage(const Definition& definition);
  // The declared source, or the user's own files under the role "data"; and under "rows" the
  // version of what makes rows of them.
  absl::StatusOr<InputDigests> ContentDigests(const std::string& experiments_root) const override;
  // Estimates rows of a declared table; what one's own images need is known when they are read.
  absl::StatusOr<DiskNeed> Disk(const std::map<std::string, Artifact>& inputs) const override;
  absl::StatusOr<StageOutcome> Run(RunContext& context) override;

 private:
  const Definition& definition_;
  const ImagesSpec& spec_;
};

}  // namespace bench::harness
