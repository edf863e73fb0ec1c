// One kernel at one shape, as it is measured: its inputs, what is timed, and its work.
//
// A benchmark is named Kernel/direction/dtype/shape/implementation, for example
// RmsNorm/forward_backward/fp32/N2048D288/ours:
//   Kernel          the function of kernels/<op>.h
//   direction       forward: without gradients; forward_backward: one use in training, both passes
//                   together, since an operation may move work from one to the other
//                   (LinearCrossEntropy has its gradients from the forward pass)
//   dtype           fp32 or bf16
//   shape           letters of kernels/<op>.h with their sizes: N rows, D width, F intermediate, E
//                   outputs, M rows of the head, V vocabulary, B sequences, H heads, G key/value
//                   heads, d width of a head, C cached rows
//   implementation  ours: the shipped function, where it has code of its own for that type and
//                   device; aten: LibTorch's own operation for the task, where it has one;
//                   composed: the reference, plain ATen operations
// so that of a type for which a kernel has no code of its own only the other two are measured.
//
// Work: floating-point operations as the formulas have them (an exponential counts as one; what an
// implementation computes again does not count) and compulsory elements: each input read once, each
// result written once, positions and targets left out.
#pragma once

#include <ATen/ATen.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "kernels/bench/geometries.h"
#include "kernels/bench/roofline.h"

namespace bench::kernels {

struct CaseInputs {
  std::vector<at::Tensor> leaves;     // of the case's type, with gradients
  std::vector<at::Tensor> constants;  // whatever else is on the device
};

using CaseOperation = std::function<at::Tensor(const CaseInputs&)>;

struct ElementWork {
  double flops = 0;
  double elements = 0;

  Work OfType(at::ScalarType type) const {
    return {flops, elements * static_cast<double>(c10::elementSize(type))};
  }
};

// Whether a kernel has code of its own for a type on a device.
using HasOwn = bool (*)(at::ScalarType type, const at::Device& device);
bool OwnForCpuFloat(at::ScalarType type, const at::Device& device);
// ... and on CUDA, as HasCudaKernelFor (cuda_kernels.h) says.
bool OwnForCpuFloatAndCuda(at::ScalarType type, const at::Device& device);
bool OwnForAll(at::ScalarType type, const at::Device& device);

struct KernelCase {
  std::string kernel;
  std::string shape;
  std::string experiment;  // whose shape it is
  HasOwn has_own = OwnForAll;
  std::function<CaseInputs(const at::TensorOptions&)> make_inputs;
  CaseOperation ours, aten, composed;  // aten: empty where there is none
  ElementWork forward, backward;
  bool has_backward = true;
};

// Random numbers that are the same in every run, as a leaf; `seed` differs between the inputs of a
// case.
at::Tensor RandomLeaf(at::IntArrayRef shape, const at::TensorOptions& options, uint64_t seed);

// 0, 1, ..., classes - 1, 0, ...: [count] int64.
at::Tensor CyclicTargets(int64_t count, int64_t num_classes, const at::Device& device);

double ToDouble(int64_t count);
// The product of sizes, which may be beyond int32.
double Volume(std::initializer_list<int64_t> sizes);

// What the cases of kernels on a linear head share: hidden [M, D] and weight [V, D], of which there
// are gradients, and targets [M]. Operations and work are the kernel's. nullopt where a geometry
// has no targets, or decodes.
std::optional<KernelCase> HeadCase(const std::string& kernel, const Geometry& geometry);

// What the cases share of kernels that go over rows, with code of their own for fp32 on the CPU and
// on CUDA: two inputs, of which there are gradients where the geometry trains.
struct RowInputs {
  std::string kernel, shape;
  std::vector<int64_t> first, second;  // sizes
};
KernelCase RowCase(const RowInputs& inputs, const Geometry& geometry);

// Cases of each kernel at a geometry, in kernels/<op>_bench.cc; empty where it has no part in it.
std::vector<KernelCase> CachedAttentionCases(const Geometry& geometry);
std::vector<KernelCase> ComposedAttentionCases(const Geometry& geometry);
std::vector<KernelCase> LinearCases(const Geometry& geometry);
std::vector<KernelCase> LinearCrossEntropyCases(const Geometry& geometry);
std::vector<KernelCase> LinearLogProbsCases(const Geometry& geometry);
std::vector<KernelCase> RaggedAttentionCases(const Geometry& geometry);
std::vector<KernelCase> RmsNormCases(const Geometry& geometry);
std::vector<KernelCase> RopeCases(const Geometry& geometry);
std::vector<KernelCase> SwiGluCases(const Geometry& geometry);

// All of them at all geometries that are measured on `device`. A shape that two geometries share is
// there once, by the first.
std::vector<KernelCase> AllKernelCases(const at::Device& device);

}  // namespace bench::kernels
