// What the [data] tables of stages that read a user's records have in common: how the file is
// written, what becomes of invalid records, and that it stands in place of an experiment's data.
#pragma once

#include "harness/definition/data_format.h"
#include "harness/definition/field.h"
#include "harness/definition/violations.h"

namespace bench::harness {

// skip_invalid, max_skipped_share.
template <typename DataSpec>
void DescribeSkipping(DataSpec& spec, FieldList& fields) {
  fields.Leaf("skip_invalid", spec.skip_invalid,
              {.doc = "count and skip malformed records of path instead of refusing the file"});
  fields.Leaf("max_skipped_share", spec.max_skipped_share,
              {.doc = "skip_invalid gives up on a file with more than this fraction malformed",
               .bounds = Between(0, 1)});
}

// format, and records where there are several layouts.
template <typename DataSpec>
void DescribeForm(DataSpec& spec, FieldList& fields) {
  fields.Leaf("format", spec.format,
              {.doc = "how path is written; auto: what its ending and its first bytes say"});
  if constexpr (requires { spec.records; }) {
    fields.Leaf("records", spec.records,
                {.doc = "fields of path's rows: instruction, input, output (alpaca), a list of "
                        "messages or conversations, prompt and completion; auto: as the first "
                        "row"});
  }
}

// Exactly one of dataset and path, and nothing that says how path is read without it.
template <typename DataSpec>
void ValidateUserRecords(const DataSpec& spec, const Violations& violations) {
  if (spec.dataset.has_value() == spec.path.has_value()) {
    violations.Add(spec.dataset ? "path" : "dataset",
                   "needs exactly one of dataset = \"NAME@N\" and path = \"...\"");
  }
  if (spec.path) return;
  constexpr char kNoUse[] = "has no use without path";
  if constexpr (requires { spec.validation_path; }) {
    if (spec.validation_path) violations.Add("validation_path", kNoUse);
  }
  if (spec.format != DataFormat::kAuto) violations.Add("format", kNoUse);
  if constexpr (requires { spec.records; }) {
    if (spec.records != RecordLayout::kAuto) violations.Add("records", kNoUse);
  }
}

}  // namespace bench::harness
