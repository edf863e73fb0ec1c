#include "harness/definition/definition.h"

#include "harness/definition/field.h"
#include "harness/definition/violations.h"

namespace bench::harness {
namespace {

template <size_t kIndex = 0>
StageSpec DefaultStage(StageKind kind) {
  if constexpr (kIndex + 1 < std::variant_size_v<StageSpec>) {
    if (static_cast<size_t>(kind) != kIndex) return DefaultStage<kIndex + 1>(kind);
  }
  return StageSpec(std::in_place_index<kIndex>);
}

}  // namespace

Definition DefaultDefinition(StageKind kind) {
  Definition definition;
  definition.stage = DefaultStage(kind);
  return definition;
}

void Describe(Definition& definition, FieldList& fields) {
  fields.Leaf("schema", definition.schema,
              {.doc = "version of this set of keys",
               .presence = Presence::kAlwaysHashed,
               .bounds = Between(kSchema, kSchema)});
  constexpr auto kNames = EnumNames(StageKind{});
  // The decoder chooses the variant's alternative before it reads the rest, so nothing is left to
  // set.
  fields.Bind("stage", {.doc = "what the experiment does", .presence = Presence::kRequired},
              EnumBinding{{kNames.begin(), kNames.end()},
                          [&definition] { return definition.stage.index(); },
                          [](size_t) {}});
  fields.Leaf("title", definition.title, {.doc = "one line for listings"});
  fields.Leaf("base_seed", definition.base_seed,
              {.doc = "every generator's seed is a hash of this, its purpose and the replicate",
               .bounds = AtLeast(0)});
  fields.Table("run", definition.run, "how the process runs");
  std::visit([&fields](auto& stage) { Describe(stage, fields); }, definition.stage);
}

void Validate(const Definition& definition, const Violations& violations) {
  std::visit([&violations](const auto& stage) { Validate(stage, violations); }, definition.stage);
}

bool ClaimsStrict(const Definition& definition) {
  return std::visit(
      [&](const auto& stage) {
        if constexpr (requires { stage.claims_strict(); }) return stage.claims_strict();
        return definition.run.determinism == Determinism::kStrict;
      },
      definition.stage);
}

std::vector<AcceptanceBound> AcceptanceBounds(const Definition& definition) {
  return std::visit(
      [](const auto& stage) -> std::vector<AcceptanceBound> {
        if constexpr (requires { stage.summary_bounds(); }) {
          return stage.summary_bounds();
        } else if constexpr (requires { stage.acceptance; }) {
          return stage.acceptance;
        } else {
          return {};
        }
      },
      definition.stage);
}

std::vector<ArtifactRef> ReferencedArtifacts(const Definition& definition) {
  Definition copy = definition;
  std::vector<ArtifactRef> refs;
  ForEachLeaf(FieldsOf(copy), [&refs](const std::string&, const Field& leaf) {
    if (const auto* ref = std::get_if<ArtifactRef*>(&leaf.binding)) {
      refs.push_back(**ref);
    } else if (const auto* maybe = std::get_if<std::optional<ArtifactRef>*>(&leaf.binding)) {
      if (**maybe) refs.push_back(***maybe);
    }
  });
  return refs;
}

}  // namespace bench::harness
