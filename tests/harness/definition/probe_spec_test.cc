#include "harness/definition/probe_spec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/harness/definition/sample_definitions.h"

namespace bench::harness {
namespace {

using testing::HasSubstr;

std::string WithProbe(const std::string& lines) {
  return "stage = \"evaluate\"\n[model]\nartifact = \"clm_small@1\"\n[[probes]]\nname = \"a\"\n" +
         lines;
}

TEST(ProbeSpec, TakesAFileOfTheExperimentsOrOnesOwn) {
  EXPECT_EQ(Refusal(WithProbe("request = \"choice\"\nfile = \"probes/a.jsonl\"\n")), "");
  EXPECT_EQ(Refusal(WithProbe("request = \"choice\"\npath = \"/mine.jsonl\"\n")), "");
  EXPECT_THAT(Refusal(WithProbe("request = \"choice\"\n")),
              HasSubstr("probes[0].file: needs exactly one of"));
  for (const char* file : {"/etc/passwd", "../a.jsonl", "probes//a.jsonl", "./a.jsonl", ""}) {
    EXPECT_THAT(Refusal(WithProbe("request = \"choice\"\nfile = \"" + std::string(file) + "\"\n")),
                HasSubstr("probes[0].file: is a path below the folder of the experiments"))
        << file;
  }
}

TEST(ProbeSpec, ExamplesComeFromAFileOfTheirOwn) {
  const std::string probe = "request = \"choice\"\nfile = \"a.jsonl\"\n";
  EXPECT_THAT(Refusal(WithProbe(probe + "shots = 2\n")),
              HasSubstr("probes[0].shots: needs shots_file or shots_path"));
  EXPECT_THAT(Refusal(WithProbe(probe + "shots_file = \"b.jsonl\"\n")),
              HasSubstr("probes[0].shots: is 0, but there is a file of examples"));
  EXPECT_EQ(Refusal(WithProbe(probe + "shots = 2\nshots_file = \"b.jsonl\"\n")), "");
  EXPECT_THAT(Refusal(WithProbe("request = \"rolling\"\nfile = \"a.jsonl\"\nshots = 1\n"
                                "shots_file = \"b.jsonl\"\n")),
              HasSubstr("do not belong to a rolling request"));
}

TEST(ProbeSpec, GeneratesUpToAStopAndFiltersThatAlone) {
  const std::string probe = "request = \"generate\"\nfile = \"a.jsonl\"\n";
  EXPECT_THAT(Refusal(WithProbe(probe)), HasSubstr("probes[0].until: is needed to generate"));
  EXPECT_THAT(Refusal(WithProbe(probe + "until = [\"\"]\n")), HasSubstr("has an empty text"));
  EXPECT_EQ(Refusal(WithProbe(probe + "until = [\"\\n\"]\n")), "");
  EXPECT_THAT(Refusal(WithProbe("request = \"choice\"\nfile = \"a.jsonl\"\nuntil = [\"\\n\"]\n")),
              HasSubstr("belong to request = \"generate\""));
  const std::string filter = probe + "until = [\"\\n\"]\n[[probes.filters]]\nfilter = ";
  EXPECT_EQ(Refusal(WithProbe(filter + "\"first_match\"\npattern = \"[0-9]+\"\n")), "");
  EXPECT_THAT(Refusal(WithProbe(filter + "\"first_match\"\n")),
              HasSubstr("probes[0].filters[0].pattern: is needed"));
  EXPECT_THAT(Refusal(WithProbe(filter + "\"strip\"\npattern = \"a\"\n")),
              HasSubstr("belongs to first_match and last_match"));
}

TEST(ProbeSpec, TemplateBringsItsOwnBeginning) {
  EXPECT_THAT(Refusal(WithProbe("request = \"choice\"\nfile = \"a.jsonl\"\nbos = true\n"
                                "apply_template = true\n")),
              HasSubstr("probes[0].bos: comes with the prompt template"));
}

TEST(ProbeSpec, HasANameOfItsOwn) {
  const std::string probe = "request = \"choice\"\nfile = \"a.jsonl\"\n";
  EXPECT_THAT(Refusal(WithProbe(probe + "[[probes]]\nname = \"a\"\n" + probe)),
              HasSubstr("probes[1].name: this probe is there already"));
}

}  // namespace
}  // namespace bench::harness
