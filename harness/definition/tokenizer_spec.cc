#include "harness/definition/tokenizer_spec.h"

#include "harness/definition/field.h"
#include "harness/definition/violations.h"

namespace bench::harness {

void Describe(TokenizerSpec& spec, FieldList& fields) {
  FieldList& table = fields.Group("tokenizer", "");
  table.Leaf("dataset", spec.dataset,
             {.doc = "experiment that makes the data set", .presence = Presence::kRequired});
  table.Leaf("dataset_part", spec.dataset_part,
             {.doc = "part of the data set that is read", .role = TextRole::kName});
  table.Leaf("algorithm", spec.algorithm, {.doc = "kind of SentencePiece model"});
  table.Leaf("vocab_size", spec.vocab_size,
             {.doc = "pieces, the special and byte pieces included",
              .presence = Presence::kRequired,
              .bounds = Between(4, 1 << 20)});
  table.Leaf("character_coverage", spec.character_coverage,
             {.doc = "fraction of the characters' occurrences that get a piece of their own",
              .bounds = Between(0.9, 1)});
  table.Leaf("byte_fallback", spec.byte_fallback,
             {.doc = "other characters become byte pieces, so that every text round-trips"});
  table.Leaf("num_threads", spec.num_threads,
             {.doc = "threads of the trainer; fixed, because the model depends on it",
              .bounds = Between(1, 128)});
  table.Leaf("split_han", spec.split_han,
             {.doc = "no piece joins a Han character or full-width mark with another character"});
  table.Leaf("template_pieces", spec.template_pieces,
             {.doc = "the fixed texts of this prompt template become one piece each"});
  table.Leaf("instruction_piece_min_count", spec.instruction_piece_min_count,
             {.doc = "an instruction with at least so many records becomes one piece; 0: none does",
              .units = "records",
              .bounds = Between(0, 1e9)});
}

void Validate(const TokenizerSpec& spec, const Violations& violations) {
  constexpr int64_t kBytePieces = 256;
  constexpr int64_t kSpecialPieces = 3;  // unknown, begin and end of sequence
  if (spec.byte_fallback && spec.vocab_size <= kBytePieces + kSpecialPieces) {
    violations.Add("tokenizer.vocab_size",
                   "leaves no piece beside the 256 byte and 3 special pieces of byte_fallback");
  }
}

}  // namespace bench::harness
