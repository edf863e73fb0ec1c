// The clock of a run: it starts when the run does, and keeps apart what the run waits for.
//
// Every moment since the start belongs to one account, and the accounts together are the time since
// then. What came before, from the start of the process on (the wrapper's set-up and build, loading
// the program), is the set-up time. Seconds, by a clock that only goes forward. Not thread-safe.
#pragma once

#include <array>
#include <functional>
#include <optional>

namespace bench::harness {

class RunClock {
 public:
  enum class Account {
    kRun,            // loading inputs, training, evaluating: the run's own time
    kRanks,          // until all ranks had met
    kPrerequisites,  // inputs that others make: finding, fetching or making them
  };
  using Now = std::function<double()>;  // seconds since any moment

  // Starts now. `setup_seconds`: what came before, where it is known.
  explicit RunClock(std::optional<double> setup_seconds, Now now);
  // That of this process.
  static RunClock Start();

  double Seconds(Account account = Account::kRun) const;
  std::optional<double> setup_seconds() const { return setup_seconds_; }

  // Time goes to `account` while this lives, then to the one before again.
  class Charge {
   public:
    Charge(RunClock& clock, Account account) : clock_(clock), before_(clock.Switch(account)) {}
    ~Charge() { clock_.Switch(before_); }
    Charge(const Charge&) = delete;
    Charge& operator=(const Charge&) = delete;

   private:
    RunClock& clock_;
    const Account before_;
  };

 private:
  // Returns the account until now.
  Account Switch(Account account);

  std::optional<double> setup_seconds_;
  Now now_;
  double since_;  // when the present account was switched to
  Account account_ = Account::kRun;
  std::array<double, 3> seconds_ = {};
};

}  // namespace bench::harness
