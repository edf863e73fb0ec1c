#include "harness/measurement/provenance.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bench::harness {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Key;
using ::testing::Not;
using ::testing::VariantWith;

ProvenanceFacts Facts() {
  ProvenanceFacts facts;
  facts.argv = {"bench-run", "experiments/sft_small"};
  facts.start_time =
      std::chrono::system_clock::time_point(std::chrono::milliseconds(1700000000042));
  return facts;
}

std::string Text(const Provenance& map, const std::string& key) {
  const auto found = map.find(key);
  if (found == map.end()) return "absent";
  const std::string* text = std::get_if<std::string>(&found->second);
  return text == nullptr ? "not a text" : *text;
}

// Row 15 of the faults: a machine without git, NVML, GPU or readable /proc and /sys.
TEST(Provenance, WhatCouldNotBeReadHasNoKey) {
  const Provenance map = ToAttributes(Facts());
  for (const char* prefix : {"source_", "gpu_", "memory_", "numa_", "driver_", "cpus_", "env_"}) {
    for (const auto& [key, value] : map) EXPECT_FALSE(key.starts_with(prefix)) << key;
  }
  for (const char* key : {"host", "cpu_model", "cpu_quota", "effective_cores", "cpu_governor",
                          "kernel", "container", "operating_system", "cuda_driver_version"}) {
    EXPECT_THAT(map, Not(Contains(Key(key))));
  }
  for (const auto& [key, value] : map) {
    const std::string* text = std::get_if<std::string>(&value);
    EXPECT_TRUE(text == nullptr || !text->empty()) << key;
  }
}

TEST(Provenance, BuildAndLibrariesAreAlwaysThere) {
  const Provenance map = ToAttributes(Facts());
  for (const char* key :
       {"version", "build_type", "compiler", "compiler_flags", "torch_version", "hdf5_version",
        "absl_version", "sentencepiece_version", "icu_version", "glibc_version", "machine_class"}) {
    EXPECT_THAT(map, Contains(Key(key)));
  }
  // The compiler that compiles this test is the one that was recorded.
  EXPECT_THAT(Text(map, "compiler"), HasSubstr(std::to_string(__GNUC__) + "."));
}

TEST(Provenance, StartTimeIsUtcWithMilliseconds) {
  // `date -u -d @1700000000` prints 2023-11-14 22:13:20.
  EXPECT_EQ(Text(ToAttributes(Facts()), "start_time_utc"), "2023-11-14T22:13:20.042Z");
}

TEST(Provenance, TypesAreKept) {
  ProvenanceFacts facts = Facts();
  facts.source.state.dirty = false;
  facts.host.memory_bytes = 25160552448;
  facts.host.cpus_usable = 8;
  facts.host.cpus_allowed = "0-7";
  facts.host.cpu_quota = 1.5;
  facts.gpus.devices = {{.name = "NVIDIA H200", .ecc_enabled = true, .power_limit_watts = 700.0},
                        {.name = "NVIDIA T4"}};
  const Provenance map = ToAttributes(facts);
  EXPECT_THAT(map.at("source_dirty"), VariantWith<bool>(false));
  EXPECT_THAT(map.at("memory_bytes"), VariantWith<int64_t>(25160552448));
  EXPECT_THAT(map.at("cpu_quota"), VariantWith<double>(1.5));
  EXPECT_THAT(map.at("effective_cores"), VariantWith<double>(1.5));
  EXPECT_EQ(Text(map, "cpus_allowed"), "0-7");
  EXPECT_THAT(map.at("gpu_0_ecc_enabled"), VariantWith<bool>(true));
  EXPECT_THAT(map.at("gpu_0_power_limit_watts"), VariantWith<double>(700.0));
  EXPECT_THAT(map.at("gpu_1_name"), VariantWith<std::string>("NVIDIA T4"));
  EXPECT_THAT(map, Not(Contains(Key("gpu_1_ecc_enabled"))));
}

