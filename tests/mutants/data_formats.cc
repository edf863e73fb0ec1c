#include "base/file.h"
#include "harness/data/alpaca.h"
#include "harness/data/gettext.h"
#include "harness/data/source.h"
#include "harness/data/tokenizer.h"
#include "harness/data/tokenizer_json.h"
#include "tests/mutants/format.h"

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
  for (const char* kind : {"llama3", "qwen2", "smollm"}) {
    corpus.files.push_back(TestFile(absl::StrCat("harness/data/golden/tokenizer_", kind, ".json")));
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
      {"gettext catalogue (.mo)", Catalogues, ReadCatalogue},
      {"source records (JSON lines)", Records, ReadRecords},
      {"source manifest (TOML)", Manifests, ReadManifest, ExitCode::kUsage},
  };
}

}  // namespace bench::mutants
