#include "harness/data/prompt.h"

#include <iterator>
#include <string_view>

namespace bench::harness {
namespace {

struct TemplateText {
  std::string_view preamble;
  std::string_view preamble_with_input;
  std::string_view instruction;
  std::string_view input;
  std::string_view response;
};

constexpr TemplateText kAlpacaText = {
    .preamble =
        "Below is an instruction that describes a task. "
        "Write a response that appropriately completes the request.",
    .preamble_with_input =
        "Below is an instruction that describes a task, paired with an input that provides "
        "further context. Write a response that appropriately completes the request.",
    .instruction = "\n\n### Instruction:\n",
    .input = "\n\n### Input:\n",
    .response = "\n\n### Response:",
};

// The instruction as it is, and the input on a line of its own.
constexpr TemplateText kPlainText = {
    .preamble = "", .preamble_with_input = "", .instruction = "", .input = "\n", .response = ""};

const TemplateText& TextOf(PromptTemplate prompt_template) {
  switch (prompt_template) {
    case PromptTemplate::kAlpaca:
      return kAlpacaText;
    case PromptTemplate::kPlain:
      return kPlainText;
  }
  return kAlpacaText;
}

}  // namespace

std::string PromptText(PromptTemplate prompt_template, const SftExample& example) {
  const TemplateText& text = TextOf(prompt_template);
  std::string prompt(example.input.empty() ? text.preamble : text.preamble_with_input);
  prompt.append(text.instruction).append(example.instruction);
  if (!example.input.empty()) prompt.append(text.input).append(example.input);
  return prompt.append(text.response);
}

std::vector<std::string> FixedTexts(PromptTemplate prompt_template) {
  const TemplateText& text = TextOf(prompt_template);
  const std::string instruction(text.instruction);
  return {std::string(text.preamble) + instruction,
          std::string(text.preamble_with_input) + instruction, std::string(text.input),
          std::string(text.response)};
}

std::vector<int64_t> PromptTokens(const Tokenizer& tokenizer, PromptTemplate prompt_template,
                                  const SftExample& example) {
  std::vector<int64_t> tokens = {tokenizer.bos_id()};
  const std::vector<int64_t> text = tokenizer.Encode(PromptText(prompt_template, example));
  tokens.insert(tokens.end(), text.begin(), text.end());
  return tokens;
}

std::vector<int64_t> TargetTokens(const Tokenizer& tokenizer, const SftExample& example) {
  std::vector<int64_t> tokens = tokenizer.Encode(example.output);
  tokens.push_back(tokenizer.eos_id());
  return tokens;
}

std::optional<TokenizedExample> TokenizeExample(const Tokenizer& tokenizer,
                                                PromptTemplate prompt_template,
                                                const SftExample& example, int64_t max_tokens) {
  TokenizedExample row;
  row.tokens = PromptTokens(tokenizer, prompt_template, example);
  row.num_prompt_tokens = static_cast<int64_t>(row.tokens.size());
  if (row.num_prompt_tokens >= max_tokens) return std::nullopt;
  const std::vector<int64_t> target = TargetTokens(tokenizer, example);
  row.tokens.insert(row.tokens.end(), target.begin(), target.end());
  if (std::ssize(row.tokens) > max_tokens) row.tokens.resize(static_cast<size_t>(max_tokens));
  return row;
}

}  // namespace bench::harness
