#include <atomic>
#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <stdexcept>
#include <thread>
#include <vector>

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <caf/actor.hpp>
#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/make_message.hpp>
#include <caf/message_id.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>

#include "actors/caf_version/local_unit.hpp"
#include "actors/caf_version/scheduler_jobs.hpp"
#include "actors/caf_version/spare_worker.hpp"
#include "tests/caf_version/scheduler_queue.hpp"

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
    set("scheduler.max-throughput", std::size_t{1}); // messages in a row
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

// An actor that sends itself one message after another and calls `f` for each,
// until `f` returns false.
caf::behavior again_and_again(caf::event_based_actor* self,
                              const std::function<bool()>& f) {
  self->send(self, caf::tick_atom::value);
  return {[self, f](caf::tick_atom) {
    if (f())
      self->send(self, caf::tick_atom::value);
    else
      self->quit();
  }};
}

// Spawns actors that block until `let_go`: one for each thread of the
// scheduler, and one more that has no thread yet.
class blockers {
public:
  explicit blockers(caf::actor_system& system) {
    auto goes_on = may_return_.get_future().share();
    // Shared with the actors, because the last actor runs only after `let_go`,
    // when `all` is gone.
    std::vector<std::shared_ptr<std::promise<void>>> all;
    for (std::size_t i = 0; i < threads + 1; ++i) {
      auto began = all.emplace_back(std::make_shared<std::promise<void>>());
      auto actor = system.spawn(application_actor, caf::unit);
      caf::anon_send(actor, job{[began, goes_on] {
                       began->set_value();
                       goes_on.wait();
                     }});
    }
    for (std::size_t i = 0; i < threads; ++i)
      BOOST_REQUIRE(all[i]->get_future().wait_for(patience)
                    == std::future_status::ready);
  }
  void let_go() {
    may_return_.set_value();
  }

private:
  std::promise<void> may_return_;
};

template <class F>
bool becomes_true(F f) {
  const auto end = std::chrono::steady_clock::now() + patience;
  while (!f() && std::chrono::steady_clock::now() < end)
    std::this_thread::yield();
  return f();
}

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

BOOST_AUTO_TEST_CASE(jobs_behind_one_that_does_not_return_go_back) {
  config cfg{"sharing"};
  caf::actor_system system{cfg};
  auto spare = caf_version::spare_worker::begin(system);
  auto ours = system.spawn(library_actor);
  auto other = system.spawn(library_actor);
  blockers blocked{system};

  std::promise<void> began;
  std::promise<void> may_return;
  std::promise<void> other_ran;
  caf::anon_send(ours, job{[&] {
                   caf::actor_cast<caf::strong_actor_ptr>(other)->enqueue(
                     nullptr, caf::make_message_id(),
                     caf::make_message(job{[&] {
                       other_ran.set_value();
                     }}),
                     caf_version::local_unit::of_this_thread());
                   began.set_value();
                   may_return.get_future().wait();
                 }});
  BOOST_TEST(
    (began.get_future().wait_for(patience) == std::future_status::ready));
  blocked.let_go();
  BOOST_TEST(
    (other_ran.get_future().wait_for(patience) == std::future_status::ready));
  may_return.set_value();
}

BOOST_DATA_TEST_CASE(a_search_looks_at_a_part_of_a_long_queue,
                     boost::unit_test::data::make({"sharing", "stealing"}),
                     policy) {
  constexpr std::size_t many = 60'000;
  std::atomic<std::size_t> looks{0};
  config cfg{policy};
  caf::actor_system system{cfg};
  auto spare = caf_version::spare_worker::begin(system);
  auto first = system.spawn(library_actor);
  auto last = system.spawn(library_actor);
  blockers blocked{system};
  std::promise<std::size_t> looks_before_first;
  std::promise<void> last_ran;
  caf::anon_send(first, job{[&] {
                   looks_before_first.set_value(looks);
                 }});
  test::add_jobs(system, many, looks);
  caf::anon_send(last, job{[&] {
                   last_ran.set_value();
                 }});
  BOOST_TEST(looks_before_first.get_future().get()
             <= threads * caf_version::most_jobs_per_search);
  BOOST_TEST(
    (last_ran.get_future().wait_for(patience) == std::future_status::ready));
  blocked.let_go();
}

BOOST_DATA_TEST_CASE(nothing_of_ours_waits_once_nobody_owns_the_worker,
                     boost::unit_test::data::make({"sharing", "stealing"}),
                     policy) {
  config cfg{policy};
  caf::actor_system system{cfg};
  for (auto works : {false, true}) {
    auto spare = caf_version::spare_worker::begin(system);
    blockers blocked{system};
    if (works)
      BOOST_TEST_REQUIRE(
        becomes_true([&] { return spare->times_needed() == 1; }));
    // Two jobs wait: the third blocker, and the probe with which the spare
    // worker finds out whether a thread is free.
    BOOST_TEST_REQUIRE(
      becomes_true([&] { return test::waiting_jobs(system) == 2; }));
    spare.reset();
    // The count must be 1 several times in a row, because the spare worker's
    // thread may take a job out of the queue for a moment while it searches.
    BOOST_TEST(becomes_true([&] {
      for (int i = 0; i < 20; ++i)
        if (test::waiting_jobs(system) != 1)
          return false;
      return true;
    }));
    blocked.let_go();
  }
}

BOOST_AUTO_TEST_CASE(an_actor_that_throws_ends_and_others_run_on) {
  config cfg{"sharing"};
  caf::actor_system system{cfg};
  auto spare = caf_version::spare_worker::begin(system);
  auto throws = system.spawn(library_actor);
  auto other = system.spawn(library_actor);
  blockers blocked{system};
  std::promise<void> ended;
  std::promise<void> other_ran;
  throws->attach_functor([&](const caf::error&) { ended.set_value(); });
  caf::anon_send(throws, job{[] {
                   throw std::runtime_error{"as a test"};
                 }});
  caf::anon_send(other, job{[&] {
                   other_ran.set_value();
                 }});
  BOOST_TEST(
    (ended.get_future().wait_for(patience) == std::future_status::ready));
  BOOST_TEST(
    (other_ran.get_future().wait_for(patience) == std::future_status::ready));
  blocked.let_go();
}

BOOST_AUTO_TEST_CASE(work_goes_on_until_the_scheduler_is_quick) {
  // The queue is so long that a new job waits for more than a second.
  constexpr std::size_t actors = 12;
  constexpr auto length = std::chrono::milliseconds{250};
  config cfg{"sharing"};
  caf::actor_system system{cfg};
  auto spare = caf_version::spare_worker::begin(system);
  std::promise<void> end;
  auto ends = end.get_future().share();
  std::vector<caf::actor> busy;
  for (std::size_t i = 0; i < actors; ++i)
    busy.push_back(system.spawn(again_and_again, [ends, length] {
      return ends.wait_for(length) == std::future_status::timeout;
    }));
  auto ours = system.spawn(library_actor);
  auto is_answered = [&] {
    auto ran = std::make_shared<std::promise<void>>();
    auto has_run = ran->get_future();
    caf::anon_send(ours, job{[ran] {
                     ran->set_value();
                   }});
    return has_run.wait_for(patience) == std::future_status::ready;
  };
  while (spare->times_needed() == 0)
    BOOST_REQUIRE(is_answered());
  for (auto begin = std::chrono::steady_clock::now();
       std::chrono::steady_clock::now() - begin
       < 6 * caf_version::spare_worker::interval;)
    BOOST_REQUIRE(is_answered());
  end.set_value();
  BOOST_TEST(spare->times_needed() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
