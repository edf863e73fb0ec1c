#include "harness/tokenizers/model_probe.h"

#include <mutex>
#include <set>
#include <string>

#include "base/limited_child.h"
#include "base/sha256.h"
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

// Digests of the models that worked here. A run reads its tokenizer many times.
class Tried {
 public:
  bool Has(const std::string& digest) {
    const std::lock_guard<std::mutex> lock(mutex_);
    return digests_.contains(digest);
  }
  void Add(const std::string& digest) {
    const std::lock_guard<std::mutex> lock(mutex_);
    digests_.insert(digest);
  }

 private:
  std::mutex mutex_;
  std::set<std::string> digests_;
};

// A model that is refused in order is the caller's to report.
std::string Probe(std::string_view bytes) {
  std::string error;
  const auto model = SentencePieceModel::Load(bytes, error);
  if (model != nullptr) model->Decode(model->Encode(ProbeText()));
  return "";
}

}  // namespace

absl::Status ProbeModel(std::string_view bytes) {
  static auto& tried = *new Tried();
  const std::string digest = Sha256Hex(bytes);
  if (tried.Has(digest)) return absl::OkStatus();
  const ChildLimits limits = {.processor_s = kMaxProcessorSeconds};
  BENCH_RETURN_IF_ERROR(Annotate(RunInLimitedChild(limits, [&] { return Probe(bytes); }).status(),
                                 "no usable SentencePiece model"));
  tried.Add(digest);
  return absl::OkStatus();
}

}  // namespace bench::harness::internal
