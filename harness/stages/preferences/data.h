// The records that preferences are made from: parts of a data set, or a user's own file.
//
// Of a data set, training pairs come from data.dataset_part and held-out ones from
// data.validation_part; every part of it (those of translations.h) is read, and a prompt in two
// parts is a DataError: fine-tuning, reward model, PPO and evaluation share none. A user's file is
// split by a hash of each record's prompt (harness/data/held_out.h). Records without one of
// data.tasks are left out, then those beyond data.max_prompts; their outputs are right answers to
// their prompts all the same.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "harness/data/alpaca.h"
#include "harness/data/disjoint_prompts.h"
#include "harness/definition/preferences_spec.h"
#include "harness/stages/left_out.h"
#include "harness/stages/preferences/pairs.h"
#include "harness/store/store.h"

namespace bench::harness {

struct PreferenceRecords {
  std::vector<SftExample> train, validation;                // in file order
  std::map<std::string, DisjointPrompts::PartCount> parts;  // of the data set; none for a file
  RightAnswers right_answers;  // of both parts; also of the records that are left out
  LeftOutRecords left_out;
};

// `inputs` by role, "dataset" where the definition names one. DataError when either list is empty.
absl::StatusOr<PreferenceRecords> LoadPreferenceRecords(
    const PreferencesDataSpec& spec, const std::map<std::string, Artifact>& inputs);

}  // namespace bench::harness
