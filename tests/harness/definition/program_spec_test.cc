#include "harness/definition/program_spec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "harness/definition/canonical.h"
#include "tests/harness/definition/sample_definitions.h"

namespace bench::harness {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::string_view kSmallProgram = R"(stage = "program"
[program]
command = ["python3", "train.py", "--seed", "{seed}"]
[[program.reports]]
format = "json_lines"
[[program.metrics]]
name = "loss"
units = "nats"
better = "lower"
deterministic = true
)";

std::string RefusalOf(const std::string& setting) { return Refusal(kSmallProgram, {setting}); }

TEST(ProgramSpec, ReadsAProgramItsReportsAndItsMetrics) {
  const auto definition = Decode(kSmallProgram);
  ASSERT_TRUE(definition.ok()) << definition.status();
  const auto& spec = std::get<ProgramSpec>(definition->stage);
  EXPECT_THAT(spec.command, ElementsAre("python3", "train.py", "--seed", "{seed}"));
  ASSERT_EQ(spec.metrics.size(), 1u);
  const results::MetricDescriptor loss = DescriptorOf(spec.metrics[0]);
  EXPECT_EQ(loss.name, "loss");
  EXPECT_EQ(loss.units, "nats");
  EXPECT_EQ(loss.better, results::Better::kLower);
  EXPECT_EQ(loss.kind, results::MetricKind::kLearning);
  EXPECT_TRUE(loss.deterministic);
  EXPECT_EQ(spec.metrics[0].reported_key(), "loss");
}

// A program is not strict because its definition says so of our own threads.
TEST(ProgramSpec, ClaimsStrictOnlyWhereItIsCheckedToBe) {
  EXPECT_FALSE(ClaimsStrict(*Decode(kSmallProgram)));
  EXPECT_TRUE(ClaimsStrict(*Decode(kSmallProgram, {"program.strict=true"})));
  EXPECT_TRUE(ClaimsStrict(*Decode(kSmallSft)));
  EXPECT_FALSE(ClaimsStrict(*Decode(kSmallSft, {"run.determinism=fast"})));
}

TEST(ProgramSpec, RefusesWhatCannotBeStarted) {
  EXPECT_THAT(RefusalOf("program.command=[]"), HasSubstr("program.command: names no program"));
  EXPECT_THAT(RefusalOf("program.command=['a', '{sed}']"), HasSubstr("{sed} stands for nothing"));
  EXPECT_THAT(RefusalOf("program.environment=['A']"), HasSubstr("is not NAME=value"));
  EXPECT_THAT(RefusalOf("program.environment=['1A=2']"), HasSubstr("is not NAME=value"));
  EXPECT_THAT(RefusalOf("program.environment=['A=1','A=2']"), HasSubstr("A is set twice"));
  EXPECT_THAT(RefusalOf("program.environment=['BENCH_SEED=1']"),
              HasSubstr("BENCH_* is set by the harness"));
  EXPECT_THAT(RefusalOf("program.timeout_s=0"), HasSubstr("out of range"));
}

TEST(ProgramSpec, RefusesReportsThatCannotBeRead) {
  EXPECT_THAT(RefusalOf("program.reports=[{format='trainer_state'}]"),
              HasSubstr("reports[0].path: format \"trainer_state\" needs the path"));
  EXPECT_THAT(RefusalOf("program.reports=[{format='pattern'}]"),
              HasSubstr("needs a regular expression"));
  EXPECT_THAT(RefusalOf("program.reports=[{format='pattern', pattern='(?P<loss>'}]"),
              HasSubstr("no regular expression"));
  EXPECT_THAT(RefusalOf("program.reports=[{format='pattern', pattern='(?P<step>.)'}]"),
              HasSubstr("no group that is named for a metric"));
  EXPECT_THAT(RefusalOf("program.reports=[{format='json_lines', pattern='x'}]"),
              HasSubstr("is for format \"pattern\" only"));
  EXPECT_THAT(RefusalOf("program.reports=[]"), HasSubstr("not how they are reported"));
}

TEST(ProgramSpec, RefusesMetricsThatWouldNotBeComparable) {
  const auto refused = [](const std::string& metrics) {
    return RefusalOf("program.metrics=[" + metrics + "]");
  };
  EXPECT_THAT(refused("{name='Loss'}"), HasSubstr("small letters and underscores"));
  EXPECT_THAT(refused("{name='t', kind='time'}"), HasSubstr("a time is in seconds"));
  EXPECT_THAT(refused("{name='t', kind='time', units='s', deterministic=true}"),
              HasSubstr("no time is deterministic"));
  EXPECT_THAT(refused("{name='a'},{name='a', key='b'}"), HasSubstr("declared already"));
  EXPECT_THAT(refused("{name='a', key='b'},{name='b'}"), HasSubstr("has this key already"));
  EXPECT_THAT(refused("{name='peak_memory', kind='memory', units='bytes', better='lower'}"),
              HasSubstr("measured by the harness"));
}

TEST(ProgramSpec, StrictNeedsSomethingToCompare) {
  EXPECT_THAT(Refusal(kSmallProgram, {"program.strict=true", "program.metrics=[{name='loss'}]"}),
              HasSubstr("there is nothing to compare"));
}

TEST(ProgramSpec, AnInputIsAFileAnArtifactOrADataSource) {
  for (const char* input : {"{name='data'}", "{name='data', path='x', source='y'}",
                            "{name='data', artifact='c@1', source='y'}"}) {
    EXPECT_THAT(RefusalOf(absl::StrCat("program.inputs=[", input, "]")),
                HasSubstr("needs exactly one of"));
  }
  EXPECT_THAT(RefusalOf("program.inputs=[{name='a', path='x'},{name='a', path='y'}]"),
              HasSubstr("there already"));
  const auto definition =
      Decode(kSmallProgram, {"program.inputs=[{name='a', path='x'},{name='b', artifact='c@1'},"
                             "{name='d', source='fortunes'}]",
                             "program.command=['p', '{input.a}', '{input.b}', '{input.d}']"});
  ASSERT_TRUE(definition.ok()) << definition.status();
  EXPECT_THAT(ReferencedArtifacts(*definition), ElementsAre(ArtifactRef{"c", 1}));
}

// The content's digest identifies an input, the commit a source; where they lie does not matter.
TEST(ProgramSpec, PlacesOfInputsAndSourceAreNotHashed) {
  const auto hash = [](const std::string& folder) {
    const auto definition =
        Decode(kSmallProgram, {"program.inputs=[{name='a', path='" + folder + "/x'}]",
                               "program.source='" + folder + "'"});
    EXPECT_TRUE(definition.ok()) << definition.status();
    return DefinitionSha256(*definition);
  };
  EXPECT_EQ(hash("/here"), hash("/there"));
  EXPECT_NE(hash("/here"), DefinitionSha256(*Decode(kSmallProgram)));
}

TEST(ProgramSpec, ACommittedDefinitionHasRelativePathsOnly) {
  DecodeOptions options;
  options.label = "v1.toml";
  options.origin = Origin::kCommitted;
  const auto with_source = [&](const std::string& source) {
    std::string text(kSmallProgram);
    text.insert(text.find("command"), "source = \"" + source + "\"\n");
    return DecodeDefinition(text, options).status();
  };
  EXPECT_TRUE(with_source("../..").ok());
  EXPECT_THAT(with_source("/mine").message(), HasSubstr("is a path of one machine"));
}

}  // namespace
}  // namespace bench::harness
