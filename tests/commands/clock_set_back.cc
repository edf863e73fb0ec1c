// Preloaded into a program: once the file $CLOCK_SET_BACK_WHEN exists, the wall clock is one hour
// behind, as after an administrator or NTP set it. Clocks that count from boot are left alone.
#include <dlfcn.h>
#include <sys/time.h>
#include <unistd.h>

#include <cstdlib>
#include <ctime>

namespace {

constexpr time_t kSecondsBack = 3600;

time_t SecondsBack() {
  const char* when = std::getenv("CLOCK_SET_BACK_WHEN");
  return when != nullptr && ::access(when, F_OK) == 0 ? kSecondsBack : 0;
}

template <typename Function>
Function* Real(const char* name) {
  return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

}  // namespace

extern "C" {

int clock_gettime(clockid_t clock, timespec* now) noexcept {
  static auto* const real = Real<int(clockid_t, timespec*)>("clock_gettime");
  const int result = real(clock, now);
  if (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE) now->tv_sec -= SecondsBack();
  return result;
}

int gettimeofday(timeval* __restrict now, void* __restrict zone) noexcept {
  static auto* const real = Real<int(timeval*, void*)>("gettimeofday");
  const int result = real(now, zone);
  now->tv_sec -= SecondsBack();
  return result;
}

time_t time(time_t* out) noexcept {
  static auto* const real = Real<time_t(time_t*)>("time");
  const time_t now = real(nullptr) - SecondsBack();
  if (out != nullptr) *out = now;
  return now;
}

}  // extern "C"
