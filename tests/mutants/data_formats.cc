#include "base/file.h"
#include "base/json.h"
#include "harness/data/alpaca.h"
#include "harness/data/chat_template.h"
#include "harness/data/gettext.h"
#include "harness/data/source.h"
#include "harness/data/token_dataset.h"
#include "harness/evaluation/probes/documents.h"
#include "harness/tokenizers/sentencepiece_json.h"
#include "harness/tokenizers/tiktoken.h"
#include "harness/tokenizers/tokenizer.h"
#include "harness/tokenizers/tokenizer_json.h"
#include "harness/tokenizers/tokenizer_settings.h"
#include "tests/harness/tokenizers/golden_vocabularies.h"
#include "tests/harness/tokenizers/test_tokenizer.h"
#include "tests/mutants/format.h"
#include "tests/support/temp_folder.h"

namespace bench::mutants {
namespace {

using namespace bench::harness;  // NOLINT: a table of this library's readers

constexpr char kRow[] =
    R"({"instruction":"译","input":"a\ud83d\ude00","output":"b","task":"t","x":{"n":[1,-2.5e3,null]}})";

Corpus ExampleLines() {
  const std::string row(kRow);
  return {{row + "\n" + row + "\r\n\n" + row + "\n"}, JsonWords()};
}
Corpus ExampleArrays() {
  const std::string row(kRow);
  return {{"[" + row + ",\n" + row + "]\n"}, JsonWords()};
}

// Strictly, and dropping what is invalid: both must end in order.
absl::Status ReadExamples(const std::string& bytes, const std::string& folder) {
  const std::string path = folder + "/rows.json";
  WriteFile(path, bytes);
  const absl::Status lenient = ReadAlpaca(path, {.on_invalid = OnInvalid::kSkip}).status();
  const absl::Status strict = ReadAlpaca(path).status();
  return strict.ok() ? strict : lenient.ok() ? strict : lenient;
}

// A model of the SentencePiece library's own Python package.
Corpus Tokenizers() { return {{TestFile("commands/testdata/tiny.model")}, {}}; }

absl::Status ReadTokenizer(const std::string& bytes, const std::string&) {
  const auto tokenizer = Tokenizer::FromModelBytes(bytes, "mutant");
  if (!tokenizer.ok()) return tokenizer.status();
  tokenizer->Decode(tokenizer->Encode("打开 the file\n\xF0\x9F\x98\x80"));
  return absl::OkStatus();
}

// Small tokenizers of the PyPI library, one a kind.
Corpus TokenizerJsons() {
  Corpus corpus;
  for (const char* kind : {"llama3", "qwen2", "smollm", "smollm2"}) {
    corpus.files.push_back(
        TestFile(absl::StrCat("harness/tokenizers/golden/tokenizer_", kind, ".json")));
  }
  corpus.words = JsonWords();
  return corpus;
}

absl::Status ReadJsonTokenizer(const std::string& bytes, const std::string&) {
  const auto tokenizer = ReadTokenizerJson(bytes, "mutant");
  if (!tokenizer.ok()) return tokenizer.status();
  (*tokenizer)->Decode((*tokenizer)->Encode("打开 the file <|im_end|>\n\xF0\x9F\x98\x80"));
  return absl::OkStatus();
}

Corpus RankedVocabularies() {
  return {{GoldenVocabulary("qwen_3000.tiktoken")},
          {"IQ== 0\n", " ", "=", "\r\n", "A", "3000", "-1", "99999999999999999999"}};
}

absl::Status ReadRankedVocabulary(const std::string& bytes, const std::string&) {
  static const TiktokenFamily family = ExcerptFamily();
  const auto tokenizer = ReadTiktoken(bytes, family, "mutant");
  if (!tokenizer.ok()) return tokenizer.status();
  (*tokenizer)->Decode((*tokenizer)->Encode("打开 the file <|im_end|>\n\xF0\x9F\x98\x80"));
  return absl::OkStatus();
}

Corpus ChatglmModels() {
  return {{GoldenVocabulary("chatglm_first.model"), GoldenVocabulary("chatglm_later.model")},
          {"<n>", "<|tab|>", "[gMASK]", "\x18\x03", "\x18\x04", "\x0A\x03", "\x12",
           "\xFF\xFF\xFF\xFF\x0F"}};
}

absl::Status ReadChatglmModel(const std::string& bytes, const std::string&) {
  const auto tokenizer = Tokenizer::FromFiles({TokenizerFormat::kChatglm, "mutant", bytes, {}});
  if (!tokenizer.ok()) return tokenizer.status();
  const std::vector<int64_t> ids = tokenizer->Encode("打开  the\tfile [gMASK]\n\xF0\x9F\x98\x80");
  tokenizer->Decode(ids);
  for (const int64_t id : ids) {
    if (id == tokenizer->ControlToken("[gMASK]")) return EnvironmentError("a text became a mark");
  }
  return absl::OkStatus();
}

// Beside an ice_text.model in order.
absl::Status ReadChatglmSettings(const std::string& bytes, const std::string&) {
  static const TokenizerFiles files = ChatglmFiles("later");
  TokenizerFiles mutant = files;
  mutant.beside[kTokenizerConfigFile] = bytes;
  const auto tokenizer = Tokenizer::FromFiles(mutant);
  if (!tokenizer.ok()) return tokenizer.status();
  const std::vector<int64_t> ids = tokenizer->Encode("a  b");
  return tokenizer->Decode(ids) == "a  b" ? absl::OkStatus() : EnvironmentError("another text");
}
Corpus ChatglmSettings() {
  Corpus corpus{{ChatglmFiles("later").beside.at(kTokenizerConfigFile)}, JsonWords()};
  for (const char* word : {"\"remove_space\":", "\"num_image_tokens\":", "20000", "-1", "1e9"}) {
    corpus.words.emplace_back(word);
  }
  return corpus;
}

// What stands beside a tokenizer.json and names its special tokens.
constexpr char kSettings[] =
    R"({"bos_token":{"content":"<|endoftext|>"},"eos_token":"<|im_end|>","pad_token":null,)"
    R"("add_bos_token":true})";

// Each in its place; the rest is in order. Which token is BOS must be one of the vocabulary.
absl::Status ReadSettings(const char* file, const std::string& bytes) {
  static const std::string json = TestFile("harness/tokenizers/golden/tokenizer_qwen2.json");
  static const auto backend = ReadTokenizerJson(json, "qwen2").value();
  const auto ids =
      ReadSpecialTokens({TokenizerFormat::kTokenizerJson, "", "", {{file, bytes}}}, *backend);
  if (!ids.ok()) return ids.status();
  for (const std::optional<int64_t>& id : {ids->bos, ids->eos, ids->pad}) {
    if (id && (*id < 0 || *id >= backend->vocab_size())) return EnvironmentError("no such token");
  }
  return absl::OkStatus();
}

Format SettingsFormat(const char* file, const std::string& content) {
  const auto corpus = [=] {
    Corpus settings{{content}, JsonWords()};
    for (const char* word : {"\"eos_token\":", "[2,", "\"content\":", "-1", "1e9"}) {
      settings.words.emplace_back(word);
    }
    return settings;
  };
  return {file, corpus,
          [=](const std::string& bytes, const std::string&) { return ReadSettings(file, bytes); }};
}

Corpus ChatTemplates() {
  Corpus corpus;
  for (const KnownChatTemplate& known : KnownChatTemplates()) {
    const nlohmann::json list = {{{"name", "default"}, {"template", known.jinja}}};
    corpus.files.push_back(nlohmann::json{{"chat_template", list}}.dump());
    corpus.files.push_back(nlohmann::json{{"chat_template", known.jinja}}.dump());
  }
  corpus.words = JsonWords();
  for (const char* word : {"{%", "-%}", "{#", "{{", "'", "\\\\", "{% raw %}"}) {
    corpus.words.emplace_back(word);
  }
  return corpus;
}

absl::Status ReadTemplate(const std::string& bytes, const std::string& folder) {
  WriteFile(absl::StrCat(folder, "/", kTokenizerConfigFile), bytes);
  const auto found = ReadChatTemplate(folder);
  if (found.ok() && *found) RowOf(**found);
  return found.status();
}

// Models of the three kinds that can be expressed as tokenizer.json.
Corpus ConvertibleModels() {
  Corpus corpus;
  for (const TokenizerAlgorithm algorithm :
       {TokenizerAlgorithm::kUnigram, TokenizerAlgorithm::kBpe, TokenizerAlgorithm::kCharacter}) {
    corpus.files.push_back(
        TrainTokenizer(TextsOf(TestTexts()), TestSpec(algorithm), {"a b"}).value());
  }
  corpus.words = {"\x0A\x03", "\x15", "\x18\x01", "\x18\x06", "\xFF\xFF\xFF\xFF\x0F",
                  "\x12",     "\x1A"};
  return corpus;
}

// Must be JSON as the reader of any document takes it.
absl::Status ConvertModel(const std::string& bytes, const std::string&) {
  const auto converted = ConvertSentencePiece(bytes, "<s>");
  if (!converted.ok()) return converted.status();
  const auto json = ParseJsonObject(converted->tokenizer_json);
  return json.ok() ? absl::OkStatus() : EnvironmentError(std::string(json.status().message()));
}

constexpr char kDocuments[] = "/train-00000.documents";

void WriteTokenDataset(const std::string& folder) {
  TokenDatasetWriter writer(folder, {100, std::string(64, 'a'), {"en", "zh"}});
  for (int64_t i = 0; i < 8; ++i) {
    writer.Add("train", std::vector<int64_t>{1, 50 + i, 60, 2}, 7, i % 2).IgnoreError();
  }
  writer.Add("validation", std::vector<int64_t>{1, 2}, 3, 1).IgnoreError();
  writer.Finish().IgnoreError();
}

std::string FileOfTokenDataset(const std::string& name) {
  TempFolder folder;
  WriteTokenDataset(folder.path());
  return ReadFile(folder.path() + name).value();
}

// What is opened is walked as training and evaluation do.
absl::Status WalkDocuments(const TokenDataset& dataset) {
  for (const char* part : {"train", "validation"}) {
    for (const TokenShard& shard : dataset.part(part)) {
      for (int64_t i = 0; i < shard.num_documents(); ++i) {
        const TokenDocument& document = shard.document(i);
        const auto begin = static_cast<int64_t>(document.first_token);
        if (shard.Tokens(begin, shard.document_end(i)).empty() || shard.DocumentAt(begin) != i ||
            document.language >= dataset.languages().size()) {
          return EnvironmentError("a document that cannot be was read");
        }
      }
    }
  }
  return absl::OkStatus();
}

absl::Status ReadTokenDataset(const std::string& name, const std::string& bytes,
                              const std::string& folder) {
  if (!Exists(folder + "/tokens.json")) WriteTokenDataset(folder);
  WriteFile(folder + name, bytes);
  const auto dataset = TokenDataset::Open(folder);
  return dataset.ok() ? WalkDocuments(*dataset) : dataset.status();
}

Format TokenDatasetFormat(const char* name, const char* file, std::vector<std::string> words) {
  return {name,
          [=] {
            return Corpus{{FileOfTokenDataset(file)}, words};
          },
          [=](const std::string& bytes, const std::string& folder) {
            return ReadTokenDataset(file, bytes, folder);
          }};
}

// Catalogues that msgfmt compiled.
Corpus Catalogues() {
  Corpus corpus;
  for (const char* name : {"little", "big", "big5"}) {
    corpus.files.push_back(TestFile(absl::StrCat("harness/data/golden/messages_", name, ".mo")));
  }
  corpus.words = {std::string(1, '\0'), "\x04", "charset=", "UTF-16", "\n", "\xFF"};
  return corpus;
}

absl::Status ReadCatalogue(const std::string& bytes, const std::string&) {
  return ParseCatalogue(bytes, "mutant.mo").status();
}

Corpus Records() {
  return {{R"({"catalogue":"a.mo","context":"","english":"Open","translations":{"zh_CN":"打开"}})"
           "\n"
           R"({"catalogue":"a.mo","context":"m","english":"Shut","translations":{}})"
           "\n"},
          JsonWords()};
}

absl::Status ReadRecords(const std::string& bytes, const std::string& folder) {
  FetchedSource source;
  source.path = folder + "/records.jsonl";
  WriteFile(source.path, bytes);
  return ReadCatalogueRecords(source).status();
}

// Documents of the four requests, and a BIG-bench task.
Corpus ProbeFiles() {
  return {{R"({"input":"a","choices":["b","c"],"gold":1})"
           "\n"
           R"({"input":"d","choices":["e","f","g"],"gold":[0,2]})"
           "\n",
           R"({"input":"a","target":["b","c"]})"
           "\n\n"
           R"({"input":"d","target":"e"})",
           R"({"text":"a b"})"
           "\n",
           R"({"task_prefix":"t","examples":[{"input":"a","target_scores":{"b":1,"c":0}},)"
           R"({"input":"d","target_scores":{"e":0.5,"f":1}}],"append_choices_to_input":true})"},
          JsonWords()};
}

// By each request: whatever is read can be asked.
absl::Status ReadProbes(const std::string& bytes, const std::string& folder) {
  const std::string path = folder + "/probe.json";
  WriteFile(path, bytes);
  absl::Status status;
  for (const ProbeRequest request : {ProbeRequest::kLogLikelihood, ProbeRequest::kChoice,
                                     ProbeRequest::kGenerate, ProbeRequest::kRolling}) {
    const auto file = ReadProbeFile(path, request);
    if (!file.ok()) {
      status = file.status();
      continue;
    }
    for (const ProbeDocument& document : file->documents) {
      if (request == ProbeRequest::kRolling) continue;
      if (document.targets.empty() && document.choices.empty()) {
        return EnvironmentError("a document without an answer was read");
      }
      if (document.answer().size() > bytes.size()) return EnvironmentError("no such answer");
    }
    return absl::OkStatus();
  }
  return status;
}

Corpus Manifests() {
  const std::string folder = std::string(BENCH_SOURCE_DIR) + "/experiments/data/";
  Corpus corpus;
  const std::vector<std::string> names = ListFolder(folder).value();
  for (const std::string& name : names) {
    if (name.ends_with(".toml")) corpus.files.push_back(ReadFile(folder + name).value());
  }
  corpus.words = {"[", "]", "{", "=", "a.", "\"", "'''", "\n", "\xFF", "nan", "[[a]]", "a = [["};
  return corpus;
}

absl::Status ReadManifest(const std::string& bytes, const std::string& folder) {
  BENCH_RETURN_IF_ERROR(MakeFolders(folder + "/data"));
  WriteFile(folder + "/data/mutant.toml", bytes);
  return LoadSourceManifest(folder, "mutant").status();
}

}  // namespace

std::vector<Format> DataFormats() {
  return {
      {"examples (JSON lines)", ExampleLines, ReadExamples},
      {"examples (JSON array)", ExampleArrays, ReadExamples},
      {"SentencePiece tokenizer", Tokenizers, ReadTokenizer},
      {"tokenizer.json", TokenizerJsons, ReadJsonTokenizer},
      {"tiktoken vocabulary", RankedVocabularies, ReadRankedVocabulary},
      {"ChatGLM's ice_text.model", ChatglmModels, ReadChatglmModel},
      {"tokenizer_config.json of ChatGLM", ChatglmSettings, ReadChatglmSettings},
      SettingsFormat(kTokenizerConfigFile, kSettings),
      SettingsFormat(kSpecialTokensMapFile, kSettings),
      SettingsFormat(kGenerationConfigFile, R"({"bos_token_id":600,"eos_token_id":[602,600]})"),
      {"chat template", ChatTemplates, ReadTemplate},
      {"SentencePiece model to tokenizer.json", ConvertibleModels, ConvertModel},
      TokenDatasetFormat("token data set manifest", "/tokens.json", JsonWords()),
      TokenDatasetFormat("token data set documents", kDocuments, {std::string(16, '\0'), "\x02"}),
      {"gettext catalogue (.mo)", Catalogues, ReadCatalogue},
      {"source records (JSON lines)", Records, ReadRecords},
      {"probe documents", ProbeFiles, ReadProbes},
      {"source manifest (TOML)", Manifests, ReadManifest, ExitCode::kUsage},
  };
}

}  // namespace bench::mutants
