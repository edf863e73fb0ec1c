#include "harness/run/inspect_command.h"

#include <sys/stat.h>

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/file.h"
#include "base/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/temp_folder.h"

namespace bench::harness {
namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

std::string Golden(const std::string& name) {
  return absl::StrCat(BENCH_TEST_DATA, "/harness/", name);
}

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

  std::string Folder(const std::string& name) {
    EXPECT_TRUE(std::filesystem::create_directory(folder_ / name));
    return folder_ / name;
  }

  std::string Pipe(const std::string& name) {
    EXPECT_EQ(::mkfifo((folder_ / name).c_str(), 0600), 0);
    return folder_ / name;
  }

  // Of a path that is known and of which nothing can be used (exit code 4), or all is well.
  Said Of(const std::string& path, ExitCode refused = ExitCode::kBadData) {
    Options options;
    options.arguments = {path};
    return Ask(options, refused);
  }

  static Said Ask(const Options& options, ExitCode refused) {
    testing::internal::CaptureStdout();
    const absl::StatusOr<int> code = InspectCommand(options);
    Said said = {testing::internal::GetCapturedStdout(), ""};
    if (code.ok()) return said;
    said.refusal = std::string(code.status().message());
    EXPECT_EQ(ExitCodeFor(code.status()), refused) << said.refusal;
    EXPECT_THAT(said.refusal, Not(HasSubstr("\n")));
    return said;
  }

