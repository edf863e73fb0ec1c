// Shows that the parts of a data set share no prompt.
//
// A prompt is known by the SHA-256 of its message: the instruction and, on a line of its own, the
// input where there is one; of a conversation with all that was said before. The same prompt may
// come again within a part. DataError naming the record, the digest and where it was first.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>

#include "absl/status/status.h"
#include "harness/data/conversation.h"

namespace bench::harness {

std::string PromptSha256(std::string_view instruction, std::string_view input,
                         const EarlierTurns& earlier = {});

class DisjointPrompts {
 public:
  struct PartCount {
    int64_t num_records = 0;
    int64_t num_prompts = 0;  // distinct ones
  };

  // `where` names the record in messages: "reward.jsonl:12".
  absl::Status Add(const std::string& part, const std::string& sha256, const std::string& where);

  const std::map<std::string, PartCount>& parts() const { return parts_; }

 private:
  struct First {
    std::string part, where;
  };
  std::map<std::string, PartCount> parts_;
  std::unordered_map<std::string, First> prompts_;  // by SHA-256
};

}  // namespace bench::harness
