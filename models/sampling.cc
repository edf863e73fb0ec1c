#include "models/sampling.h"

#include <algorithm>
#include <cmath>

namespace bench::models {

int64_t ArgMax(const LogProbs& log_probs) {
  return std::max_element(log_probs.data, log_probs.data + log_probs.vocab_size) - log_probs.data;
}

int64_t TokenSampler::Sample(const LogProbs& log_probs, double uniform) {
  TakeAll(log_probs);
  KeepTopK();
  ToProbabilities();
  KeepTopP();
  const auto by_token = [](const Candidate& a, const Candidate& b) { return a.token < b.token; };
  if (!std::is_sorted(candidates_.begin(), candidates_.end(), by_token)) {
    std::sort(candidates_.begin(), candidates_.end(), by_token);
  }
  return Invert(uniform);
}

bool TokenSampler::MoreLikely(const Candidate& a, const Candidate& b) {
  return a.weight != b.weight ? a.weight > b.weight : a.token < b.token;
}

void TokenSampler::TakeAll(const LogProbs& log_probs) {
  candidates_.resize(static_cast<size_t>(log_probs.vocab_size));
  for (int64_t v = 0; v < log_probs.vocab_size; ++v) {
    candidates_[static_cast<size_t>(v)] = {v, static_cast<double>(log_probs.data[v])};
  }
}

void TokenSampler::KeepTopK() {
  const int64_t top_k = filter_.top_k;
  if (top_k <= 0 || top_k >= std::ssize(candidates_)) return;
  std::nth_element(candidates_.begin(), candidates_.begin() + top_k, candidates_.end(), MoreLikely);
  candidates_.resize(static_cast<size_t>(top_k));
}

void TokenSampler::ToProbabilities() {
  for (Candidate& candidate : candidates_) candidate.weight = std::exp(candidate.weight);
}

void TokenSampler::KeepTopP() {
  if (filter_.top_p >= 1) return;
  std::sort(candidates_.begin(), candidates_.end(), MoreLikely);
  const double wanted = filter_.top_p * Total();
  double reached = 0;
  size_t kept = 0;
  while (kept < candidates_.size() && (kept == 0 || reached < wanted)) {
    reached += candidates_[kept++].weight;
  }
  candidates_.resize(kept);
}

double TokenSampler::Total() const {
  double total = 0;
  for (const Candidate& candidate : candidates_) total += candidate.weight;
  return total;
}

int64_t TokenSampler::Invert(double uniform) const {
  const double wanted = uniform * Total();
  double reached = 0;
  for (const Candidate& candidate : candidates_) {
    reached += candidate.weight;
    if (reached > wanted) return candidate.token;
  }
  return candidates_.back().token;  // uniform within rounding of 1
}

}  // namespace bench::models
