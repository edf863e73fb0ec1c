// Answers examples with a trained model's folder, for tests/commands/export_vs_transformers.py.
//
// A line of stdin is {"instruction": text, "input": text}; the answer is {"prompt": ids, "tokens":
// ids of the greedy answer, at most 64, "logits": those that the prompt's last token gives}. Or it
// is a JSON string, answered by {"ids": its tokens, "decoded": their text}.
#include <cstdio>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>

#include "base/status.h"
#include "harness/data/prompt.h"
#include "harness/evaluation/generation.h"
#include "harness/model_io/decoder_artifact.h"
#include "models/generate.h"

namespace bench::harness {
namespace {

using Json = nlohmann::json;

Json Answer(const DecoderArtifact& model, const PromptEncoder& encoder, const Json& request) {
  if (request.is_string()) {
    const std::vector<int64_t> ids = model.tokenizer.Encode(request.get<std::string>());
    return {{"ids", ids}, {"decoded", model.tokenizer.Decode(ids)}};
  }
  const at::NoGradGuard no_grad;
  const std::vector<int64_t> prompt =
      encoder.Prompt({request["instruction"], request["input"], "", ""});
  const at::Tensor hidden_ND =
      model.decoder->Hidden(models::MakeRaggedBatch({prompt}, at::Device(at::kCPU)));
  const at::Tensor logits_V =
      model.decoder->Logits(hidden_ND.slice(0, -1)).squeeze(0).to(at::kFloat).contiguous();
  models::GenerationOptions options = AnswerOptions(model.tokenizer, encoder.answer_form());
  options.max_new_tokens = 64;
  const auto answers = models::Generate(*model.decoder, {prompt}, options, nullptr);
  const float* logits = logits_V.const_data_ptr<float>();
  return {{"prompt", prompt},
          {"tokens", answers[0].tokens},
          {"logits", std::vector<float>(logits, logits + logits_V.numel())}};
}

absl::Status Run(const std::string& folder) {
  BENCH_ASSIGN_OR_RETURN(const DecoderArtifact model,
                         LoadDecoderArtifact(folder, at::Device(at::kCPU)));
  BENCH_ASSIGN_OR_RETURN(const PromptEncoder encoder,
                         PromptEncoder::Create(model.tokenizer, model.prompt_template));
  std::string line;
  while (std::getline(std::cin, line)) {
    std::cout << Answer(model, encoder, Json::parse(line)).dump() << "\n";
  }
  return absl::OkStatus();
}

}  // namespace
}  // namespace bench::harness

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: decoder_tool FOLDER < lines\n", stderr);
    return 2;
  }
  const absl::Status status = bench::harness::Run(argv[1]);
  if (!status.ok()) std::fprintf(stderr, "%s\n", std::string(status.message()).c_str());
  return static_cast<int>(bench::ExitCodeFor(status));
}
