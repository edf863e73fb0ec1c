#include "kernels/cpu_limits.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>
#include <utility>

namespace bench::kernels {
namespace {

TEST(CpuLimits, AreThoseThatTheUserSets) {
  EXPECT_TRUE(AllowAvx512({}));
  for (const char* isa : {"SSE41", "AVX", "avx2", "AVX2", "AVX2_VNNI", "AVX2_VNNI_2"}) {
    EXPECT_FALSE(AllowAvx512({.onednn = isa})) << isa;
    EXPECT_FALSE(AllowAvx512({.dnnl = isa})) << isa;
  }
  for (const char* isa : {"ALL", "DEFAULT", "AVX512_CORE", "AVX512_CORE_AMX", "no such thing"}) {
    EXPECT_TRUE(AllowAvx512({.onednn = isa})) << isa;
  }
  EXPECT_FALSE(AllowAvx512({.aten = "avx2"}));
  EXPECT_FALSE(AllowAvx512({.aten = "default"}));
  EXPECT_TRUE(AllowAvx512({.aten = "avx512"}));
}

// Where MKL is held to less, its other half of the products is not to be made by more.
TEST(CpuLimits, AreThoseOfMklToo) {
  for (const char* isa : {"SSE4_2", "AVX", "AVX2", "avx2", "AVX2_E1"}) {
    EXPECT_FALSE(AllowAvx512({.mkl = isa})) << isa;
  }
  for (const char* isa : {"AVX512", "AVX512_E1", "AVX512_E4", "AVX2_and_more", "AV", ""}) {
    EXPECT_TRUE(AllowAvx512({.mkl = isa})) << isa;
  }
  for (const char* branch : {"COMPATIBLE", "SSE2", "SSE4_1", "AVX", "AVX2", "AVX2,STRICT"}) {
    EXPECT_FALSE(AllowAvx512({.mkl_cbwr = branch})) << branch;
  }
  for (const char* branch : {"AUTO", "AVX512", "AVX512,STRICT", "AVX512_E1", ",AVX2"}) {
    EXPECT_TRUE(AllowAvx512({.mkl_cbwr = branch})) << branch;
  }
}

// As they are read: each by its own name.
TEST(CpuLimits, OfTheEnvironmentAreThoseOfItsVariables) {
  for (const auto& [name, value] : {std::pair{"ONEDNN_MAX_CPU_ISA", "AVX2"},
                                    {"DNNL_MAX_CPU_ISA", "AVX2"},
                                    {"ATEN_CPU_CAPABILITY", "avx2"},
                                    {"MKL_ENABLE_INSTRUCTIONS", "AVX2"},
                                    {"MKL_CBWR", "AVX2"}}) {
    const char* before = std::getenv(name);
    const std::string kept = before == nullptr ? "" : before;
    ::setenv(name, value, /*overwrite=*/1);
    EXPECT_FALSE(AllowAvx512(CpuLimits::OfEnvironment())) << name;
    if (before == nullptr) {
      ::unsetenv(name);
    } else {
      ::setenv(name, kept.c_str(), /*overwrite=*/1);
    }
  }
}

TEST(CpuLimits, NewerNameCounts) {
  EXPECT_TRUE(AllowAvx512({.onednn = "ALL", .dnnl = "AVX2"}));
  EXPECT_FALSE(AllowAvx512({.onednn = "AVX2", .dnnl = "ALL"}));
}

}  // namespace
}  // namespace bench::kernels
