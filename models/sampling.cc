#include "models/sampling.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace bench::models {
namespace {

struct Candidate {
  int64_t token = 0;
  double probability = 0;
};

bool MoreLikely(const Candidate& a, const Candidate& b) {
  return a.probability != b.probability ? a.probability > b.probability : a.token < b.token;
}

double Total(const std::vector<Candidate>& candidates) {
  double total = 0;
  for (const Candidate& c : candidates) total += c.probability;
  return total;
}

std::vector<Candidate> AllCandidates(const LogProbs& log_probs) {
  std::vector<Candidate> all(static_cast<size_t>(log_probs.vocab_size));
  for (int64_t v = 0; v < log_probs.vocab_size; ++v) {
    all[static_cast<size_t>(v)] = {v, std::exp(static_cast<double>(log_probs.data[v]))};
  }
  return all;
}

void KeepTopK(std::vector<Candidate>& candidates, int64_t top_k) {
  if (top_k <= 0 || static_cast<size_t>(top_k) >= candidates.size()) return;
  std::nth_element(candidates.begin(), candidates.begin() + top_k, candidates.end(), MoreLikely);
  candidates.resize(static_cast<size_t>(top_k));
}

void KeepTopP(std::vector<Candidate>& candidates, double top_p) {
  if (top_p >= 1) return;
  std::sort(candidates.begin(), candidates.end(), MoreLikely);
  const double wanted = top_p * Total(candidates);
  double reached = 0;
  size_t kept = 0;
  while (kept < candidates.size() && (kept == 0 || reached < wanted)) {
    reached += candidates[kept++].probability;
  }
  candidates.resize(kept);
}

}  // namespace

int64_t ArgMax(const LogProbs& log_probs) {
  return std::max_element(log_probs.data, log_probs.data + log_probs.vocab_size) - log_probs.data;
}

int64_t SampleToken(const LogProbs& log_probs, const SamplingFilter& filter, double uniform) {
  std::vector<Candidate> kept = AllCandidates(log_probs);
  if (filter.top_k > 0 || filter.top_p < 1) {  // else they are in order of id as they are
    KeepTopK(kept, filter.top_k);
    KeepTopP(kept, filter.top_p);
    std::sort(kept.begin(), kept.end(),
              [](const Candidate& a, const Candidate& b) { return a.token < b.token; });
  }
  const double wanted = uniform * Total(kept);
  double reached = 0;
  for (const Candidate& c : kept) {
    reached += c.probability;
    if (reached > wanted) return c.token;
  }
  return kept.back().token;  // uniform within rounding of 1
}

}  // namespace bench::models
