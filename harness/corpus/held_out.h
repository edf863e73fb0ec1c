// Which documents of a corpus are held out (part "validation"): a function of their text alone.
//
// place = the low half of the content digest as a fraction of 2^64, from its upper 53 bits, in
// [0, 1); held out iff place < fraction. Equal texts are in one part, whatever the run.
// Of few documents that may be none, or all of them: the fraction is then the one nearest to the
// definition's that gives both parts a text.
#pragma once

#include "harness/corpus/digest.h"

namespace bench::corpus {

double HeldOutPlace(const Digest128& content);
bool IsHeldOut(const Digest128& content, double fraction);

// Of the documents that are kept: where the first and the last of them stand.
struct HeldOutPlaces {
  double least = 1, most = 0;

  void Add(double place);
  void Merge(const HeldOutPlaces& other);

  template <typename Archive>
  void VisitFields(Archive& archive) {
    archive(least, most);
  }
};

// `fraction`, or of few documents the one that leaves no part empty. `fraction` itself where there
// is but one text.
double HeldOutFraction(double fraction, const HeldOutPlaces& places);

}  // namespace bench::corpus
