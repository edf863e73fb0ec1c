#include "kernels/cpu_limits.h"

#include <gtest/gtest.h>

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

TEST(CpuLimits, NewerNameCounts) {
  EXPECT_TRUE(AllowAvx512({.onednn = "ALL", .dnnl = "AVX2"}));
  EXPECT_FALSE(AllowAvx512({.onednn = "AVX2", .dnnl = "ALL"}));
}

}  // namespace
}  // namespace bench::kernels
