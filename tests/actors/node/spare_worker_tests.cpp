#include <chrono>
#include <functional>
#include <future>
#include <vector>

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <caf/actor.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>

#include "actors/caf_version/spare_worker.hpp"

// The tests use real threads and CAF's real schedulers.

namespace {

using job = std::function<void()>;

} // namespace

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(job)

using namespace cafmesh;

namespace {

constexpr auto patience = std::chrono::seconds{20};
constexpr std::size_t threads = 2;

struct config : caf::actor_system_config {
  explicit config(const char* policy) {
    set("scheduler.policy", caf::atom_from_string(policy));
    set("scheduler.max-threads", threads);
  }
};

struct named_as_ours {
  static inline const char* name = "cafmesh.test";
};

caf::behavior library_actor(caf::stateful_actor<named_as_ours>*) {
  return {[](const job& x) {
    x();
  }};
}

// The unused argument keeps CAF from binding a reference to null.
caf::behavior application_actor(caf::event_based_actor*, caf::unit_t) {
  return {[](const job& x) {
    x();
  }};
}

// Actors that block all threads of a scheduler, and one more.
class blockers {
public:
  explicit blockers(caf::actor_system& system) {
    auto goes_on = may_return_.get_future().share();
    for (auto& began : began_) {
      auto actor = system.spawn(application_actor, caf::unit);
      caf::anon_send(actor, job{[&began, goes_on] {
                       began.set_value();
                       goes_on.wait();
                     }});
    }
    for (std::size_t i = 0; i < threads; ++i)
      BOOST_REQUIRE(began_[i].get_future().wait_for(patience)
                    == std::future_status::ready);
  }
  void let_go() {
    may_return_.set_value();
  }

private:
  std::promise<void> may_return_;
  std::promise<void> began_[threads + 1];
};

} // namespace

BOOST_AUTO_TEST_SUITE(spare_worker_tests)

BOOST_DATA_TEST_CASE(actors_of_the_library_run_although_all_threads_are_blocked,
                     boost::unit_test::data::make({"sharing", "stealing"}),
                     policy) {
  config cfg{policy};
  caf::actor_system system{cfg};
  auto spare = caf_version::spare_worker::begin(system);
  BOOST_REQUIRE(spare);
  auto ours = system.spawn(library_actor);
  auto other = system.spawn(library_actor);
  auto theirs = system.spawn(application_actor, caf::unit);
  blockers blocked{system};

  std::promise<void> ours_ran;
  std::promise<void> other_ran;
  std::promise<void> theirs_ran;
  auto theirs_has_run = theirs_ran.get_future();
  caf::anon_send(theirs, job{[&] {
                   theirs_ran.set_value();
                 }});
  caf::anon_send(ours, job{[&] {
                   caf::anon_send(other, job{[&] {
                                    other_ran.set_value();
                                  }});
                   ours_ran.set_value();
                 }});
  BOOST_TEST(
    (ours_ran.get_future().wait_for(patience) == std::future_status::ready));
  BOOST_TEST(
    (other_ran.get_future().wait_for(patience) == std::future_status::ready));
  BOOST_TEST(spare->times_needed() == 1u);
  BOOST_TEST((theirs_has_run.wait_for(std::chrono::seconds{0})
              == std::future_status::timeout));

  blocked.let_go();
  BOOST_TEST((theirs_has_run.wait_for(patience) == std::future_status::ready));
}

BOOST_AUTO_TEST_SUITE_END()
