#include "harness/tokenizers/model_probe.h"

#include <string>

#include "base/limited_child.h"
#include "base/status.h"
#include "harness/text/text.h"
#include "harness/tokenizers/sentencepiece_model.h"

namespace bench::harness::internal {
namespace {

constexpr int64_t kMaxProcessorSeconds = 20;

// A sample of the basic plane: one character in eleven, surrogates left out.
std::string ProbeText() {
  std::string text;
  for (char32_t c = 1; c < 0x10000; c += 11) {
    if (c < 0xD800 || c > 0xDFFF) AppendUtf8(c, text);
  }
  return text + " a b\n\t  ";
}

// A model that is refused in order is the caller's to report.
std::string Probe(std::string_view bytes) {
  std::string error;
  const auto model = SentencePieceModel::Load(bytes, error);
  if (model != nullptr) model->Decode(model->Encode(ProbeText()));
  return "";
}

}  // namespace

absl::Status ProbeModel(std::string_view bytes) {
  const ChildLimits limits = {.processor_s = kMaxProcessorSeconds};
  return Annotate(RunInLimitedChild(limits, [&] { return Probe(bytes); }).status(),
                  "no usable SentencePiece model");
}

}  // namespace bench::harness::internal
