#include "harness/measurement/machine_class.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

namespace bench::harness {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Not;

MachineTraits Traits() {
  return {
      .cpu_model = "AMD EPYC", .isa = {"avx2", "fma"}, .cores = 2, .gpu_models = {"NVIDIA H200"}};
}

// Golden values: hashlib.sha256 over the four traits joined as machine_class.cc documents. A change
// here makes every recorded baseline incomparable.
TEST(MachineClass, IsStableAcrossVersionsOfThisProgram) {
  EXPECT_EQ(MachineClass(Traits()), "4a88a1e19c5ffe5e");
  EXPECT_EQ(MachineClass({}), "c92e9035a35ce0b8");
}

// The class of a machine without limits is what it was when cores were whole numbers.
TEST(MachineClass, AQuotaOfWholeCoresIsThatManyCores) {
  HostFacts host;
  host.cpu_model = "AMD EPYC";
  host.cpus_online = 2;
  host.cpus_usable = 2;
  MachineTraits traits = TraitsOf(host, {}, {});
  traits.isa = Traits().isa;
  traits.gpu_models = Traits().gpu_models;
  EXPECT_EQ(MachineClass(traits), "4a88a1e19c5ffe5e");
  host.cpus_online = host.cpus_usable = 64;
  host.cpu_quota = 2.0;
  traits.cores = TraitsOf(host, {}, {}).cores;
  EXPECT_EQ(MachineClass(traits), "4a88a1e19c5ffe5e");
  MachineTraits ten = Traits();
  ten.cores = 10;
  MachineTraits one = Traits();
  one.cores = 1;
  EXPECT_NE(MachineClass(ten), MachineClass(one));
}

// Golden values: as above, with "cores=0.5" and "cores=1.25" in the text.
TEST(MachineClass, FractionsOfACoreAreClassesOfTheirOwn) {
  MachineTraits traits = Traits();
  traits.cores = 0.5;
  EXPECT_EQ(MachineClass(traits), "13a66d0caee2cc10");
  traits.cores = 1.25;
  EXPECT_EQ(MachineClass(traits), "8b4b5a517af82947");
  traits.cores = 1.2504;  // within a thousandth
  EXPECT_EQ(MachineClass(traits), "8b4b5a517af82947");
}

TEST(MachineClass, EachTraitChangesIt) {
  const std::string original = MachineClass(Traits());
  MachineTraits other = Traits();
  other.cpu_model = "AMD EPYC 2";
  EXPECT_NE(MachineClass(other), original);
  other = Traits();
  other.isa.push_back("avx512f");
  EXPECT_NE(MachineClass(other), original);
  other = Traits();
  other.cores = 3;
  EXPECT_NE(MachineClass(other), original);
  other = Traits();
  other.cores.reset();
  EXPECT_NE(MachineClass(other), original);
  other = Traits();
  other.gpu_models.clear();
  EXPECT_NE(MachineClass(other), original);
}

TEST(MachineClass, OrderAndRepetitionDoNotMatter) {
  MachineTraits other = Traits();
  other.isa = {"fma", "avx2", "fma"};
  other.gpu_models = {"NVIDIA H200", "NVIDIA H200"};
  EXPECT_EQ(MachineClass(other), MachineClass(Traits()));
}

TEST(MachineClass, TraitsCannotBeConfusedWithEachOther) {
  MachineTraits one = Traits(), two = Traits();
  one.isa = {"avx2"};
  one.gpu_models = {"fma"};
  two.isa = {"avx2", "fma"};
  two.gpu_models = {};
  EXPECT_NE(MachineClass(one), MachineClass(two));
}

TEST(TraitsOf, MemoryKernelGovernorAndHostAreNoTraits) {
  HostFacts host;
  host.cpu_model = "AMD EPYC";
  host.cpus_usable = 2;
  const std::string original = MachineClass(TraitsOf(host, {}, {}));
  host.memory_bytes = 1;
  host.memory_limit_bytes = 1;
  host.cpus_allowed = "1,3";  // how many counts, not which
  host.kernel = "6.1";
  host.cpu_governor = "powersave";
  host.host = "other";
  host.container = "docker";
  host.operating_system = "another";
  const GpuInventory only_driver = {.driver_version = "1", .cuda_driver_version = "2"};
  EXPECT_EQ(MachineClass(TraitsOf(host, only_driver, {{"OMP_NUM_THREADS", "1"}})), original);
}

TEST(TraitsOf, OverridesOfTheInstructionSetAreTraits) {
  const MachineTraits traits = TraitsOf({}, {}, {{"ATEN_CPU_CAPABILITY", "avx2"}, {"PATH", "/"}});
  EXPECT_THAT(traits.isa, Contains("ATEN_CPU_CAPABILITY=avx2"));
  EXPECT_THAT(traits.isa, Not(Contains("PATH=/")));
}

TEST(TraitsOf, CoresFollowTheQuotaAndMigMarksTheModel) {
  HostFacts host;
  host.cpus_usable = 64;
  host.cpu_quota = 2.0;
  const GpuInventory gpus = {
      .devices = {{.name = "NVIDIA H100", .mig_enabled = true}, {.name = "NVIDIA T4"}}};
  const MachineTraits traits = TraitsOf(host, gpus, {});
  EXPECT_EQ(traits.cores, 2);
  host.cpu_quota = 0.5;
  EXPECT_EQ(TraitsOf(host, gpus, {}).cores, 0.5);
  EXPECT_THAT(traits.gpu_models, ElementsAre("NVIDIA H100 (MIG)", "NVIDIA T4"));
}

TEST(CpuExtensions, AreTheSameAtEveryCall) { EXPECT_EQ(CpuExtensions(), CpuExtensions()); }

TEST(ReadEnvironment, HoldsWhatIsSet) {
  ASSERT_EQ(::setenv("BENCH_TEST_VARIABLE", "a=b", 1), 0);
  const Environment environment = ReadEnvironment();
  ::unsetenv("BENCH_TEST_VARIABLE");
  EXPECT_EQ(environment.at("BENCH_TEST_VARIABLE"), "a=b");
}

}  // namespace
}  // namespace bench::harness
