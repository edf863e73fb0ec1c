// What users' data come in: conversations, tables, Parquet, web archives, pages in any charset.
#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "harness/corpus/charset.h"
#include "harness/corpus/http_response.h"
#include "harness/corpus/warc.h"
#include "harness/data/instruction_records.h"
#include "harness/data/parquet_rows.h"
#include "harness/data/preferences.h"
#include "tests/mutants/format.h"

namespace bench::mutants {
namespace {

using namespace bench::harness;  // NOLINT: a table of this library's readers

constexpr char kTables[] = "harness/data/golden/tables/";

Corpus Files(std::initializer_list<const char*> names, std::vector<std::string> words) {
  Corpus corpus{{}, std::move(words)};
  for (const char* name : names) corpus.files.push_back(TestFile(absl::StrCat(kTables, name)));
  return corpus;
}

std::vector<std::string> MessageWords() {
  std::vector<std::string> words = JsonWords();
  for (const char* word :
       {"\"role\"", "\"from\":\"gpt\"", "\"weight\":0", "\"messages\":[", "[]"}) {
    words.emplace_back(word);
  }
  return words;
}
std::vector<std::string> CsvWords() {
  return {"\"", "\"\"",         ",",    "\t",          "\r\n", "\n\n",
          "\r", "\xEF\xBB\xBF", "\xFF", "instruction", ",,,"};
}

// Strictly, and dropping what is invalid: both must end in order.
absl::Status ReadRows(const std::string& path) {
  ExampleOptions options;
  options.records.on_invalid = OnInvalid::kSkip;
  const auto ignore = [](const SftExample&, const std::string&) { return absl::OkStatus(); };
  const absl::Status lenient = VisitExamples(path, options, ignore).status();
  const absl::Status strict = VisitExamples(path, {}, ignore).status();
  return strict.ok() || !lenient.ok() ? lenient : strict;
}

absl::Status ReadPairs(const std::string& bytes, const std::string& folder) {
  WriteFile(folder + "/pairs.json", bytes);
  return VisitPreferences(folder + "/pairs.json", {},
                          [](const Preference&, const std::string&) { return absl::OkStatus(); })
      .status();
}

// Read as a file of this name.
Format RowFormat(const char* name, const char* file, std::function<Corpus()> corpus) {
  return {name, std::move(corpus), [=](const std::string& bytes, const std::string& folder) {
            const std::string path = absl::StrCat(folder, "/", file);
            WriteFile(path, bytes);
            return ReadRows(path);
          }};
}

Corpus PreferenceLists() {
  return {{R"([{"prompt":"u","chosen":[{"role":"user","content":"u"},{"role":"assistant",)"
           R"("content":"a"}],"rejected":[{"role":"user","content":"u"},{"role":"assistant",)"
           R"("content":"b"}],"task":null}])"},
          MessageWords()};
}

absl::Status ReadArchive(const std::string& bytes, const std::string& folder) {
  const std::string path = folder + "/archive.warc";
  WriteFile(path, bytes);
  auto source = corpus::ByteSource::Open(path);
  if (!source.ok()) return source.status();
  corpus::WarcReader archive(*std::move(source), 1 << 20);
  for (;;) {
    auto document = archive.Next();
    if (!document.ok()) return document.status();
    if (!document->has_value()) return absl::OkStatus();
    (*document)->text.status().IgnoreError();  // a document that is refused ends no reading
  }
}

Corpus Archives() {
  Corpus corpus;
  const std::string page =
      "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=gbk\r\n"
      "Transfer-Encoding: chunked\r\n\r\n4\r\n\xC4\xE3\xBA\xC3\r\n0\r\n\r\n";
  const auto record = [](const char* type, const char* media, const std::string& block) {
    return absl::StrCat("WARC/1.0\r\nWARC-Type: ", type, "\r\nContent-Type: ", media,
                        "\r\nContent-Length: ", block.size(), "\r\n\r\n", block, "\r\n\r\n");
  };
  corpus.files.push_back(TestFile("harness/corpus/golden/archive.warc.gz"));
  corpus.files.push_back(record("warcinfo", "application/warc-fields", "a: b\r\n") +
                         record("response", "application/http; msgtype=response", page) +
                         record("conversion", "text/plain", "text"));
  corpus.words = {"WARC/1.1\r\n",
                  "\r\n\r\n",
                  "Content-Length: ",
                  "99999999999",
                  "-1",
                  "Content-Encoding: gzip\r\n",
                  "Content-Encoding: deflate\r\n",
                  "\x1F\x8B",
                  "ffff\r\n"};
  return corpus;
}

Corpus Pages() {
  return {
      {"<html><head><meta charset=\"gb2312\"></head><p>\xC4\xE3\xBA\xC3</p>",
       "<meta http-equiv='Content-Type' content='text/html; charset=shift_jis'>\x93\xFA\x96\x7B",
       "<!-- x --><meta charset=iso-2022-jp>\x1B\x24\x42\x46\x7C\x1B\x28\x42"},
      {"charset=", "utf-16", "big5", "euc-kr", "<!--", "-->", "<meta", "\x1B\x24\x42", "\xFF\xFE"}};
}

absl::Status ReadPage(const std::string& bytes, const std::string&) {
  return corpus::HtmlInUtf8(bytes).status();
}

}  // namespace

std::vector<Format> RowFormats() {
  std::vector<Format> formats = {
      RowFormat("conversations (JSON)", "rows.json",
                [] {
                  return Files({"messages.jsonl", "sharegpt.json"}, MessageWords());
                }),
      RowFormat("examples (JSON object around an array)", "rows.json",
                [] { return Files({"wrapped.json"}, MessageWords()); }),
      RowFormat("examples (CSV)", "rows.csv",
                [] {
                  return Files({"pandas.csv", "quoted.csv", "spreadsheet.csv"}, CsvWords());
                }),
      RowFormat("examples (TSV)", "rows.tsv", [] { return Files({"pandas.tsv"}, CsvWords()); }),
      {"preferences (lists of messages)", PreferenceLists, ReadPairs},
      {"web archive (WARC)", Archives, ReadArchive},
      {"page in a charset", Pages, ReadPage},
  };
  // Without Arrow there is no reader.
  const std::string some = absl::StrCat(BENCH_TEST_DATA, "/", kTables, "groups.parquet");
  if (FindParquetColumns(some).ok()) {
    formats.push_back(RowFormat("examples (Parquet)", "rows.parquet", [] {
      return Files({"pandas.parquet", "groups.parquet", "messages.parquet"},
                   {"PAR1", std::string(8, '\0'), "\xFF\xFF\xFF\x7F", "\x15", "\x19"});
    }));
  }
  return formats;
}

}  // namespace bench::mutants
