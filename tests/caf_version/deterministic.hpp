#pragma once

#include <functional>
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

/// An actor system of one thread in virtual time, which the test controls.
/// Actors run only inside `run` and `run_for`, and the same calls always give
/// the same result. Only this class uses CAF's test scheduler.
class deterministic {
public:
  deterministic();
  ~deterministic();

  caf::actor_system& system() noexcept {
    return *system_;
  }

  instant now();

  /// Runs actors until none has work left at the current time. Gives up after
  /// 5,000,000 turns; later calls then run nothing.
  void run();
  bool is_endless() const noexcept {
    return endless_;
  }

  /// From now on, the actors that have work run in random order. Messages from
  /// one actor to another stay in order.
  void shuffle(std::uint64_t seed) {
    rng_.emplace(seed);
  }

  /// Runs actors for `how_long`, while time advances from timeout to timeout.
  void run_for(duration how_long);

  /// Advances time by `how_long`, from timeout to timeout, without running the
  /// actors that have work.
  void pass_without_running(duration how_long);

  std::uint64_t turns() const noexcept {
    return turns_;
  }

  std::size_t running() {
    return system_->registry().running();
  }

private:
  struct testing_config : caf::actor_system_config {
    testing_config();
  };

  void advance(duration how_long, const std::function<void()>& f);

  testing_config config_;
  std::unique_ptr<caf::actor_system> system_;
  caf::scheduler::test_coordinator& scheduler_;
  std::optional<std::mt19937_64> rng_;
  std::uint64_t turns_ = 0;
  bool endless_ = false;
};

/// The result of a request. Until the answer arrives, `is_open` is true and
/// there is neither a value nor an error.
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

/// Sends a request without waiting; the result is filled in when the answer
/// arrives.
/// @tparam T the type of the answer
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
