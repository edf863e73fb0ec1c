#include "harness/tokenizers/bpe_model.h"

#include <array>
#include <functional>
#include <mutex>
#include <queue>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "base/json.h"
#include "base/status.h"
#include "harness/tokenizers/byte_alphabet.h"

namespace bench::harness {
namespace {

constexpr int32_t kNone = -1;

struct Rule {
  uint32_t rank = 0;
  int32_t result = kNone;
};

constexpr uint64_t PairKey(int32_t left, int32_t right) {
  return uint64_t{static_cast<uint32_t>(left)} << 32 | static_cast<uint32_t>(right);
}

// A token of the word, linked to its neighbours by index.
struct Symbol {
  int32_t token = kNone;  // kNone: merged into its left neighbour
  int32_t previous = kNone;
  int32_t next = kNone;
};

// A rule that fits the symbol at `at` and its right neighbour.
struct Candidate {
  uint32_t rank = 0;
  int32_t at = 0;
  int32_t result = kNone;

  bool operator>(const Candidate& other) const {
    return rank != other.rank ? rank > other.rank : at > other.at;
  }
};

using TokenIds = absl::flat_hash_map<std::string_view, int32_t>;  // by bytes

}  // namespace

struct BpeModel::Tables {
  std::array<int32_t, 256> token_of_byte{};
  absl::flat_hash_map<uint64_t, Rule> rules;
  absl::flat_hash_map<std::string, int32_t> whole_words;  // with ignore_merges only
  std::optional<int32_t> unknown;
  bool fuse_unknown = false;

  // A rule for each way to cut a token into two.
  void AddRulesOfTokens(const TokenIds& ids, const absl::flat_hash_set<int32_t>& unreachable) {
    for (const auto& [bytes, id] : ids) {
      if (unreachable.contains(id)) continue;
      for (size_t cut = 1; cut < bytes.size(); ++cut) {
        const auto left = ids.find(bytes.substr(0, cut));
        if (left == ids.end()) continue;
        const auto right = ids.find(bytes.substr(cut));
        if (right == ids.end()) continue;
        rules[PairKey(left->second, right->second)] = {static_cast<uint32_t>(id), id};
      }
    }
  }
};

// Direct mapped: a word replaces whatever had its place.
class BpeModel::Cache {
 public:
  static constexpr size_t kMaxWordBytes = 64;

  bool Find(std::string_view word, std::vector<int64_t>& tokens) {
    const std::lock_guard lock(mutex_);
    const Entry& entry = EntryOf(word);
    if (entry.word != word) return false;
    tokens.insert(tokens.end(), entry.tokens.begin(), entry.tokens.end());
    return true;
  }

  void Keep(std::string_view word, const std::vector<int32_t>& tokens) {
    const std::lock_guard lock(mutex_);
    Entry& entry = EntryOf(word);
    entry.word = word;
    entry.tokens = tokens;
  }

 private:
  struct Entry {
    std::string word;
    std::vector<int32_t> tokens;
  };
  Entry& EntryOf(std::string_view word) {
    return entries_[std::hash<std::string_view>()(word) % entries_.size()];
  }