TEST(Provenance, DiffComesWithItsDigestAndValidText) {
  ProvenanceFacts facts = Facts();
  facts.source.state.commit = "0123";
  facts.source.state.diff = "abc";
  const Provenance map = ToAttributes(facts);
  EXPECT_EQ(Text(map, "source_diff"), "abc");
  // FIPS 180-4's example.
  EXPECT_EQ(Text(map, "source_diff_sha256"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  facts.source.state.diff = "+\xFF\n";
  EXPECT_EQ(Text(ToAttributes(facts), "source_diff"), "+\xEF\xBF\xBD\n");
}

// The tree may have gone on: the record is what was built, and says so.
TEST(Provenance, ATreeThatDiffersFromWhatWasBuiltIsNamedBesideIt) {
  ProvenanceFacts facts = Facts();
  facts.source.state = {.commit = "0123", .dirty = true, .diff = "abc", .untracked = ""};
  facts.tree = facts.source.state;
  EXPECT_THAT(ToAttributes(facts).at("source_tree_differs"), VariantWith<bool>(false));
  EXPECT_THAT(ToAttributes(facts), Not(Contains(Key("source_tree_commit"))));
  EXPECT_THAT(SourceNotes(facts), IsEmpty());

  facts.tree = {.commit = "4567", .dirty = false, .diff = "", .untracked = ""};
  const Provenance map = ToAttributes(facts);
  EXPECT_EQ(Text(map, "source_commit"), "0123");
  EXPECT_THAT(map.at("source_dirty"), VariantWith<bool>(true));
  EXPECT_EQ(Text(map, "source_diff"), "abc");
  EXPECT_THAT(map.at("source_tree_differs"), VariantWith<bool>(true));
  EXPECT_EQ(Text(map, "source_tree_commit"), "4567");
  EXPECT_THAT(map.at("source_tree_dirty"), VariantWith<bool>(false));
  EXPECT_THAT(SourceNotes(facts),
              ElementsAre(AllOf(HasSubstr("built from 0123 with changes"), HasSubstr("at 4567 by"),
                                Not(HasSubstr("\n")))));
}

TEST(Provenance, ATreeThatIsGoneSaysNothing) {
  ProvenanceFacts facts = Facts();
  facts.source.state = {.commit = "0123", .dirty = false, .diff = "", .untracked = ""};
  EXPECT_THAT(ToAttributes(facts), Not(Contains(Key("source_tree_differs"))));
  EXPECT_THAT(SourceNotes(facts), IsEmpty());
}

TEST(Provenance, ABuildInWhichTheSourceChangedIsSaid) {
  ProvenanceFacts facts = Facts();
  facts.source.changed_in_build = true;
  EXPECT_THAT(ToAttributes(facts).at("source_changed_in_build"), VariantWith<bool>(true));
  EXPECT_THAT(SourceNotes(facts), ElementsAre(HasSubstr("changed while this program was built")));
  facts.source.changed_in_build = false;
  EXPECT_THAT(ToAttributes(facts).at("source_changed_in_build"), VariantWith<bool>(false));
  EXPECT_THAT(SourceNotes(facts), IsEmpty());
}

TEST(Provenance, ArgvCanBePastedIntoAShell) {
  ProvenanceFacts facts = Facts();
  facts.argv = {"./bench-run", "--set", "data.path=/a b", "it's", ""};
  EXPECT_EQ(Text(ToAttributes(facts), "argv"), "./bench-run --set 'data.path=/a b' 'it'\\''s' ''");
}

TEST(Provenance, OnlyListedVariablesAreRecorded) {
  ProvenanceFacts facts = Facts();
  facts.environment = {{"OMP_NUM_THREADS", "1"}, {"CUDA_VISIBLE_DEVICES", ""},
                       {"BENCH_STORE", "/s"},    {"MKL_CBWR", "AVX2"},
                       {"AWS_SECRET_KEY", "no"}, {"HOME", "/somewhere"}};
  const Provenance map = ToAttributes(facts);
  EXPECT_EQ(Text(map, "env_OMP_NUM_THREADS"), "1");
  EXPECT_EQ(Text(map, "env_CUDA_VISIBLE_DEVICES"), "");  // empty hides every GPU: a value
  EXPECT_EQ(Text(map, "env_BENCH_STORE"), "/s");
  EXPECT_EQ(Text(map, "env_MKL_CBWR"), "AVX2");
  EXPECT_THAT(map, Not(Contains(Key("env_AWS_SECRET_KEY"))));
  EXPECT_THAT(map, Not(Contains(Key("env_HOME"))));
}

TEST(Provenance, CollectsThisProcessQuickly) {
  const auto start = std::chrono::steady_clock::now();
  const Provenance map = CollectProvenance({"bench-run"}, {});
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
  EXPECT_EQ(Text(map, "argv"), "bench-run");
  EXPECT_THAT(map, Contains(Key("kernel")));
  EXPECT_THAT(map, Contains(Key("memory_bytes")));
  EXPECT_LT(taken.count(), 20.0);  // four git commands of at most 5 s each
}

}  // namespace
}  // namespace bench::harness
