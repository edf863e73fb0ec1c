#include "harness/measurement/host.h"

#include <gtest/gtest.h>
#include <sched.h>
#include <sys/utsname.h>

#include "tests/harness/measurement/fake_root.h"

namespace bench::harness {
namespace {

class Host : public ::testing::Test {
 protected:
  HostFacts Read() {
    return ReadHost(
        {.proc = root_.path() + "/proc", .sys = root_.path() + "/sys", .root = root_.path()});
  }
  FakeRoot root_;
};

TEST_F(Host, WithoutAnyFileTheirFactsAreAbsent) {
  const HostFacts facts = Read();
  EXPECT_FALSE(facts.cpu_model || facts.cpus_online || facts.cpu_quota || facts.numa_nodes);
  EXPECT_FALSE(facts.cpu_governor || facts.memory_bytes || facts.memory_limit_bytes);
  EXPECT_FALSE(facts.transparent_hugepages || facts.kernel || facts.operating_system);
  EXPECT_FALSE(facts.container.has_value());
}

TEST_F(Host, ReadsAMachineWithTwoNodes) {
  root_.Write("proc/cpuinfo",
              "processor\t: 0\nvendor_id\t: AuthenticAMD\nmodel\t\t: 2\n"
              "model name\t: AMD  EPYC 9965   192-Core Processor \nprocessor\t: 1\n"
              "model name\t: another\n");
  root_.Write("proc/meminfo", "MemTotal:       24570852 kB\nMemFree:        1 kB\n");
  root_.Write("proc/sys/kernel/osrelease", "6.1.0-28-amd64\n");
  root_.Write("sys/devices/system/cpu/online", "0-3,8,10-11\n");
  root_.Write("sys/devices/system/node/has_memory", "0-1\n");
  root_.Write("sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "performance\n");
  root_.Write("sys/kernel/mm/transparent_hugepage/enabled", "always [madvise] never\n");
  root_.Write("etc/os-release", "NAME=\"Debian\"\nPRETTY_NAME=\"Debian GNU/Linux 12\"\n");
  const HostFacts facts = Read();
  EXPECT_EQ(facts.cpu_model, "AMD EPYC 9965 192-Core Processor");
  EXPECT_EQ(facts.memory_bytes, 25160552448);  // 24,570,852 * 1024
  EXPECT_EQ(facts.kernel, "6.1.0-28-amd64");
  EXPECT_EQ(facts.cpus_online, 7);  // 4 + 1 + 2
  EXPECT_EQ(facts.numa_nodes, 2);
  EXPECT_EQ(facts.cpu_governor, "performance");
  EXPECT_EQ(facts.transparent_hugepages, "madvise");
  EXPECT_EQ(facts.operating_system, "Debian GNU/Linux 12");
}

TEST_F(Host, MalformedFilesAreAbsentNotZero) {
  root_.Write("proc/cpuinfo", "processor: 0\nmodel name:   \n");
  root_.Write("proc/meminfo", "MemTotal: many kB\n");
  root_.Write("sys/devices/system/cpu/online", "0-\xff\n");
  root_.Write("sys/kernel/mm/transparent_hugepage/enabled", "]broken[\n");
  const HostFacts facts = Read();
  EXPECT_FALSE(facts.cpu_model || facts.memory_bytes || facts.cpus_online);
  EXPECT_FALSE(facts.transparent_hugepages.has_value());
}

TEST_F(Host, QuotaAndLimitAreThoseOfTheProcesssGroups) {
  root_.Write("proc/meminfo", "MemTotal: 1048576 kB\n");
  root_.Write("proc/self/cgroup", "0::/outer/inner\n");
  root_.Write("proc/self/mountinfo", "31 22 0:27 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
  root_.Write("sys/fs/cgroup/outer/cpu.max", "150000 100000\n");
  root_.Write("sys/fs/cgroup/outer/memory.max", "536870912\n");
  EXPECT_EQ(Read().cpu_quota, 1.5);
  EXPECT_EQ(Read().memory_limit_bytes, 536870912);
}

TEST_F(Host, ALimitAboveTheMemoryIsNone) {
  root_.Write("proc/meminfo", "MemTotal: 1048576 kB\n");
  root_.Write("proc/self/cgroup", "4:memory:/\n");
  root_.Write("proc/self/mountinfo", "31 22 0:27 / /sys/fs/cgroup rw - cgroup cgroup rw,memory\n");
  root_.Write("sys/fs/cgroup/memory.limit_in_bytes", "9223372036854771712\n");
  EXPECT_FALSE(Read().memory_limit_bytes.has_value());
  root_.Write("sys/fs/cgroup/memory.limit_in_bytes", "1073741823\n");
  EXPECT_EQ(Read().memory_limit_bytes, 1073741823);
}

TEST_F(Host, NamesTheProcessorsThatTheProcessMayUse) {
  root_.Write("proc/self/status", "Name:\tx\nCpus_allowed:\t109\nCpus_allowed_list:\t0,3,8\n");
  EXPECT_EQ(Read().cpus_allowed, "0,3,8");
}

TEST_F(Host, ContainersAreRecognisedByTheirTraces) {
  root_.Write("proc/1/cgroup", "0::/kubepods.slice/pod1\n");
  EXPECT_EQ(Read().container, "kubernetes");
  root_.Write("run/systemd/container", "lxc\n");
  EXPECT_EQ(Read().container, "lxc");
  root_.Write("run/.containerenv", "");
  EXPECT_EQ(Read().container, "podman");
  root_.Write(".dockerenv", "");
  EXPECT_EQ(Read().container, "docker");
}

TEST(RealHost, AgreesWithTheKernel) {
  const HostFacts facts = ReadHost();
  struct utsname names;
  ASSERT_EQ(::uname(&names), 0);
  EXPECT_EQ(facts.kernel, names.release);
  EXPECT_EQ(facts.host, names.nodename);
  EXPECT_GE(facts.cpus_usable, 1);
}

TEST(RealHost, AffinityIsOfThisProcess) {
  cpu_set_t all, one;
  CPU_ZERO(&one);
  ASSERT_EQ(::sched_getaffinity(0, sizeof(all), &all), 0);
  for (int cpu = 0; CPU_COUNT(&one) == 0; ++cpu) {
    if (CPU_ISSET(cpu, &all)) CPU_SET(cpu, &one);
  }
  ASSERT_EQ(::sched_setaffinity(0, sizeof(one), &one), 0);
  const HostFacts facts = ReadHost();
  ASSERT_EQ(::sched_setaffinity(0, sizeof(all), &all), 0);
  EXPECT_EQ(facts.cpus_usable, 1);
  EXPECT_LE(EffectiveCores(facts), 1.0);
  EXPECT_EQ(ReadHost().cpus_usable, CPU_COUNT(&all));
}

TEST(EffectiveCores, QuotaBelowTheUsableProcessorsCounts) {
  HostFacts facts;
  EXPECT_FALSE(EffectiveCores(facts).has_value());
  facts.cpus_usable = 8;
  EXPECT_EQ(EffectiveCores(facts), 8);
  facts.cpu_quota = 1.5;
  EXPECT_EQ(EffectiveCores(facts), 1.5);
  facts.cpu_quota = 0.25;
  EXPECT_EQ(EffectiveCores(facts), 0.25);
  facts.cpu_quota = 64.0;
  EXPECT_EQ(EffectiveCores(facts), 8);
}

}  // namespace
}  // namespace bench::harness
