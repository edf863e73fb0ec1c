#include "models/generate.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "kernels/parallel.h"
#include "models/kv_cache.h"
#include "models/sampling.h"

namespace bench::models {
namespace {

void Check(const Decoder& decoder, const std::vector<std::vector<int64_t>>& prompts,
           const GenerationOptions& options) {
  TORCH_CHECK(
      options.temperature >= 0 && options.top_k >= 0 && options.top_p > 0 && options.top_p <= 1,
      "Generate: temperature and top_k must not be negative, top_p must lie in (0, 1]");
  TORCH_CHECK(options.vocab_size >= 1, "Generate: vocab_size must be positive");
  for (size_t b = 0; b < prompts.size(); ++b) {
    const auto length = static_cast<int64_t>(prompts[b].size());
    TORCH_CHECK(length >= 1 && length <= decoder.config().max_positions, "Generate: prompt ", b,
                " has ", length, " tokens; 1 to ", decoder.config().max_positions, " are allowed");
  }
}

// Tokens that sequence b may get.
int64_t Room(const Decoder& decoder, const std::vector<int64_t>& prompt,
             const GenerationOptions& options) {
  const auto length = static_cast<int64_t>(prompt.size());
  return std::min(options.max_new_tokens, decoder.config().max_positions - length);
}

at::Tensor LogProbsOf(const Decoder& decoder, const at::Tensor& hidden_BD,
                      const GenerationOptions& options) {
  at::Tensor logits_BV = decoder.Logits(hidden_BD).to(at::kFloat);
  logits_BV = logits_BV.slice(1, 0, options.vocab_size);
  if (options.temperature > 0) logits_BV.div_(options.temperature);
  return at::log_softmax(logits_BV, -1).to(at::kCPU).contiguous();
}

// Elements of a plain loop that take as long as choosing among one more candidate: 16,384 of them,
// some 0.1 ms, are worth a thread.
constexpr int64_t kElementsOfACandidate = 4;

// The state of one call: which sequences are unfinished, and what they have so far.
class Generator {
 public:
  Generator(const GenerationOptions& options, const UniformSource& uniform,
            std::vector<int64_t> room)
      : options_(options),
        uniform_(uniform),
        samplers_(static_cast<size_t>(at::get_num_threads()),
                  TokenSampler({options.top_k, options.top_p})),
        room_(std::move(room)),
        result_(room_.size()) {}

  // Sequences that may still get tokens, of `candidates`.
  std::vector<int64_t> Unfinished(const std::vector<int64_t>& candidates) const {
    std::vector<int64_t> live;
    for (const int64_t b : candidates) {
      const Generation& g = result_[static_cast<size_t>(b)];
      const auto count = static_cast<int64_t>(g.tokens.size());
      if (!g.stopped && count < room_[static_cast<size_t>(b)]) live.push_back(b);
    }
    return live;
  }

  // Adds a token to each of `live`, whose rows are those of log_probs_BV.
  void Append(const at::Tensor& log_probs_BV, const std::vector<int64_t>& live) {
    const int64_t vocab_size = log_probs_BV.size(1);
    const float* data = log_probs_BV.const_data_ptr<float>();
    Draw(live);
    kernels::ParallelFor(
        {std::ssize(live), vocab_size * kElementsOfACandidate}, [&](int64_t begin, int64_t end) {
          TokenSampler& sampler = samplers_[static_cast<size_t>(at::get_thread_num())];
          for (int64_t i = begin; i < end; ++i) {
            const auto place = static_cast<size_t>(i);
            const LogProbs row{data + i * vocab_size, vocab_size};
            Add(row, Choose(row, place, sampler), result_[static_cast<size_t>(live[place])]);
          }
        });
  }

  std::vector<std::vector<int64_t>> LastTokens(const std::vector<int64_t>& live) const {
    std::vector<std::vector<int64_t>> rows;
    for (const int64_t b : live) rows.push_back({result_[static_cast<size_t>(b)].tokens.back()});
    return rows;
  }

  std::vector<Generation> Take() { return std::move(result_); }

 private:
  // On the caller's thread and in order: its source need not bear several.
  void Draw(const std::vector<int64_t>& live) {
    if (options_.temperature == 0) return;
    draws_.clear();
    for (const int64_t b : live) draws_.push_back(uniform_(b));
  }

  int64_t Choose(const LogProbs& row, size_t place, TokenSampler& sampler) const {
    return options_.temperature == 0 ? ArgMax(row) : sampler.Sample(row, draws_[place]);
  }

