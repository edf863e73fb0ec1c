// How a run begins in its folder.
#pragma once

namespace bench::harness {

enum class StartMode { kFresh, kResume };

}  // namespace bench::harness
