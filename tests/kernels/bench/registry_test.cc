#include "kernels/bench/registry.h"

#include <gmock/gmock.h>

namespace bench::kernels {
namespace {

using testing::ElementsAre;

KernelCase Example() {
  KernelCase made;
  made.kernel = "Half";
  made.shape = "N2D3";
  made.has_own = OwnForCpuFloat;
  made.make_inputs = [](const at::TensorOptions& options) {
    return CaseInputs{{RandomLeaf({2, 3}, options, 1)}, {}};
  };
  made.ours = made.composed = [](const CaseInputs& in) { return in.leaves[0] / 2; };
  made.forward = {6, 12};
  made.backward = {7, 13};
  return made;
}

std::vector<std::string> NamesOf(const KernelCase& made) {
  std::vector<std::string> names;
  for (const Variant& variant : VariantsOf(made, at::kCPU)) names.push_back(NameOf(made, variant));
  return names;
}

TEST(KernelRegistry, NamesWhatThereIsAndOursWhereAKernelHasCodeOfItsOwn) {
  EXPECT_THAT(NamesOf(Example()),
              ElementsAre("Half/forward/fp32/N2D3/ours", "Half/forward/fp32/N2D3/composed",
                          "Half/forward/bf16/N2D3/composed", "Half/forward_backward/fp32/N2D3/ours",
                          "Half/forward_backward/fp32/N2D3/composed",
                          "Half/forward_backward/bf16/N2D3/composed"));
}

TEST(KernelRegistry, WhatHasNoGradientsIsMeasuredForward) {
  KernelCase made = Example();
  made.has_backward = false;
  made.has_own = OwnForAll;
  made.aten = made.ours;
  EXPECT_THAT(NamesOf(made),
              ElementsAre("Half/forward/fp32/N2D3/ours", "Half/forward/fp32/N2D3/aten",
                          "Half/forward/fp32/N2D3/composed", "Half/forward/bf16/N2D3/ours",
                          "Half/forward/bf16/N2D3/aten", "Half/forward/bf16/N2D3/composed"));
}

TEST(KernelRegistry, WorkIsThatOfAllPassesInTheSizeOfTheType) {
  const KernelCase made = Example();
  Variant variant;
  EXPECT_EQ(WorkOf(made, variant).flops, 6);
  EXPECT_EQ(WorkOf(made, variant).bytes, 4 * 12);
  variant.direction = Direction::kForwardBackward;
  variant.type = at::kBFloat16;
  EXPECT_EQ(WorkOf(made, variant).flops, 6 + 7);
  EXPECT_EQ(WorkOf(made, variant).bytes, 2 * (12 + 13));
}

}  // namespace
}  // namespace bench::kernels
