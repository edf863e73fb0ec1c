#include "harness/training/sharded_state.h"

#include <algorithm>
#include <span>

#include "base/status.h"

namespace bench::harness {
namespace {

using Group = std::span<const StateTensor>;
using Pieces = std::vector<std::vector<at::Tensor>>;  // by tensor of the group

int64_t NumElements(const StateTensor& tensor) { return c10::multiply_integers(tensor.spec.shape); }

Pieces OwnPieces(const ShardedState& state, Group group) {
  Pieces pieces;
  for (const StateTensor& tensor : group) pieces.push_back(state.own(tensor));
  return pieces;
}

// What a rank holds of a tensor.
int64_t CountOf(const std::vector<int64_t>& sizes, const StateTensor& tensor) {
  const int64_t size = sizes[tensor.parameter];
  return tensor.spec.shape.empty() ? std::min<int64_t>(size, 1) : size;
}

// On rank 0.
Pieces GatherPieces(const ShardedState& state, Group group, Ranks& ranks) {
  std::vector<at::Tensor> own;
  for (const std::vector<at::Tensor>& pieces : OwnPieces(state, group)) {
    own.insert(own.end(), pieces.begin(), pieces.end());
  }
  if (own.empty()) own.push_back(at::empty({0}, at::kFloat));
  std::vector<int64_t> counts;
  for (const std::vector<int64_t>& sizes : state.sizes) {
    int64_t count = 0;
    for (const StateTensor& tensor : group) count += CountOf(sizes, tensor);
    counts.push_back(count);
  }
  const at::Tensor all = ranks.GatherToLeader(own.size() == 1 ? own[0] : at::cat(own), counts);
  if (!ranks.leads()) return {};
  if (group.size() == 1) return {{all}};  // the pieces lie as they belong
  Pieces gathered(group.size());
  int64_t next = 0;
  for (const std::vector<int64_t>& sizes : state.sizes) {
    for (size_t t = 0; t < group.size(); ++t) {
      const int64_t count = CountOf(sizes, group[t]);
      gathered[t].push_back(all.narrow(0, next, count));
      next += count;
    }
  }
  return gathered;
}

// A number is the same in all pieces.
at::Tensor Whole(const std::vector<at::Tensor>& pieces, const std::vector<int64_t>& shape) {
  const at::Tensor flat = pieces.size() == 1 ? pieces[0] : at::cat(pieces);
  return shape.empty() ? flat[0] : flat.view(shape);
}

}  // namespace

size_t NumTogether(std::span<const StateTensor> rest) {
  size_t count = 0;
  for (int64_t size = 0; count < rest.size(); ++count) {
    size += NumElements(rest[count]);
    if (count > 0 && size > kGatheredTogether) break;
  }
  return count;
}

absl::Status VisitOnLeader(const ShardedState& state, Ranks& ranks,
                           const ParameterUpdate::StateVisitor& visit) {
  const at::NoGradGuard no_grad;
  const bool spread = !state.sizes.empty();
  if (!spread && !ranks.leads()) return absl::OkStatus();
  for (Group rest = state.tensors; !rest.empty();) {
    const Group group = rest.first(NumTogether(rest));
    rest = rest.subspan(group.size());
    Pieces pieces = spread ? GatherPieces(state, group, ranks) : OwnPieces(state, group);
    for (size_t t = 0; t < pieces.size(); ++t) {
      BENCH_RETURN_IF_ERROR(visit({group[t].spec.name, Whole(pieces[t], group[t].spec.shape)}));
      pieces[t].clear();
    }
  }
  return absl::OkStatus();
}

}  // namespace bench::harness
