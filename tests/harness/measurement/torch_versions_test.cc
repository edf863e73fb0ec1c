#include "harness/measurement/torch_versions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bench::harness {
namespace {

using ::testing::AnyOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::VariantWith;

TEST(TorchVersions, NameTheLibrariesOfTheWheel) {
  const Provenance versions = TorchVersions();
  EXPECT_THAT(versions.at("mkl_version"), VariantWith<std::string>(HasSubstr("Math Kernel")));
  EXPECT_THAT(versions.at("onednn_version"), VariantWith<std::string>(HasSubstr("v3.")));
}

// ATen's rule (aten/src/ATen/native/DispatchStub.cpp): AVX512 needs F, BW, DQ and VL, AVX2 needs
// FMA.
TEST(TorchVersions, CapabilityAgreesWithTheProcessorsExtensions) {
  const std::vector<std::string> extensions = CpuExtensions();
  const auto capability = std::get<std::string>(TorchVersions().at("cpu_capability"));
  EXPECT_THAT(capability, AnyOf("AVX512", "AVX2", "DEFAULT"));
  if (capability == "AVX512") {
    for (const char* needed : {"avx512f", "avx512bw", "avx512dq", "avx512vl"}) {
      EXPECT_THAT(extensions, Contains(needed));
    }
  }
  if (capability != "DEFAULT") {
    EXPECT_THAT(extensions, Contains("avx2"));
    EXPECT_THAT(extensions, Contains("fma"));
  }
}

}  // namespace
}  // namespace bench::harness
