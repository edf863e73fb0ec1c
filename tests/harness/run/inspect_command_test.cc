#include "harness/run/inspect_command.h"

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "base/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/temp_folder.h"

namespace bench::harness {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

// Many files, each asked for in this process: tests/commands/files_of_others_test.py asks the
// program.
class InspectCommandTest : public ::testing::Test {
 protected:
  struct Said {
    std::string printed;
    std::string refusal;  // empty where something can be used
  };

  std::string Write(const std::string& name, const std::string& bytes) {
    EXPECT_TRUE(PublishFile(folder_ / name, bytes).ok());
    return folder_ / name;
  }

  // Of a path that is known and of which nothing can be used (exit code 4), or all is well.
  Said Of(const std::string& path) {
    Options options;
    options.arguments = {path};
    testing::internal::CaptureStdout();
    const absl::StatusOr<int> code = InspectCommand(options);
    Said said = {testing::internal::GetCapturedStdout(), ""};
    if (code.ok()) return said;
    said.refusal = std::string(code.status().message());
    EXPECT_EQ(ExitCodeFor(code.status()), ExitCode::kBadData) << said.refusal;
    EXPECT_THAT(said.refusal, Not(HasSubstr("\n")));
    return said;
  }

  std::string Refusal(const std::string& name, const std::string& bytes) {
    return Of(Write(name, bytes)).refusal;
  }

  const TempFolder folder_;
};

TEST_F(InspectCommandTest, AnEmptyFileIsOneWhateverItsName) {
  for (const char* ending :
       {"jsonl", "json", "csv", "tsv", "parquet", "warc", "txt", "html", "mo", "md", "bin"}) {
    const bool is_blank = std::string_view(ending) == "jsonl" || std::string_view(ending) == "txt";
    const std::string name = absl::StrCat("a.", ending);
    const Said said = Of(Write(name, is_blank ? " \n\n" : ""));
    EXPECT_THAT(said.refusal,
                HasSubstr(absl::StrCat(name, ": nothing of it can be used: the file is empty")));
    EXPECT_THAT(said.printed, HasSubstr("an empty file"));
  }
}

TEST_F(InspectCommandTest, AFileWithoutARecordOrATextIsOfNoUse) {
  const std::pair<const char*, const char*> files[] = {{"a.json", "[]"},
                                                       {"a.json", "{}"},
                                                       {"a.json", R"({"text": ""})"},
                                                       {"b.csv", "text\n"},
                                                       {"b.html", "<html></html>"},
                                                       {"b.jsonl", "{}\n"}};
  for (const auto& [name, text] : files) {
    EXPECT_THAT(Refusal(name, text), HasSubstr("nothing of it can be used")) << name << text;
  }
  EXPECT_THAT(Refusal("c.csv", "instruction,output\n"), HasSubstr("a header without rows"));
  // What gzip makes of nothing.
  const std::string packed("\x1f\x8b\x08\0\0\0\0\0\x02\x03\x03\0\0\0\0\0\0\0\0\0", 20);
  EXPECT_THAT(Refusal("a.jsonl.gz", packed), HasSubstr("there is no document in it"));
  const std::string empty = folder_ / "empty";
  ASSERT_TRUE(std::filesystem::create_directory(empty));
  EXPECT_THAT(Of(empty).refusal, HasSubstr("no file in this folder"));
}

TEST_F(InspectCommandTest, AnObjectThatIsNoRecordIsNamedForWhatItIs) {
  EXPECT_THAT(Refusal("v.json", R"({"version": 1})"),
              AllOf(HasSubstr("a JSON object that is no record and holds no list of records: "
                              "version (other)"),
                    HasSubstr("rename the fields")));
  const std::pair<const char*, const char*> files[] = {{"q.jsonl", "{\"question\": \"a\"}\n"},
                                                       {"w.json", R"({"version": 1, "data": []})"},
                                                       {"q.csv", "question,answer\na,b\n"}};
  for (const auto& [name, text] : files) {
    EXPECT_THAT(Refusal(name, text), HasSubstr("rename the fields")) << name;
  }
  EXPECT_THAT(Refusal("s.csv", "instruction;output\na;b\n"), HasSubstr("separated by ;"));
  // Texts may be written in JSON too.
  const Said said = Of(Write("v.txt", R"({"version": 1})"));
  EXPECT_EQ(said.refusal, "");
  EXPECT_THAT(said.printed, HasSubstr("1 valid, 0 refused"));
}

}  // namespace
}  // namespace bench::harness