  // Of a path that can be used: what is said, by its label.
  std::map<std::string, std::string> Lines(const std::string& path) {
    const Said said = Of(path);
    EXPECT_EQ(said.refusal, "") << path;
    std::map<std::string, std::string> lines;
    const std::vector<std::string> printed = absl::StrSplit(said.printed, '\n', absl::SkipEmpty());
    for (size_t i = 1; i < printed.size(); ++i) {
      const std::pair<std::string, std::string> line =
          absl::StrSplit(printed[i], absl::MaxSplits(':', 1));
      lines.emplace(line.first, std::string(absl::StripAsciiWhitespace(line.second)));
    }
    return lines;
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

TEST_F(InspectCommandTest, EachFormatOfRecordsIsNamed) {
  const std::pair<const char*, const char*> files[] = {
      {"rows.jsonl", "JSON lines"},
      {"wrapped.json", R"(a JSON array in "data")"},
      {"pandas.csv", "CSV"},
      {"pandas.tsv", "TSV"}};
  for (const auto& [name, format] : files) {
    const auto lines = Lines(Golden(absl::StrCat("data/golden/tables/", name)));
    EXPECT_EQ(lines.at("format"), format);
    EXPECT_EQ(lines.at("records"), "5 valid, 0 refused");
    EXPECT_EQ(lines.at("tasks"), R"("talk" 3, "translate" 2)");
  }
}

TEST_F(InspectCommandTest, PreferencesAndDocumentsAreKnown) {
  const std::string pairs = Write("pairs.csv", "prompt,chosen,rejected\nq,yes,no\n");
  EXPECT_EQ(Lines(pairs).at("read as"), "preferences (stage reward)");
  const auto lines = Lines(Golden("corpus/golden/archive.warc.gz"));
  EXPECT_EQ(lines.at("read as"), "documents (stage corpus, corpus.path)");
  EXPECT_EQ(lines.at("documents"), "10 valid, 2 refused");
  const std::pair<const char*, const char*> lists[] = {
      {"texts.tsv", "id\ttext\n1\tone\n2\ttwo\n"},
      {"docs.json", "[\n {\"text\": \"one\"},\n {\"text\": \"two\"}\n]"},
      {"wrapped.json",
       "{\n \"version\": 1,\n \"data\": [{\"text\": \"one\"}, {\"text\": \"two\"}]}"}};
  for (const auto& [name, text] : lists) {
    EXPECT_EQ(Lines(Write(name, text)).at("documents"), "2 valid, 0 refused") << name;
  }
}

TEST_F(InspectCommandTest, WeightsWithoutTheirFolderSayWhatIsMissing) {
  const std::string folder = Folder("weights");
  const std::string weights =
      Write("weights/model.safetensors", std::string("\x02\0\0\0\0\0\0\0{}", 10));
  for (const std::string& path : {weights, folder}) {
    EXPECT_THAT(Of(path).refusal,
                HasSubstr("config.json, which says the family and the geometry, is missing"));
  }
  EXPECT_THAT(Refusal("pytorch_model.bin", "PK\x03\x04"), HasSubstr("weights in a pickle"));
  Write("weights/config.json", "{}");
  EXPECT_THAT(Of(weights).refusal, HasSubstr(absl::StrCat("--inspect ", folder)));
}

TEST_F(InspectCommandTest, DocumentsBesideAFileThatIsNamedAsAModelsAreRead) {
  const std::string folder = Folder("texts");
  const std::string notes = Write("texts/pytorch_model_notes.txt", "A text.");
  const auto lines = Lines(folder);
  EXPECT_EQ(lines.at("documents"), "1 valid, 0 refused");
  EXPECT_THAT(lines.at("not read"), HasSubstr("the weights of a model"));
  // What comes with a model makes no corpus of its folder.
  std::filesystem::rename(notes, folder_ / "texts/README.md");
  Write("texts/adapter_config.json", R"({"peft_type": "LORA"})");
  EXPECT_THAT(Of(folder).refusal, HasSubstr("an adapter of PEFT"));
}

TEST_F(InspectCommandTest, WhatIsNeitherFileNorFolderIsRefusedAndNotWaitedFor) {
  Options options;
  options.arguments = {Golden("../commands/testdata/tiny.model")};
  options.tokenizer = Pipe("pipe.jsonl");
  const std::string refusals[] = {Ask(options, ExitCode::kUsage).refusal,
                                  Of(*options.tokenizer, ExitCode::kUsage).refusal,
                                  Of("/dev/zero", ExitCode::kUsage).refusal};
  for (const std::string& refusal : refusals) {
    EXPECT_THAT(refusal, ContainsRegex("a (named pipe|device).*write what comes out"));
  }
  for (const char* name : {"config.json", "tokenizer.model"}) {
    const std::string folder = Folder(absl::StrCat("holds_", name));
    Pipe(absl::StrCat("holds_", name, "/", name));
    EXPECT_THAT(Of(folder, ExitCode::kUsage).refusal,
                HasSubstr(absl::StrCat(name, ": a named pipe (FIFO)")));
  }
  const std::string texts = Folder("texts");
  Pipe("texts/pipe.txt");
  Write("texts/a.txt", "A text.");
  EXPECT_EQ(Lines(texts).at("files"), "text 1");
}

TEST_F(InspectCommandTest, WhatIsOfNoKindIsAUsageError) {
  EXPECT_THAT(Of(Write("x.bin", "\x01\x02"), ExitCode::kUsage).refusal,
              HasSubstr("neither a model, a tokenizer nor data"));
}

TEST_F(InspectCommandTest, ChatglmsVocabularyIsKnownWithWhatLiesBesideIt) {
  const std::string folder = Folder("chatglm");
  std::filesystem::copy_file(Golden("tokenizers/golden/chatglm_later.model"),
                             folder_ / "chatglm/ice_text.model");
  const auto alone = Lines(folder);
  EXPECT_THAT(alone.at("tokenizer"),
              HasSubstr("ChatGLM-6B's SentencePiece model (ice_text.model), 20944 ids"));
  EXPECT_EQ(alone.at("special"), R"(BOS none, EOS 20605 "<eop>", padding 20003 "<pad>")");
  Write("chatglm/tokenizer_config.json", R"({"num_image_tokens": 0})");
  const auto beside = Lines(folder_ / "chatglm/ice_text.model");
  EXPECT_THAT(beside.at("tokenizer"), HasSubstr(", 944 ids"));
  EXPECT_EQ(beside.at("special"), R"(BOS none, EOS 605 "<eop>", padding 3 "<pad>")");
}

// As many ranks as Qwen has: tokens of one byte, of two, and the first ones of three.
std::string QwenRanks() {
  constexpr int64_t kRanks = 151643;
  std::string lines;
  int64_t rank = 0;
  for (size_t size = 1; rank < kRanks; ++size) {
    for (int64_t number = 0; number < int64_t{1} << (8 * size) && rank < kRanks; ++number) {
      std::string token;
      for (size_t i = size; i > 0; --i) {
        token.push_back(static_cast<char>((number >> (8 * (i - 1))) & 0xff));
      }
      absl::StrAppend(&lines, absl::Base64Escape(token), " ", rank++, "\n");
    }
  }
  return lines;
}

TEST_F(InspectCommandTest, QwensVocabularyIsKnownByTheClassThatLiesBesideIt) {
  const std::string folder = Folder("qwen");
  Write("qwen/qwen.tiktoken", QwenRanks());
  EXPECT_THAT(Of(folder).refusal, HasSubstr("tokenizer_config.json beside it must name the "
                                            "tokenizer_class (known: QWenTokenizer)"));
  Write("qwen/tokenizer_config.json", R"({"tokenizer_class": "QWenTokenizer"})");
  const auto lines = Lines(folder);
  EXPECT_THAT(lines.at("tokenizer"), HasSubstr("byte-level BPE (tiktoken), 151851 ids"));
  EXPECT_EQ(lines.at("special"), R"(BOS none, EOS 151643 "<|endoftext|>", padding none)");
  // " =" by hand: the bytes 0x20 and 0x3D, behind the 256 tokens of one byte.
  EXPECT_THAT(lines.at("ids"), HasSubstr(absl::StrCat(" ", 256 + 0x203D, " ")));
}

}  // namespace
}  // namespace bench::harness
