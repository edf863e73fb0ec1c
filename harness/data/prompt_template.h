// The prompt templates, a table row each (templates/template_row.h says what a row is made of); all
// but `plain` are published ones.
//
//   alpaca  tatsu-lab/stanford_alpaca, train.py, with and without input; ends with EOS
//   plain   the instruction and, on a line of its own, the input; ends with EOS
//   others  the chat formats of the models that they are named after: templates/<name>.h
//
// A chat template's message is the instruction and, on a line of its own, the input. Of several
// turns each is written as one alone is, answers between them: what the row's Jinja renders.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "harness/data/templates/template_row.h"
#include "harness/definition/sft_spec.h"

namespace bench::harness {

const TemplateRow& RowOf(PromptTemplate prompt_template);

// SHA-256 over the row: changes with whatever a prompt or a target is made of.
std::string Digest(PromptTemplate prompt_template);

}  // namespace bench::harness
