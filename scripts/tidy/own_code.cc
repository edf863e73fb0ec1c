// A clang-tidy plugin that keeps all checks to our own declarations.
//
// clang-tidy matches every check against every node of a translation unit, also those of headers
// whose findings it then drops: with LibTorch's headers that is 25 s of 28 s a file. The first
// thing matched is the translation unit itself; here the traversal that follows is narrowed to the
// top-level declarations outside system headers and the precompiled header, as clangd does it.
// Enabled by --load and the check "bench-own-code", which itself reports nothing.
#include <clang-tidy/ClangTidyCheck.h>
#include <clang-tidy/ClangTidyModule.h>
#include <clang-tidy/ClangTidyModuleRegistry.h>
#include <clang/AST/ASTContext.h>
#include <clang/ASTMatchers/ASTMatchFinder.h>

#include <vector>

namespace {

class OwnCode final : public clang::tidy::ClangTidyCheck {
 public:
  using ClangTidyCheck::ClangTidyCheck;

  void registerMatchers(clang::ast_matchers::MatchFinder* finder) override {
    finder->addMatcher(clang::ast_matchers::translationUnitDecl().bind("unit"), this);
  }

  void check(const clang::ast_matchers::MatchFinder::MatchResult& result) override {
    const auto* unit = result.Nodes.getNodeAs<clang::TranslationUnitDecl>("unit");
    std::vector<clang::Decl*> own;
    for (clang::Decl* declaration : unit->noload_decls()) {
      const clang::SourceLocation where = declaration->getLocation();
      if (where.isValid() && !declaration->isFromASTFile() &&
          !result.SourceManager->isInSystemHeader(where)) {
        own.push_back(declaration);
      }
    }
    result.Context->setTraversalScope(own);
  }
};

class Module final : public clang::tidy::ClangTidyModule {
 public:
  void addCheckFactories(clang::tidy::ClangTidyCheckFactories& factories) override {
    factories.registerCheck<OwnCode>("bench-own-code");
  }
};

const clang::tidy::ClangTidyModuleRegistry::Add<Module> kModule("bench", "Traversal of own code.");

}  // namespace
