#include "harness/tokenizers/tokenizer_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/sha256.h"
#include "base/status.h"
#include "tests/support/temp_folder.h"

namespace bench::harness {
namespace {

using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

void Write(const std::string& path, const std::string& text) {
  ASSERT_TRUE(PublishFile(path, text).ok());
}

TEST(ReadTokenizerFiles, AModelFileIsOneFileAndItsDigestIsTheFiles) {
  TempFolder folder;
  Write(folder / "own.model", "model");
  Write(folder / "tokenizer_config.json", "{}");
  const auto files = ReadTokenizerFiles(folder / "own.model");
  ASSERT_TRUE(files.ok()) << files.status();
  EXPECT_EQ(files->format, TokenizerFormat::kSentencePiece);
  EXPECT_TRUE(files->beside.empty());
  EXPECT_EQ(Digest(*files), Sha256Hex("model"));
}

// A test that opened the pipe would wait for ever.
TEST(ReadTokenizerFiles, PipesAreRefused) {
  TempFolder folder;
  Write(folder / "tokenizer.json", "{}");
  ASSERT_EQ(::mkfifo((folder / "tokenizer_config.json").c_str(), 0600), 0);
  EXPECT_THAT(std::string(ReadTokenizerFiles(folder.path()).status().message()),
              HasSubstr("tokenizer_config.json: a named pipe (FIFO)"));
  ASSERT_EQ(::mkfifo((folder / "tokenizer.model").c_str(), 0600), 0);
  EXPECT_EQ(ExitCodeFor(ReadTokenizerFiles(folder.path()).status()), ExitCode::kUsage);
}

TEST(ReadTokenizerFiles, TokenizerJsonTakesTheSettingsBesideIt) {
  TempFolder folder;
  Write(folder / "tokenizer.json", "{}");
  Write(folder / "tokenizer_config.json", "1");
  Write(folder / "generation_config.json", "2");
  Write(folder / "config.json", "3");
  const auto by_folder = ReadTokenizerFiles(folder.path());
  const auto by_file = ReadTokenizerFiles(folder / "tokenizer.json");
  ASSERT_TRUE(by_folder.ok() && by_file.ok());
  EXPECT_EQ(by_folder->format, TokenizerFormat::kTokenizerJson);
  EXPECT_EQ(by_folder->beside.size(), 2u);
  EXPECT_EQ(Digest(*by_folder), Digest(*by_file));
  // The lines of sha256sum's output, by hand.
  EXPECT_EQ(Digest(*by_file),
            Sha256Hex("tokenizer.json " + Sha256Hex("{}") + "\ngeneration_config.json " +
                      Sha256Hex("2") + "\ntokenizer_config.json " + Sha256Hex("1") + "\n"));
}

TEST(ReadTokenizerFiles, AFolderIsReadByItsSentencePieceModelFirst) {
  TempFolder folder;
  Write(folder / "tokenizer.json", "{}");
  Write(folder / "tokenizer.model", "model");
  EXPECT_EQ(ReadTokenizerFiles(folder.path())->format, TokenizerFormat::kSentencePiece);
}

TEST(ReadTokenizerFiles, OfSeveralModelsInAFolderTheFirstInOrderCounts) {
  TempFolder folder;
  EXPECT_FALSE(HasTokenizer(folder.path()));
  Write(folder / "tokenizer_config.json", "{}");
  const std::pair<const char*, TokenizerFormat> models[] = {
      {"ice_text.model", TokenizerFormat::kChatglm},
      {"qwen.tiktoken", TokenizerFormat::kTiktoken},
      {"tokenizer.json", TokenizerFormat::kTokenizerJson},
      {"tokenizer.model", TokenizerFormat::kSentencePiece}};
  for (const auto& [name, format] : models) {
    Write(folder / name, name);
    EXPECT_TRUE(HasTokenizer(folder.path()));
    const auto files = ReadTokenizerFiles(folder.path());
    ASSERT_TRUE(files.ok()) << files.status();
    EXPECT_EQ(files->format, format);
    EXPECT_EQ(files->model, name);
    EXPECT_EQ(ModelFileName(format), name);
    EXPECT_EQ(files->beside.size(), format == TokenizerFormat::kSentencePiece ? 0u : 1u);
  }
}

TEST(ReadTokenizerFiles, AFileIsOfTheFormatThatItsNameSays) {
  TempFolder folder;
  for (const auto& [name, format] :
       {std::pair("own.tiktoken", TokenizerFormat::kTiktoken),
        std::pair("ice_text.model", TokenizerFormat::kChatglm),
        std::pair("my_ice_text.model", TokenizerFormat::kSentencePiece)}) {
    Write(folder / name, "x");
    EXPECT_EQ(ReadTokenizerFiles(folder / name)->format, format) << name;
  }
}

TEST(ReadTokenizerFiles, MissingFilesAreErrorsThatNameThem) {
  TempFolder folder;
  const auto none = ReadTokenizerFiles(folder.path());
  EXPECT_EQ(ExitCodeFor(none.status()), ExitCode::kBadData);
  EXPECT_THAT(std::string(none.status().message()),
              HasSubstr("none of tokenizer.model, tokenizer.json, qwen.tiktoken, "
                        "ice_text.model"));
  const auto absent = ReadTokenizerFiles(folder / "absent.model");
  EXPECT_EQ(ExitCodeFor(absent.status()), ExitCode::kEnvironment);
  EXPECT_THAT(std::string(absent.status().message()), HasSubstr("absent.model"));
}

TEST(PublishTokenizerFiles, WritesWhatReadingGivesAgain) {
  TempFolder folder;
  const TokenizerFiles files{TokenizerFormat::kTokenizerJson,
                             "somewhere/else.json",
                             "{}",
                             {{"special_tokens_map.json", "m"}}};
  ASSERT_TRUE(PublishTokenizerFiles(files, folder.path()).ok());
  EXPECT_THAT(*ListFolder(folder.path()),
              UnorderedElementsAre("tokenizer.json", "special_tokens_map.json"));
  EXPECT_EQ(Digest(*ReadTokenizerFiles(folder.path())), Digest(files));
}

}  // namespace
}  // namespace bench::harness
