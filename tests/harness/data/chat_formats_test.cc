// The chat formats against the texts of others: golden/chat_formats.json, which
// make_chat_formats_golden.py makes of FastChat and MOSS.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "base/file.h"
#include "base/json.h"
#include "harness/data/prompt.h"
#include "harness/definition/enum_names.h"
#include "tests/harness/tokenizers/golden_tokenizer.h"
#include "tests/harness/tokenizers/golden_vocabularies.h"
#include "tests/harness/tokenizers/test_tokenizer.h"

namespace bench::harness {
namespace {

using ::testing::StartsWith;
using Json = nlohmann::json;

struct GoldenCase {
  PromptTemplate prompt_template;
  SftExample example;
  SpecialTexts special;
  std::string prompt, whole;  // up to the last answer, and with it
};

std::vector<GoldenCase> GoldenCases() {
  const Json file = *ParseJson(*ReadFile(BENCH_TEST_DATA "/harness/data/golden/chat_formats.json"));
  std::vector<GoldenCase> cases;
  for (const Json& json : file["cases"]) {
    GoldenCase& golden = cases.emplace_back();
    golden.prompt_template = *FromName<PromptTemplate>(json["template"].get<std::string>());
    golden.special = {json["bos"], json["eos"]};
    golden.prompt = json["prompt"];
    golden.whole = json["whole"];
    if (!json["system"].is_null()) golden.example.earlier.system = json["system"];
    for (const Json& turn : json["turns"]) {
      golden.example.earlier.turns.push_back({turn[0], turn[1], true});
    }
    const Turn last = golden.example.earlier.turns.back();
    golden.example.earlier.turns.pop_back();
    golden.example.instruction = last.user;
    golden.example.output = last.assistant;
  }
  return cases;
}

TEST(ChatFormats, PromptsAreThoseOfOthersByteForByte) {
  std::set<PromptTemplate> seen;
  for (const GoldenCase& golden : GoldenCases()) {
    EXPECT_EQ(PromptText(golden.prompt_template, golden.example, golden.special), golden.prompt)
        << Name(golden.prompt_template);
    seen.insert(golden.prompt_template);
  }
  // All but these, which FastChat does not have as they were published.
  EXPECT_EQ(seen.size() + 3, EnumNames(PromptTemplate{}).size());
  for (const PromptTemplate other :
       {PromptTemplate::kAlpaca, PromptTemplate::kPlain, PromptTemplate::kLlama3}) {
    EXPECT_FALSE(seen.contains(other));
  }
}

// Where the format itself ends no answer, a target's EOS is ours.
TEST(ChatFormats, AnswersStandBehindThemAsThoseOfOthers) {
  for (const GoldenCase& golden : GoldenCases()) {
    SpecialTexts special = golden.special;
    if (RowOf(golden.prompt_template).ended == EndedAnswers::kLast) special.eos.clear();
    std::string target = TargetText(golden.prompt_template, golden.example, special);
    if (golden.prompt_template == PromptTemplate::kChatglm) {
      EXPECT_TRUE(target.ends_with("<eop>"));
      target.resize(target.size() - 5);
    }
    EXPECT_THAT(golden.whole, StartsWith(golden.prompt + target)) << Name(golden.prompt_template);
  }
}

// A vocabulary with every token that a template names as a piece, and none as a control token.
const Tokenizer& TokenizerWithNames() {
  static const Tokenizer tokenizer = [] {
    const std::vector<std::string> names = {"<|im_start|>",
                                            "<|im_end|>",
                                            "<|begin_of_text|>",
                                            "<|start_header_id|>",
                                            "<|eot_id|>",
                                            "[gMASK]",
                                            "<sop>",
                                            "<eop>",
                                            "sop",
                                            "<reserved_102>",
                                            "<reserved_103>",
                                            "<reserved_106>",
                                            "<reserved_107>",
                                            "<eoh>",
                                            "<eoa>",
                                            "<eom>",
                                            "<|USER|>",
                                            "<|ASSISTANT|>",
                                            "<|SYSTEM|>"};
    const std::string bytes = *TrainTokenizer(TextsOf(TestTexts()), TestSpec(), names);
    return *Tokenizer::FromModelBytes(bytes, "named");
  }();
  return tokenizer;
}

bool NamesControlTokens(const TemplateRow& row) {
  for (const auto slots : {row.prompt, row.system}) {
    for (const TemplateSlot& slot : slots) {
      if (slot.kind == SlotKind::kControl) return true;
    }
  }
  return false;
}

// BOS and EOS, which are control tokens there, decode to nothing.
TEST(ChatFormats, TokensDecodeToTheText) {
  int64_t num_rows = 0;
  for (const GoldenCase& golden : GoldenCases()) {
    if (NamesControlTokens(RowOf(golden.prompt_template))) continue;
    const auto encoder = PromptEncoder::Create(TokenizerWithNames(), golden.prompt_template);
    ASSERT_TRUE(encoder.ok()) << encoder.status();
    const auto row = encoder->Tokenize(golden.example, int64_t{1} << 20);
    ASSERT_TRUE(row.has_value());
    EXPECT_EQ(TokenizerWithNames().Decode(row->tokens),
              PromptText(golden.prompt_template, golden.example) +
                  TargetText(golden.prompt_template, golden.example));
    EXPECT_EQ(row->tokens.back(), encoder->end_token());
    const AnswerForm& form = encoder->answer_form();
    const std::vector<int64_t> target(row->tokens.begin() + row->num_prompt_tokens,
                                      row->tokens.end());
    if (RowOf(golden.prompt_template).space == ContentSpace::kKept) {
      EXPECT_EQ(form.Text(TokenizerWithNames(), target), golden.example.output);
    }
    EXPECT_EQ(form.WithoutEnd(TokenizerWithNames(), target),
              std::vector<int64_t>(target.begin(), target.end() - 1));
    ++num_rows;
  }
  EXPECT_GT(num_rows, 70);
}

std::string TextOf(const TokenizedExample& row, const TokenSpan& span) {
  return TokenizerWithNames().Decode(
      std::vector<int64_t>(row.tokens.begin() + span.begin, row.tokens.begin() + span.end));
}

const SftExample kTwoTurns{"And?", "", "No", "", {std::nullopt, {{"Is it?", "Yes", true}}}};

TokenizedExample RowFor(PromptTemplate prompt_template) {
  return *PromptEncoder::Create(TokenizerWithNames(), prompt_template)
              ->Tokenize(kTwoTurns, int64_t{1} << 20);
}

TEST(ChatFormats, AnEarlierAnswerIsATargetWithTheEndThatItsFormatWrites) {
  const TokenizedExample vicuna = RowFor(PromptTemplate::kVicuna);
  ASSERT_EQ(vicuna.earlier_targets.size(), 1u);
  EXPECT_EQ(TextOf(vicuna, vicuna.earlier_targets[0]), " Yes");
  EXPECT_EQ(vicuna.tokens[static_cast<size_t>(vicuna.earlier_targets[0].end) - 1],
            TokenizerWithNames().eos_id());
  const TokenizedExample llama2 = RowFor(PromptTemplate::kLlama2);
  ASSERT_EQ(llama2.earlier_targets.size(), 1u);
  EXPECT_EQ(TextOf(llama2, llama2.earlier_targets[0]), " Yes ");
  const TokenizedExample internlm = RowFor(PromptTemplate::kInternlm);
  EXPECT_EQ(TextOf(internlm, internlm.earlier_targets[0]), "Yes<eoa>");
  const TokenizedExample falcon = RowFor(PromptTemplate::kFalcon);
  ASSERT_EQ(falcon.earlier_targets.size(), 1u);
  EXPECT_EQ(TextOf(falcon, falcon.earlier_targets[0]), " Yes");
  EXPECT_EQ(std::count(falcon.tokens.begin(), falcon.tokens.end(), TokenizerWithNames().eos_id()),
            1);
}

// What stands before [gMASK] is read in both directions: an answer there would be copied.
TEST(ChatFormats, NoAnswerBeforeTheMarksIsATarget) {
  const TokenizedExample row = RowFor(PromptTemplate::kChatglm);
  EXPECT_TRUE(row.earlier_targets.empty());
  const auto encoder = PromptEncoder::Create(TokenizerWithNames(), PromptTemplate::kChatglm);
  EXPECT_EQ(row.tokens[static_cast<size_t>(row.num_prompt_tokens) - 2],
            encoder->named_tokens().at("[gMASK]"));
  EXPECT_EQ(row.tokens[static_cast<size_t>(row.num_prompt_tokens) - 1],
            encoder->named_tokens().at("<sop>"));
}

TEST(ChatFormats, GenerationsEndAsTheFormatDoes) {
  const auto encoder = [](PromptTemplate row) {
    return *PromptEncoder::Create(TokenizerWithNames(), row);
  };
  EXPECT_EQ(encoder(PromptTemplate::kFalcon).answer_form().stop_texts,
            std::vector<std::string>{"\nUser"});
  EXPECT_EQ(encoder(PromptTemplate::kTigerbot).answer_form().stop_texts,
            std::vector<std::string>{"###"});
  EXPECT_EQ(encoder(PromptTemplate::kInternlm).answer_form().stop_texts,
            std::vector<std::string>{"<|User|>"});
  EXPECT_EQ(TokenizerWithNames().Piece(encoder(PromptTemplate::kInternlm).end_token()), "<eoa>");
  EXPECT_EQ(TokenizerWithNames().Piece(encoder(PromptTemplate::kMoss).end_token()), "<eom>");
  EXPECT_EQ(TokenizerWithNames().Piece(encoder(PromptTemplate::kChatglm).end_token()), "<eop>");
  EXPECT_EQ(encoder(PromptTemplate::kBaichuan).end_token(), TokenizerWithNames().eos_id());
  const std::vector<int64_t> stops = encoder(PromptTemplate::kStablelm).answer_form().stop_tokens;
  ASSERT_EQ(stops.size(), 3u);
  EXPECT_EQ(TokenizerWithNames().Piece(stops[0]), "<|USER|>");
}

// A model that was pre-trained to end texts with EOS goes on ending with it.
TEST(ChatFormats, EosEndsAGenerationWhateverEndsATurn) {
  const int64_t eos = TokenizerWithNames().eos_id();
  for (const PromptTemplate row :
       {PromptTemplate::kInternlm, PromptTemplate::kMoss, PromptTemplate::kChatglm}) {
    const AnswerForm form = PromptEncoder::Create(TokenizerWithNames(), row)->answer_form();
    EXPECT_NE(form.end_token, eos);
    EXPECT_EQ(form.stop_tokens, std::vector<int64_t>{eos}) << Name(row);
    std::vector<int64_t> answer = TokenizerWithNames().Encode("the cat");
    answer.push_back(eos);
    EXPECT_TRUE(form.IsComplete(TokenizerWithNames(), answer)) << Name(row);
    EXPECT_EQ(form.Text(TokenizerWithNames(), answer), "the cat");
  }
  for (const PromptTemplate row : {PromptTemplate::kVicuna, PromptTemplate::kBaichuan}) {
    const AnswerForm form = PromptEncoder::Create(TokenizerWithNames(), row)->answer_form();
    EXPECT_EQ(form.end_token, eos);
    EXPECT_TRUE(form.stop_tokens.empty()) << Name(row);
  }
  TokenizerFiles files = GoldenTokenizer::Files("qwen2", GoldenTokenizer("qwen2").json());
  for (const std::string name : {"<|endoftext|>", "<|im_end|>"}) {
    files.beside[kTokenizerConfigFile] = R"({"eos_token": ")" + name + R"("})";
    const Tokenizer tokenizer = *Tokenizer::FromFiles(files);
    const AnswerForm form = PromptEncoder::Create(tokenizer, PromptTemplate::kQwen)->answer_form();
    EXPECT_EQ(tokenizer.Piece(form.end_token), "<|im_end|>");
    std::vector<int64_t> others;
    if (name != "<|im_end|>") others.push_back(*tokenizer.ControlToken(name));
    EXPECT_EQ(form.stop_tokens, others) << name;
  }
}

// Of files as they were published: qwen.tiktoken, and both of ChatGLM-6B.
TEST(ChatFormats, QwenFindsItsTokensInAVocabularyOfRanks) {
  const Tokenizer tokenizer = *Tokenizer::FromFiles(QwenSizedFiles());
  const auto encoder = PromptEncoder::Create(tokenizer, PromptTemplate::kQwen);
  ASSERT_TRUE(encoder.ok()) << encoder.status();
  const std::vector<int64_t> prompt = encoder->Prompt(kTwoTurns);
  EXPECT_EQ(prompt.front(), 151644);
  // Of the system message, two questions, one answer and the beginning of another.
  EXPECT_EQ(std::count(prompt.begin(), prompt.end(), 151644), 5);
  EXPECT_EQ(std::count(prompt.begin(), prompt.end(), 151645), 4);
  EXPECT_EQ(encoder->answer_form().end_token, 151645);
  EXPECT_EQ(encoder->answer_form().stop_tokens, std::vector<int64_t>{151643});
  EXPECT_EQ(tokenizer.Decode(prompt),
            "system\nYou are a helpful assistant.\nuser\nIs it?\nassistant\nYes\nuser\nAnd?\n"
            "assistant\n");
}

TEST(ChatFormats, ChatglmFindsItsMarksInBothOfItsVocabularies) {
  for (const auto& [revision, num_image_tokens] :
       {std::pair("first", 20000), std::pair("later", 0)}) {
    const Tokenizer tokenizer = *Tokenizer::FromFiles(ChatglmFiles(revision));
    const auto encoder = PromptEncoder::Create(tokenizer, PromptTemplate::kChatglm);
    ASSERT_TRUE(encoder.ok()) << encoder.status();
    // 600 pieces, then [MASK], [gMASK], [sMASK], <unused_0>, <sop> and <eop>.
    const int64_t mask = 600 + num_image_tokens;
    const std::vector<int64_t> prompt = encoder->Prompt({"And?", "", "No", ""});
    ASSERT_GT(prompt.size(), 2u);
    EXPECT_EQ(prompt[prompt.size() - 2], mask + 1);
    EXPECT_EQ(prompt.back(), mask + 4);
    EXPECT_EQ(encoder->answer_form().end_token, mask + 5);
    EXPECT_TRUE(encoder->answer_form().stop_tokens.empty());
    EXPECT_EQ(tokenizer.Decode(prompt), "[Round 0]\n问：And?\n答：");
  }
}

}  // namespace
}  // namespace bench::harness