  std::mutex mutex_;
  std::vector<Entry> entries_ = std::vector<Entry>(size_t{1} << 15);
};

BpeModel::BpeModel() : tables_(std::make_unique<Tables>()), cache_(std::make_unique<Cache>()) {}
BpeModel::BpeModel(BpeModel&&) noexcept = default;
BpeModel& BpeModel::operator=(BpeModel&&) noexcept = default;
BpeModel::~BpeModel() = default;

absl::StatusOr<BpeModel> BpeModel::Create(const BpeRules& rules) {
  BpeModel model;
  Tables& tables = *model.tables_;
  tables.token_of_byte.fill(kNone);
  TokenIds ids;
  for (const auto& [bytes, id] : rules.tokens) ids[bytes] = id;
  const absl::flat_hash_set<int32_t> unreachable(rules.unreachable.begin(),
                                                 rules.unreachable.end());
  for (int byte = 0; byte < 256; ++byte) {
    const std::string text(1, static_cast<char>(byte));
    const auto found = ids.find(text);
    if (found == ids.end()) continue;
    if (unreachable.contains(found->second) && OccursInUtf8(static_cast<uint8_t>(byte))) {
      return DataError(absl::StrCat("no ordinary token for the byte 0x", absl::Hex(byte), ": ",
                                    QuotedForMessage(TokenOfBytes(text)), " is a control token"));
    }
    tables.token_of_byte[static_cast<size_t>(byte)] = found->second;
  }
  tables.unknown = rules.unknown;
  tables.fuse_unknown = rules.fuse_unknown;
  for (uint32_t rank = 0; rank < rules.merges.size(); ++rank) {
    const auto& [left, right] = rules.merges[rank];
    const auto left_id = ids.find(left);
    const auto right_id = ids.find(right);
    const auto result = ids.find(left + right);
    if (left_id == ids.end() || right_id == ids.end() || result == ids.end()) {
      return DataError(absl::StrCat("merge ", rank, ": its parts or its result are no tokens"));
    }
    if (unreachable.contains(result->second)) {
      return DataError(absl::StrCat("merge ", rank, " makes the control token ",
                                    QuotedForMessage(TokenOfBytes(left + right))));
    }
    tables.rules[PairKey(left_id->second, right_id->second)] = {rank, result->second};
  }
  if (rules.merges_by_id) tables.AddRulesOfTokens(ids, unreachable);
  if (rules.ignore_merges) {
    for (const auto& [bytes, id] : rules.tokens) {
      if (!unreachable.contains(id)) tables.whole_words[bytes] = id;
    }
  }
  return model;
}

void BpeModel::Encode(std::string_view word, std::vector<int64_t>& tokens) const {
  if (const auto whole = tables_->whole_words.find(internal::View(word));
      whole != tables_->whole_words.end()) {
    tokens.push_back(whole->second);
    return;
  }
  const bool cached = word.size() <= Cache::kMaxWordBytes;
  if (cached && cache_->Find(word, tokens)) return;
  std::vector<int32_t> merged;
  Merge(word, merged);
  tokens.insert(tokens.end(), merged.begin(), merged.end());
  if (cached) cache_->Keep(word, merged);
}

std::vector<int32_t> BpeModel::FirstTokens(std::string_view word) const {
  std::vector<int32_t> tokens;
  tokens.reserve(word.size());
  bool after_unknown = false;
  for (const char c : word) {
    const int32_t token = tables_->token_of_byte[static_cast<uint8_t>(c)];
    const bool is_unknown = token == kNone;
    if (!is_unknown) {
      tokens.push_back(token);
    } else if (tables_->unknown && !(after_unknown && tables_->fuse_unknown)) {
      tokens.push_back(*tables_->unknown);
    }
    after_unknown = is_unknown;
  }
  return tokens;
}

void BpeModel::Merge(std::string_view word, std::vector<int32_t>& tokens) const {
  const std::vector<int32_t> first = FirstTokens(word);
  const auto size = static_cast<int32_t>(first.size());
  std::vector<Symbol> symbols(first.size());
  std::priority_queue<Candidate, std::vector<Candidate>, std::greater<>> queue;
  const auto symbol = [&](int32_t at) -> Symbol& { return symbols[static_cast<size_t>(at)]; };
  const auto rule_at = [&](int32_t at) -> const Rule* {
    const auto found =
        tables_->rules.find(PairKey(symbol(at).token, symbol(symbol(at).next).token));
    return found == tables_->rules.end() ? nullptr : &found->second;
  };
  const auto push = [&](int32_t at) {
    if (at == kNone || symbol(at).next == kNone) return;
    if (const Rule* rule = rule_at(at)) queue.push({rule->rank, at, rule->result});
  };
  for (int32_t i = 0; i < size; ++i) {
    symbol(i) = {first[static_cast<size_t>(i)], i - 1, i + 1 < size ? i + 1 : kNone};
  }
  for (int32_t i = 0; i < size; ++i) push(i);
  while (!queue.empty()) {
    const Candidate top = queue.top();
    queue.pop();
    Symbol& left = symbol(top.at);
    if (left.token == kNone || left.next == kNone) continue;
    // A neighbour may have changed since: the entry counts if the same token would come of it.
    const Rule* rule = rule_at(top.at);
    if (rule == nullptr || rule->result != top.result) continue;
    Symbol& right = symbol(left.next);
    left.token = top.result;
    left.next = right.next;
    right.token = kNone;
    if (left.next != kNone) symbol(left.next).previous = top.at;
    push(left.previous);
    push(top.at);
  }
  for (const Symbol& s : symbols) {
    if (s.token != kNone) tokens.push_back(s.token);
  }
}

}  // namespace bench::harness
