#include "harness/definition/canonical.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "absl/strings/str_cat.h"
#include "base/sha256.h"
#include "tests/harness/definition/sample_definitions.h"

namespace bench::harness {
namespace {

std::string HashOf(std::string_view toml) {
  const auto definition = Decode(toml);
  EXPECT_TRUE(definition.ok()) << definition.status();
  return definition.ok() ? DefinitionSha256(*definition) : "";
}

ProbeSpec FullProbe() {
  ProbeSpec probe;
  probe.name = "p";
  probe.file = "a.jsonl";
  probe.path = "p";
  probe.shots_file = "b.jsonl";
  probe.shots_path = "s";
  probe.until = {"x"};
  probe.filters = {{AnswerFilter::kFirstMatch, "[0-9]"}};
  return probe;
}

// The stages that train nothing.
void FillOther(Definition& definition) {
  if (auto* evaluate = std::get_if<EvaluateSpec>(&definition.stage)) {
    evaluate->model = {ArtifactRef{"m", 1}, "f"};
    evaluate->probes = {FullProbe()};
    evaluate->decode.prompts = ArtifactRef{"d", 1};
    evaluate->contexts.data.dataset = ArtifactRef{"c", 1};
    evaluate->contexts.data.source = "s";
    evaluate->contexts.data.path = "p";
    evaluate->rows.dataset = ArtifactRef{"r", 1};
    evaluate->acceptance = {{"accuracy/p", 0.1, 0.9}};
  } else if (auto* tokenizer = std::get_if<TokenizerSpec>(&definition.stage)) {
    tokenizer->dataset = ArtifactRef{"d", 1};
  } else if (auto* refusals = std::get_if<RefusalsSpec>(&definition.stage)) {
    refusals->dataset = ArtifactRef{"d", 1};
    refusals->model = {ArtifactRef{"m", 1}, "f"};
  } else if (auto* program = std::get_if<ProgramSpec>(&definition.stage)) {
    program->source = "s";
    program->python.requirements = "r.txt";
  } else if (auto* names = std::get_if<NamesSpec>(&definition.stage)) {
    names->sources = {"s"};
    names->languages = {"be", "uk"};
    names->vocabulary_languages = {"de"};
  } else if (auto* synthetic = std::get_if<SyntheticSpec>(&definition.stage)) {
    synthetic->lengths = "l.json";
  } else if (auto* images = std::get_if<ImagesSpec>(&definition.stage)) {
    images->source = "s";
    images->path = "p";
  } else if (auto* translations = std::get_if<TranslationsSpec>(&definition.stage)) {
    translations->sources = {"bash"};
  } else if (auto* sweep = std::get_if<SweepSpec>(&definition.stage)) {
    sweep->experiment = {"e", 1};
    sweep->metrics = {"loss"};
    sweep->arms = {{"a", SweepRole::kControl, {"k=v"}}};
    sweep->axes = {{"k", {"1", "2"}}};
    sweep->fits = {{SweepFitKind::kLogistic, "k", "loss", "a", SweepHeldOut::kLargest}};
    sweep->bounds = {{"loss/a", 0.1, 0.9, {"loss", "a", "b", 0.1}, {"loss", "a", 0.2, 3}}};
  }
}

// Every optional leaf set and every list filled, so that each leaf can be changed.
Definition FullDefinition(StageKind kind) {
  Definition definition = DefaultDefinition(kind);
  if (auto* sft = std::get_if<SftSpec>(&definition.stage)) {
    sft->tokenizer = {ArtifactRef{"t", 1}, "t.model"};
    sft->data.dataset = ArtifactRef{"d", 1};
    sft->data.path = "p";
    sft->data.validation_path = "v";
    sft->data.mix = {{"a", 1}, {"b", 2}};
    sft->init.artifact = ArtifactRef{"i", 1};
    sft->init.folder = "f";
    sft->acceptance = {{"exact_match", 0.1, 0.9}};
  } else if (auto* clm = std::get_if<ClmSpec>(&definition.stage)) {
    clm->tokenizer.ref = {ArtifactRef{"t", 1}, "t.model"};
    clm->data.dataset = ArtifactRef{"c", 1};
    clm->data.source = "s";
    clm->data.path = "p";
    clm->init.artifact = ArtifactRef{"i", 1};
    clm->init.folder = "f";
    clm->evaluation.refusal = "u";
    clm->acceptance = {{"loss", 0.1, 0.9}};
  } else if (auto* reward = std::get_if<RewardSpec>(&definition.stage)) {
    reward->tokenizer = {ArtifactRef{"t", 1}, "t.model"};
    reward->data.dataset = ArtifactRef{"d", 1};
    reward->data.path = "p";
    reward->data.validation_path = "v";
    reward->init.artifact = ArtifactRef{"i", 1};
    reward->init.folder = "f";
    reward->acceptance = {{"preference_accuracy", 0.1, 0.9}};
  } else if (auto* corpus = std::get_if<CorpusSpec>(&definition.stage)) {
    corpus->sources = {"manpages"};
    corpus->path = "p";
    corpus->exclude.dataset = ArtifactRef{"d", 1};
    corpus->tokenizer = {ArtifactRef{"t", 1}, "t.model"};
  } else if (auto* preferences = std::get_if<PreferencesSpec>(&definition.stage)) {
    preferences->data.dataset = ArtifactRef{"d", 1};
    preferences->data.path = "p";
    preferences->model = {ArtifactRef{"m", 1}, "f"};
  } else if (auto* ppo = std::get_if<PpoSpec>(&definition.stage)) {
    ppo->tokenizer = {ArtifactRef{"t", 1}, "t.model"};
    ppo->data.source.dataset = ArtifactRef{"d", 1};
    ppo->data.source.path = "p";
    ppo->data.source.validation_path = "v";
    ppo->data.source.mix = {{"a", 1}, {"b", 2}};
    ppo->init.artifact = ArtifactRef{"i", 1};
    ppo->init.folder = "f";
    ppo->reward.artifact = ArtifactRef{"r", 1};
    ppo->reward.folder = "g";
    ppo->reward.clip = 10;
    ppo->ppo.adaptive_kl_target = 6;
    ppo->ppo.log_ratio_clamp = 20;
    ppo->acceptance = {{"exact_match", 0.1, 0.9}};
  } else {
    FillOther(definition);
  }
  return definition;
}

struct Change {
  void operator()(int64_t* value) const { ++*value; }
  void operator()(double* value) const { *value += 1e-9; }
  void operator()(bool* value) const { *value = !*value; }
  void operator()(std::string* value) const { *value += " "; }
  void operator()(std::vector<std::string>* value) const { value->push_back("x"); }
  void operator()(ArtifactRef* value) const { ++*value->version; }
  void operator()(const EnumBinding& value) const {
    value.set((value.get() + 1) % value.names.size());
  }
  template <typename T>
  void operator()(std::optional<T>* value) const {
    ASSERT_TRUE(value->has_value());
    (*this)(&**value);
  }
  void operator()(const TableBinding&) const {}
  void operator()(const ListBinding&) const {}
};

// The stage is the variant itself, an enumeration of one name has no other value, and a user's path
// counts by its content.
bool CanChange(const std::string& path, const Field& leaf) {
  const auto* names = std::get_if<EnumBinding>(&leaf.binding);
  return path != "stage" && (names == nullptr || names->names.size() > 1) &&
         leaf.info.role != TextRole::kUserPath && leaf.info.role != TextRole::kNearPath;
}

TEST(DefinitionHash, EveryLeafChangesIt) {
  for (size_t i = 0; i < EnumNames(StageKind{}).size(); ++i) {
    const Definition full = FullDefinition(static_cast<StageKind>(i));
    std::set<std::string> hashes = {DefinitionSha256(full)};
    size_t num_leaves = 0;
    Definition copy = full;
    ForEachLeaf(FieldsOf(copy), [&](const std::string& path, const Field& leaf) {
      if (!CanChange(path, leaf)) return;
      copy = full;
      std::visit(Change{}, leaf.binding);
      EXPECT_TRUE(hashes.insert(DefinitionSha256(copy)).second) << path;
      copy = full;
      ++num_leaves;
    });
    EXPECT_EQ(hashes.size(), num_leaves + 1);
    EXPECT_GT(num_leaves, 10u);
  }
}

TEST(DefinitionHash, WhereAUsersFileLiesDoesNotChangeItButThatItIsGivenDoes) {
  std::set<std::string> paths;
  for (size_t i = 0; i < EnumNames(StageKind{}).size(); ++i) {
    const Definition full = FullDefinition(static_cast<StageKind>(i));
    Definition copy = full;
    ForEachLeaf(FieldsOf(copy), [&](const std::string& path, const Field& leaf) {
      auto* const* value = std::get_if<std::optional<std::string>*>(&leaf.binding);
      if (leaf.info.role != TextRole::kUserPath || value == nullptr) return;
      paths.insert(path);
      copy = full;
      **value = "/another/place";
      EXPECT_EQ(DefinitionSha256(copy), DefinitionSha256(full)) << path;
      (*value)->reset();
      EXPECT_NE(DefinitionSha256(copy), DefinitionSha256(full)) << path;
      copy = full;
    });
  }
  EXPECT_THAT(paths, ::testing::IsSupersetOf({"data.path", "data.validation_path", "tokenizer.path",
                                              "init.folder", "reward.folder", "corpus.path",
                                              "model.folder"}));
}

TEST(DefinitionHash, TheStageChangesIt) {
  EXPECT_NE(CanonicalJson(DefaultDefinition(StageKind::kSft)).find("\"stage\":\"sft\""),
            std::string::npos);
  EXPECT_NE(DefinitionSha256(DefaultDefinition(StageKind::kSft)),
            DefinitionSha256(DefaultDefinition(StageKind::kTokenizer)));
}

TEST(DefinitionHash, WhiteSpaceCommentsAndKeyOrderDoNotChangeIt) {
  const std::string reordered = R"(
# a comment
[training]   # another
batch_size   =  48
steps = 1_600

[optimizer]
learning_rate = 0.001
[data]
dataset = 'translations@1'
[tokenizer]
artifact = "tokenizer_small@1"
[model]
intermediate_size = 0x160
num_heads = 4
num_layers = 4
hidden_size = 128
)";
  EXPECT_EQ(HashOf("stage = \"sft\"\r\n" + reordered), HashOf(kSmallSft));
}

TEST(DefinitionHash, AnExplicitDefaultDoesNotChangeIt) {
  EXPECT_EQ(HashOf(std::string(kSmallSft) + "max_tokens = 512\nmicro_batch_size = 0\n[run]\n"
                                            "threads = 2\nflush_interval_s = 5\n[schedule]\n"
                                            "kind = \"cosine\"\nfinal_ratio = 0.1\n"),
            HashOf(kSmallSft));
  EXPECT_EQ(HashOf(With("[data]\n", "[data]\nmix = []\n")), HashOf(kSmallSft));
}

TEST(DefinitionHash, MinusZeroIsZero) {
  EXPECT_EQ(HashOf(With("[optimizer]\n", "[optimizer]\nweight_decay = -0.0\n")), HashOf(kSmallSft));
}

struct OldSettings {
  int64_t size = 0;
  double rate = 0.5;
};
void Describe(OldSettings& settings, FieldList& fields) {
  fields.Leaf("size", settings.size, {.doc = "size", .presence = Presence::kRequired});
  fields.Leaf("rate", settings.rate, {.doc = "rate"});
}
struct NewSettings {
  bool added_first = true;
  int64_t size = 0;
  double rate = 0.5;
  RunSpec added_table;
  std::vector<TaskWeight> added_list;
};
void Describe(NewSettings& settings, FieldList& fields) {
  fields.Leaf("added_first", settings.added_first, {.doc = "new"});
  fields.Leaf("size", settings.size, {.doc = "size", .presence = Presence::kRequired});
  fields.Leaf("rate", settings.rate, {.doc = "rate"});
  fields.Table("added_table", settings.added_table, "new");
  fields.Tables("added_list", settings.added_list, "new");
}

TEST(DefinitionHash, ANewDefaultedFieldDoesNotChangeIt) {
  OldSettings before{.size = 3, .rate = 0.25}, before_defaults;
  NewSettings after{.size = 3, .rate = 0.25}, after_defaults;
  const std::string json = CanonicalJson(FieldsOf(before), FieldsOf(before_defaults));
  EXPECT_EQ(json, R"({"rate":0.25,"size":3})");
  EXPECT_EQ(CanonicalJson(FieldsOf(after), FieldsOf(after_defaults)), json);
}

// Python: json.dumps({...}, sort_keys=True, separators=(",", ":"), ensure_ascii=False), written by
// hand from kSmallSft, and hashlib.sha256(text.encode()).hexdigest().
TEST(DefinitionHash, EqualsTheKnownAnswerOfPythonsHashlib) {
  const std::string expected =
      R"({"data":{"dataset":"translations@1"},"model":{"hidden_size":128,"intermediate_size":352,)"
      R"("num_heads":4,"num_layers":4},"optimizer":{"learning_rate":0.001},"schema":1,)"
      R"("stage":"sft","tokenizer":{"artifact":"tokenizer_small@1"},)"
      R"("training":{"batch_size":48,"steps":1600}})";
  EXPECT_EQ(CanonicalJson(*Decode(kSmallSft)), expected);
  EXPECT_EQ(HashOf(kSmallSft), "5407a8444c21994d01941551854399855e0da2574936c9c802d6a607e0e109d1");
}

TEST(CanonicalJson, EscapesAsPythonDoes) {
  // json.dumps('é"\\\x01\n\x7f', ensure_ascii=False)
  Definition definition = *Decode(kSmallTokenizer);
  definition.title = "é\"\\\x01\n\x7f";
  EXPECT_THAT(CanonicalJson(definition),
              testing::HasSubstr("\"title\":\"é\\\"\\\\\\u0001\\n\x7f\""));
}

// Writes a JSON value as TOML, for objects below the top as inline tables.
std::string ToToml(const nlohmann::json& value) {
  if (!value.is_object()) {
    if (!value.is_array()) return value.dump();
    std::string text = "[";
    for (const auto& element : value) text += ToToml(element) + ",";
    return text.append("]");
  }
  std::string text;
  for (const auto& [key, member] : value.items()) {
    text += (text.empty() ? "" : ", ") + key + " = " + ToToml(member);
  }
  return absl::StrCat("{ ", text, " }");
}

TEST(CanonicalJson, ReadAsTomlGivesTheSameDefinition) {
  for (const std::string& toml :
       {std::string(kSmallSft), std::string(kSmallTokenizer), std::string(kSmallTranslations),
        std::string(kSmallSft) +
            "[[data.mix]]\ntask = \"a\\n\"\nweight = 0.1\n[[data.mix]]\ntask = \"é\"\n"
            "weight = 12345.678901234567\n[[acceptance]]\nmetric = \"x\"\nmin = -1e-300\n"}) {
    const auto first = Decode(toml);
    ASSERT_TRUE(first.ok()) << first.status();
    const std::string json = CanonicalJson(*first);
    std::string again;
    const nlohmann::json parsed = nlohmann::json::parse(json);
    for (const auto& [key, member] : parsed.items()) {
      again += key + " = " + ToToml(member) + "\n";
    }
    const auto second = Decode(again);
    ASSERT_TRUE(second.ok()) << second.status() << "\n" << again;
    EXPECT_EQ(CanonicalJson(*second), json);
  }
}

}  // namespace
}  // namespace bench::harness
