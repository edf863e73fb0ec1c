#include "kernels/bench/kernel_case.h"

#include <gtest/gtest.h>

#include <set>

#include "tests/kernels/testing.h"

namespace bench::kernels {
namespace {

// Three sequences of 1, 5 and 31 tokens; hidden 30, 3 heads of 10 with one key/value head,
// intermediate 77, vocabulary 101.
Geometry Small(Phase phase) {
  for (const Geometry& geometry : OddGeometries()) {
    if (geometry.experiment == "odd, small" && geometry.phase == phase) return geometry;
  }
  return {};
}

KernelCase Only(const std::vector<KernelCase>& cases) {
  EXPECT_EQ(cases.size(), 1u);
  return cases.front();
}

void ExpectWork(const ElementWork& work, double flops, double elements) {
  EXPECT_EQ(work.flops, flops);
  EXPECT_EQ(work.elements, elements);
}

TEST(KernelCases, CountTheWorkOfOperationsOnRows) {
  const Geometry geometry = Small(Phase::kTraining);
  const KernelCase norm = Only(RmsNormCases(geometry));
  EXPECT_EQ(norm.shape, "N37D30");
  ExpectWork(norm.forward, 4 * 1110, 2 * 1110 + 30);
  ExpectWork(norm.backward, 9 * 1110, 3 * 1110 + 60);
  const KernelCase gate = Only(SwiGluCases(geometry));
  EXPECT_EQ(gate.shape, "N37F77");
  ExpectWork(gate.forward, 5 * 2849, 3 * 2849);
  ExpectWork(gate.backward, 11 * 2849, 5 * 2849);
  const KernelCase rope = Only(RopeCases(geometry));
  EXPECT_EQ(rope.shape, "N37H3d10");
  ExpectWork(rope.forward, 3 * 1110, 2 * 1110 + 310);  // tables of 31 positions
}

TEST(KernelCases, CountTheWorkOfProducts) {
  const Geometry geometry = Small(Phase::kTraining);
  const std::vector<KernelCase> linears = LinearCases(geometry);
  ASSERT_EQ(linears.size(), 3u);
  EXPECT_EQ(linears[1].shape, "N37D30E77");
  ExpectWork(linears[1].forward, 2 * 85470, 1110 + 2310 + 2849);
  ExpectWork(linears[1].backward, 4 * 85470, 2220 + 4620 + 2849);
  const KernelCase loss = Only(LinearCrossEntropyCases(geometry));
  EXPECT_EQ(loss.shape, "M37D30V101");
  ExpectWork(loss.forward, 2 * 112110 + 4 * 3737, 1110 + 3030);
  ExpectWork(loss.backward, 4 * 112110 + 3737, 1110 + 3030);
  const KernelCase log_probs = Only(LinearLogProbsCases(geometry));
  ExpectWork(log_probs.forward, 2 * 112110 + 6 * 3737, 1110 + 3030 + 74);
  ExpectWork(log_probs.backward, 4 * 112110 + 3 * 3737, 2 * (1110 + 3030) + 37);
}

// Causal pairs: 1 + 15 + 496 = 512 a head.
TEST(KernelCases, CountTheWorkOfAttention) {
  const KernelCase ragged = Only(RaggedAttentionCases(Small(Phase::kTraining)));
  EXPECT_EQ(ragged.shape, "B3N37H3G1d10");
  ExpectWork(ragged.forward, 3 * 512 * 45, 2 * 1110 + 2 * 370);
  ExpectWork(ragged.backward, 3 * 512 * 84, 3 * 1110 + 4 * 370);
  const KernelCase composed = Only(ComposedAttentionCases(Small(Phase::kTraining)));
  ExpectWork(composed.forward, 3 * 512 * 46, 2 * 1110 + 2 * 370);
  const KernelCase cached = Only(CachedAttentionCases(Small(Phase::kDecoding)));
  EXPECT_EQ(cached.shape, "B3C37H3G1d10");
  ExpectWork(cached.forward, 3 * 37 * 45, 2 * 90 + 2 * 370);
}

TEST(KernelCases, AreMeasuredWhereTheirOperationIsUsed) {
  EXPECT_TRUE(CachedAttentionCases(Small(Phase::kTraining)).empty());
  EXPECT_TRUE(RaggedAttentionCases(Small(Phase::kDecoding)).empty());
  EXPECT_TRUE(LinearCrossEntropyCases(Small(Phase::kDecoding)).empty());
  EXPECT_FALSE(Only(RmsNormCases(Small(Phase::kDecoding))).has_backward);
  EXPECT_EQ(LinearCases(Small(Phase::kDecoding)).size(), 4u);  // the head too
}

TEST(KernelCases, AShapeOfTwoExperimentsIsThereOnce) {
  std::set<std::string> names;
  for (const KernelCase& made : AllKernelCases(at::kCPU)) {
    EXPECT_TRUE(names.insert(made.kernel + made.shape).second) << made.kernel << made.shape;
  }
  // perf_clm_10m and perf_ppo_10m have as many tokens.
  EXPECT_EQ(names.count("RmsNormN2048D288"), 1u);
}

// Output and gradients of `operation` on the case's inputs.
Evaluation EvaluateOn(const KernelCase& made, const CaseOperation& operation) {
  const CaseInputs inputs = made.make_inputs(at::TensorOptions(at::kFloat));
  const at::AutoGradMode grad(made.has_backward);
  Evaluation result{operation(inputs), {}};
  if (!made.has_backward) return result;
  (result.output * Random(result.output.sizes(), 99)).sum().backward();
  for (const at::Tensor& leaf : inputs.leaves) result.gradients.push_back(leaf.grad());
  return result;
}

// Sums of at most 101 terms, and some twenty operations from inputs to gradients.
TEST(KernelCases, AllImplementationsComputeTheSame) {
  const double tolerance = Tolerance(101, 20);
  int num_compared = 0;
  for (const KernelCase& made : AllKernelCases(at::kCPU)) {
    if (made.experiment != "odd, small") continue;
    SCOPED_TRACE(made.kernel + "/" + made.shape);
    const Evaluation composed = EvaluateOn(made, made.composed);
    for (const CaseOperation& operation : {made.ours, made.aten}) {
      if (!operation) continue;
      ++num_compared;
      const Evaluation other = EvaluateOn(made, operation);
      EXPECT_LE(RelativeError(other.output, composed.output), tolerance);
      for (size_t i = 0; i < composed.gradients.size(); ++i) {
        EXPECT_LE(RelativeError(other.gradients[i], composed.gradients[i]), tolerance)
            << "gradient of input " << i;
      }
    }
  }
  // Ten cases with gradients and eight of decoding; LibTorch has an operation of its own for 8
  // and 7.
  EXPECT_EQ(num_compared, 10 + 8 + 8 + 7);
}

}  // namespace
}  // namespace bench::kernels
