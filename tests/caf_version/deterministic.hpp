#pragma once

#include <memory>
#include <optional>
#include <random>
#include <string>

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/detail/test_actor_clock.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/expected.hpp>
#include <caf/scheduler/test_coordinator.hpp>

#include <cafmesh/errc.hpp>
#include <cafmesh/instant.hpp>

namespace cafmesh::test {

/// An actor system of one thread whose time is the test's: nothing runs unless
/// told to, and the same orders lead to the same run. All that this takes of
/// CAF's test scheduler is in here.
class deterministic {
public:
  deterministic();
  ~deterministic();

  caf::actor_system& system() noexcept {
    return *system_;
  }

  instant now();

  /// Does all that can be done without time going on. Where that has no end it
  /// stops, and nothing runs any more.
  void run();
  bool is_endless() const noexcept {
    return endless_;
  }

  /// From now on whose turn it is, of those who have something to do, is a
  /// matter of chance: what one tells two others may be known to either first,
  /// while what one tells another stays in order.
  void shuffle(std::uint64_t seed) {
    dice_.emplace(seed);
  }

  /// The same, step by step from timeout to timeout, for so long.
  void run_for(duration how_long);

  /// How often an actor had its turn.
  std::uint64_t turns() const noexcept {
    return turns_;
  }

  /// Actors that have not ended.
  std::size_t running() {
    return system_->registry().running();
  }

private:
  struct testing_config : caf::actor_system_config {
    testing_config();
  };

  testing_config config_;
  std::unique_ptr<caf::actor_system> system_;
  caf::scheduler::test_coordinator& scheduler_;
  std::optional<std::mt19937_64> dice_;
  std::uint64_t turns_ = 0;
  bool endless_ = false;
};

/// What came of a question. Still open: neither value nor failure.
template <class T>
struct reply {
  std::optional<T> value;
  caf::error why;
  bool is_open = true;
};

template <>
struct reply<void> {
  caf::error why;
  bool is_open = true;
};

template <class T>
using reply_ptr = std::shared_ptr<reply<T>>;

/// Asks and does not wait: the answer is there as soon as it has come.
/// @tparam T what the answer holds.
template <class T, class Handle, class Message>
reply_ptr<T> ask_later(caf::actor_system& system, const Handle& whom,
                       Message question) {
  auto result = std::make_shared<reply<T>>();
  auto failed = [result](caf::error& why) {
    result->why = std::move(why);
    result->is_open = false;
  };
  system.spawn([=](caf::event_based_actor* self) mutable {
    auto request = self->request(whom, caf::infinite, std::move(question));
    if constexpr (std::is_void_v<T>)
      std::move(request).then([result] { result->is_open = false; }, failed);
    else
      std::move(request).then(
        [result](T& x) {
          result->value = std::move(x);
          result->is_open = false;
        },
        failed);
  });
  return result;
}

} // namespace cafmesh::test