  void Add(const LogProbs& row, int64_t token, Generation& g) const {
    g.tokens.push_back(token);
    g.log_probs.push_back(row.data[token]);
    g.stopped =
        options_.stop_token == token || (options_.is_complete && options_.is_complete(g.tokens));
  }

  const GenerationOptions& options_;
  const UniformSource& uniform_;
  std::vector<TokenSampler> samplers_;  // one a thread
  std::vector<double> draws_;           // of the sequences that get a token now
  std::vector<int64_t> room_;
  std::vector<Generation> result_;
};

// The vectors of the sequences `live` alone.
SequenceVectors VectorsOf(const SequenceVectors& all, const std::vector<int64_t>& live) {
  if (!all.vectors_KP.defined()) return {};
  std::vector<int64_t> begins = {0};
  for (const int64_t count : all.counts_B) begins.push_back(begins.back() + count);
  SequenceVectors own;
  std::vector<int64_t> places;
  for (const int64_t b : live) {
    const auto sequence = static_cast<size_t>(b);
    own.counts_B.push_back(all.counts_B.at(sequence));
    for (int64_t i = begins[sequence]; i < begins[sequence + 1]; ++i) places.push_back(i);
  }
  const at::Tensor places_K = at::tensor(places, at::kLong).to(all.vectors_KP.device());
  own.vectors_KP = all.vectors_KP.index_select(0, places_K);
  return own;
}

// Hidden states of the last token of each sequence of `batch`, which continue the cached sequences
// `live`.
at::Tensor LastHidden(const Decoder& decoder, RaggedBatch batch, const std::vector<int64_t>& live,
                      KvCache& cache) {
  at::Tensor last_B = at::empty({batch.num_sequences()}, at::kLong);
  at::Tensor past_N = at::empty({batch.offsets.back()}, at::kLong);
  for (size_t b = 0; b < live.size(); ++b) {
    last_B.mutable_data_ptr<int64_t>()[b] = batch.offsets[b + 1] - 1;
    past_N.slice(0, batch.offsets[b], batch.offsets[b + 1]).fill_(cache.length(live[b]));
  }
  batch.positions_N = batch.positions_N + past_N.to(decoder.device());
  return decoder.HiddenCached(batch, live, cache).index_select(0, last_B.to(decoder.device()));
}

// Every token reads all parameters, so they are converted once; null where there is nothing to
// convert.
std::unique_ptr<const Decoder> InComputeType(const Decoder& decoder) {
  const at::ScalarType type = decoder.compute_type();
  if (decoder.parameters().front().tensor.scalar_type() == type) return nullptr;
  return decoder.CopyIn(type);
}

// Of a decoder whose parameters have the type that it computes in.
std::vector<Generation> Decode(const Decoder& decoder,
                               const std::vector<std::vector<int64_t>>& prompts,
                               const GenerationOptions& options, const UniformSource& uniform,
                               const SequenceVectors& vectors) {
  std::vector<int64_t> live, room, capacities;
  for (const auto& prompt : prompts) {
    live.push_back(static_cast<int64_t>(live.size()));
    room.push_back(Room(decoder, prompt, options));
    capacities.push_back(static_cast<int64_t>(prompt.size()) + std::max<int64_t>(room.back(), 0));
  }
  Generator generator(options, uniform, room);
  KvCache cache(decoder.config(), capacities,
                decoder.parameters().front().tensor.options().requires_grad(false));
  live = generator.Unfinished(live);
  std::vector<std::vector<int64_t>> rows;
  for (const int64_t b : live) rows.push_back(prompts[static_cast<size_t>(b)]);
  SequenceVectors beginnings = VectorsOf(vectors, live);
  while (!live.empty() && !(options.cancelled && options.cancelled())) {
    RaggedBatch batch = MakeRaggedBatch(rows, decoder.device());
    PutVectors(std::exchange(beginnings, {}), batch);
    const at::Tensor hidden_BD = LastHidden(decoder, std::move(batch), live, cache);
    generator.Append(LogProbsOf(decoder, hidden_BD, options), live);
    live = generator.Unfinished(live);
    rows = generator.LastTokens(live);
  }
  return generator.Take();
}

}  // namespace

std::vector<Generation> Generate(const Decoder& decoder,
                                 const std::vector<std::vector<int64_t>>& prompts,
                                 const GenerationOptions& options, const UniformSource& uniform,
                                 const SequenceVectors& vectors) {
  Check(decoder, prompts, options);
  const at::NoGradGuard no_grad;
  const std::unique_ptr<const Decoder> converted = InComputeType(decoder);
  return Decode(converted ? *converted : decoder, prompts, options, uniform, vectors);
}

}  // namespace bench::models
