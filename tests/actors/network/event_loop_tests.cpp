#include <algorithm>
#include <chrono>
#include <csignal>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

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
#include "actors/network/event_loop.hpp"
#include "tests/support/event_queue.hpp"
#include <cafmesh/scheduling.hpp>

// Tests of the event loop: which thread runs an actor that an event wakes, and
// when a thread polls or sleeps. The threads and the scheduler are real.

namespace {

using task = std::function<void(caf::event_based_actor*)>;

} // namespace

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(task)

using namespace cafmesh;
using namespace cafmesh::test;

namespace {

constexpr auto patience = std::chrono::seconds{20};

// A source of events that makes the loop wait for the given times. It records
// whether the loop polled before each wait.
class watched_source {
public:
  struct wait {
    bool polled_before = false;
    std::chrono::microseconds takes{0};
  };

  explicit watched_source(std::vector<wait> waits) : waits_(std::move(waits)) {
  }

  // Runs a loop through all its waits. Polls find `events` events in total.
  // @returns the number of waits before which the loop polled
  std::size_t run(std::size_t events = 0) {
    events_left_ = events;
    auto last = ended_.get_future();
    event_loop loop{{[this] { return wait_once(); },
                     [this] {
                       return poll_once();
                     }}};
    BOOST_REQUIRE(last.wait_for(patience) == std::future_status::ready);
    return polled_before(0, waits_.size());
  }
  std::size_t polled_before(std::size_t from, std::size_t to) const {
    std::size_t result = 0;
    for (; from < to; ++from)
      result += waits_[from].polled_before ? 1 : 0;
    return result;
  }
  std::size_t events_left() const {
    return events_left_;
  }

private:
  bool wait_once() {
    if (next_ == waits_.size()) {
      ended_.set_value();
      return false;
    }
    std::this_thread::sleep_for(waits_[next_++].takes);
    return true;
  }
  bool poll_once() {
    if (next_ < waits_.size())
      waits_[next_].polled_before = true;
    if (events_left_ == 0)
      return false;
    --events_left_;
    return true;
  }

  std::vector<wait> waits_;
  std::size_t next_ = 0;
  std::size_t events_left_ = 0;
  std::promise<void> ended_;
};

struct config : caf::actor_system_config {
  config() {
    set_scheduling(*this);
    set("scheduler.max-threads", std::size_t{1});
  }
};

// The unused argument keeps CAF from binding a reference to null.
caf::behavior task_runner(caf::event_based_actor* self, caf::unit_t) {
  return {[self](const task& x) {
    x(self);
  }};
}

struct named_as_ours {
  static inline const char* name = "cafmesh.test";
};

caf::behavior library_actor(caf::stateful_actor<named_as_ours>* self) {
  return task_runner(self, caf::unit);
}

struct fixture {
  fixture() : loop(std::in_place, source_of(events)) {
  }
  ~fixture() {
    events->end();
    loop.reset();
  }

  caf::actor spawn() {
    return system.spawn(task_runner, caf::unit);
  }

  void wake(const caf::actor& who, task what) {
    events->put([who, what = std::move(what)] {
      caf::actor_cast<caf::strong_actor_ptr>(who)->enqueue(
        nullptr, caf::make_message_id(), caf::make_message(what),
        caf_version::local_unit::of_this_thread());
    });
  }

  // Whether the calling thread belongs to an event loop and not to the
  // scheduler.
  static bool on_loop() {
    return caf_version::local_unit::of_this_thread() != nullptr;
  }

  // Returns whether a check succeeds at least once in 100 attempts. A single
  // attempt may fail, because a busy machine can suspend a thread at any point,
  // which changes what the loop does.
  template <class F>
  static bool succeeds_once(F&& try_it) {
    for (int i = 0; i < 100; ++i)
      if (try_it())
        return true;
    return false;
  }

  template <class T>
  static T await(std::promise<T>& x) {
    auto result = x.get_future();
    BOOST_REQUIRE(result.wait_for(patience) == std::future_status::ready);
    return result.get();
  }

  std::shared_ptr<event_queue> events = std::make_shared<event_queue>();
  config cfg;
  caf::actor_system system{cfg};
  std::optional<event_loop> loop;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(event_loop_tests, fixture)

BOOST_AUTO_TEST_CASE(an_actor_runs_on_the_thread_that_waited_for_its_event) {
  BOOST_TEST(succeeds_once([this] {
    std::promise<bool> ran_there;
    wake(spawn(), [&](auto*) { ran_there.set_value(on_loop()); });
    return await(ran_there);
  }));
}

BOOST_AUTO_TEST_CASE(an_actor_woken_by_another_runs_on_the_same_thread) {
  BOOST_TEST(succeeds_once([this] {
    std::promise<bool> ran_there;
    wake(spawn(), [&, next = spawn()](auto* self) {
      self->send(next, task{[&](auto*) {
                   ran_there.set_value(on_loop());
                 }});
    });
    return await(ran_there);
  }));
}

BOOST_AUTO_TEST_CASE(work_after_a_long_iteration_goes_to_the_scheduler) {
  std::promise<bool> ran_there;
  wake(spawn(), [&, next = spawn()](auto* self) {
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
    self->send(next, task{[&](auto*) {
                 ran_there.set_value(on_loop());
               }});
  });
  BOOST_TEST(!await(ran_there));
}

BOOST_AUTO_TEST_CASE(an_actor_that_does_not_return_delays_no_other_event) {
  // Within five rounds, each thread of the loop takes a turn at waiting for
  // events.
  for (int i = 0; i < 5; ++i) {
    std::promise<void> may_return;
    auto returned = std::make_shared<std::promise<void>>();
    wake(spawn(), [&, returned](auto*) {
      may_return.get_future().wait();
      returned->set_value();
    });
    std::promise<void> done;
    events->put([&] { done.set_value(); });
    await(done);
    may_return.set_value();
    await(*returned);
  }
}

BOOST_AUTO_TEST_CASE(work_behind_an_actor_that_does_not_return_is_passed_on) {
  BOOST_TEST(succeeds_once([this] {
    std::promise<bool> began_there;
    std::promise<void> may_return;
    std::promise<void> returned;
    std::promise<bool> ran_there;
    auto next = system.spawn<caf::lazy_init>(task_runner, caf::unit);
    wake(system.spawn<caf::lazy_init>(task_runner, caf::unit), [&](auto* self) {
      self->send(next, task{[&](auto*) {
                   ran_there.set_value(on_loop());
                 }});
      began_there.set_value(on_loop());
      may_return.get_future().wait();
      returned.set_value();
    });
    auto is_behind = await(began_there);
    // If the first actor runs on the scheduler's only thread, it must return
    // now. Otherwise the next actor would never run.
    if (!is_behind)
      may_return.set_value();
    auto passed_on = !await(ran_there);
    if (is_behind)
      may_return.set_value();
    await(returned);
    return is_behind && passed_on;
  }));
}

BOOST_AUTO_TEST_CASE(any_number_of_actors_that_do_not_return_delay_no_event) {
  std::promise<void> let_go;
  auto may_return = let_go.get_future().share();
  constexpr std::size_t count = 5; // more than there are threads
  std::promise<void> returned[count];
  for (auto& x : returned)
    wake(spawn(), [may_return, &x](auto*) {
      may_return.wait();
      x.set_value();
    });
  std::promise<void> done;
  events->put([&] { done.set_value(); });
  await(done);
  std::promise<bool> ran_there;
  // `lazy_init` starts the actor with its first message. Otherwise the
  // scheduler, whose threads are blocked, would have to start it.
  wake(system.spawn<caf::lazy_init>(library_actor),
       [&](auto*) { ran_there.set_value(on_loop()); });
  BOOST_TEST(await(ran_there));
  let_go.set_value();
  for (auto& x : returned)
    await(x);
}

BOOST_AUTO_TEST_CASE(threads_of_a_loop_take_no_signals_of_the_application) {
  std::promise<bool> blocks;
  events->put([&] {
    sigset_t mine;
    ::pthread_sigmask(SIG_BLOCK, nullptr, &mine);
    blocks.set_value(::sigismember(&mine, SIGTERM) == 1
                     && ::sigismember(&mine, SIGUSR1) == 1);
  });
  BOOST_TEST(await(blocks));
  sigset_t mine;
  ::pthread_sigmask(SIG_BLOCK, nullptr, &mine);
  BOOST_TEST(::sigismember(&mine, SIGTERM) == 0);
}

BOOST_AUTO_TEST_CASE(what_comes_after_an_actor_is_done_when_it_returns) {
  BOOST_TEST(succeeds_once([this] {
    std::promise<bool> done;
    auto returned = std::make_shared<bool>(false);
    wake(spawn(), [&, returned](auto*) {
      auto* unit = caf_version::local_unit::of_this_thread();
      if (!unit
          || !unit->after_actor([&, returned] { done.set_value(*returned); }))
        done.set_value(false);
      *returned = true;
    });
    return await(done);
  }));
}

BOOST_AUTO_TEST_CASE(what_comes_after_an_actor_is_done_although_it_blocks) {
  BOOST_TEST(succeeds_once([this] {
    std::promise<bool> on_another_thread;
    std::promise<void> returned;
    wake(spawn(), [&](auto*) {
      auto* unit = caf_version::local_unit::of_this_thread();
      std::promise<std::thread::id> done;
      if (unit && unit->after_actor([&] {
            done.set_value(std::this_thread::get_id());
          }))
        on_another_thread.set_value(await(done) != std::this_thread::get_id());
      else
        on_another_thread.set_value(false);
      returned.set_value();
    });
    auto result = await(on_another_thread);
    await(returned);
    return result;
  }));
}

// The loop's other thread runs the function that destroys the loop. That thread
// must hold no lock of the loop at that time.
BOOST_AUTO_TEST_CASE(what_comes_after_an_actor_may_destroy_the_loop) {
  BOOST_TEST(succeeds_once([this] {
    std::promise<bool> destroyed;
    std::promise<void> returned;
    wake(spawn(), [&](auto*) {
      auto* unit = caf_version::local_unit::of_this_thread();
      auto gone = std::make_shared<std::promise<void>>();
      auto is_on_loop = unit && unit->after_actor([this, gone] {
        events->end();
        loop.reset();
        gone->set_value();
      });
      if (is_on_loop)
        await(*gone);
      destroyed.set_value(is_on_loop);
      returned.set_value();
    });
    auto result = await(destroyed);
    await(returned);
    return result;
  }));
}

BOOST_AUTO_TEST_CASE(nothing_comes_after_an_actor_if_none_runs) {
  caf_version::local_unit unit;
  BOOST_TEST(!unit.after_actor([] {}));
}

BOOST_AUTO_TEST_CASE(the_scheduler_runs_the_actors_that_a_unit_shares) {
  auto who = system.spawn<caf::lazy_init>(library_actor);
  std::promise<bool> ran_there;
  caf_version::local_unit unit;
  caf::actor_cast<caf::strong_actor_ptr>(who)->enqueue(
    nullptr, caf::make_message_id(), caf::make_message(task{[&](auto*) {
      ran_there.set_value(!on_loop());
    }}),
    &unit);
  BOOST_TEST(!unit.idle());
  unit.share();
  BOOST_TEST(await(ran_there));
  BOOST_TEST(unit.idle());
}

BOOST_AUTO_TEST_CASE(shared_actors_do_not_wait_for_a_blocked_scheduler) {
  std::promise<void> blocks;
  std::promise<void> let_go;
  auto until = let_go.get_future().share();
  caf::anon_send(spawn(), task{[&blocks, until](auto*) {
                   blocks.set_value();
                   until.wait();
                 }});
  await(blocks);
  auto who = system.spawn<caf::lazy_init>(library_actor);
  std::promise<void> ran;
  auto has_run = ran.get_future();
  // The unit ends before the scheduler is free.
  {
    caf_version::local_unit unit;
    caf::actor_cast<caf::strong_actor_ptr>(who)->enqueue(
      nullptr, caf::make_message_id(), caf::make_message(task{[&](auto*) {
        ran.set_value();
      }}),
      &unit);
    unit.share();
    unit.run(caf_version::local_jobs::of_the_library);
  }
  auto waited = has_run.wait_for(std::chrono::seconds{0});
  let_go.set_value();
  BOOST_TEST((waited == std::future_status::ready));
  has_run.wait();
}

BOOST_AUTO_TEST_CASE(other_threads_have_no_local_unit) {
  BOOST_CHECK(caf_version::local_unit::of_this_thread() == nullptr);
}

BOOST_AUTO_TEST_CASE(a_loop_may_be_destroyed_on_one_of_its_threads) {
  auto other_events = std::make_shared<event_queue>();
  auto other = std::make_shared<std::optional<event_loop>>();
  other->emplace(source_of(other_events));
  std::promise<void> ended;
  other_events->put([&ended, other, other_events] {
    other_events->end();
    other->reset();
    ended.set_value();
  });
  await(ended);
}

BOOST_AUTO_TEST_CASE(while_events_are_frequent_the_loop_does_not_sleep) {
  BOOST_TEST(succeeds_once([] {
    watched_source source{std::vector<watched_source::wait>(20)};
    auto polls = source.run(10'000);
    return polls > 0 && source.events_left() == 0;
  }));
}

BOOST_AUTO_TEST_CASE(while_events_are_rare_the_loop_does_not_poll) {
  std::vector<watched_source::wait> waits(100);
  for (auto& x : waits)
    x.takes = std::chrono::microseconds{500};
  BOOST_TEST(watched_source{waits}.run() == 0u);
}

BOOST_AUTO_TEST_CASE(polling_without_success_soon_stops) {
  BOOST_TEST(succeeds_once([] {
    watched_source source{std::vector<watched_source::wait>(1000)};
    auto polls = source.run();
    return polls > 0 && polls < 500;
  }));
}

BOOST_AUTO_TEST_CASE(polling_resumes_once_events_are_frequent_again) {
  BOOST_TEST(succeeds_once([] {
    std::vector<watched_source::wait> waits(120);
    for (std::size_t i = 20; i < 100; ++i)
      waits[i].takes = std::chrono::milliseconds{1};
    watched_source source{waits};
    source.run();
    return source.polled_before(100, 120) > 0
           && source.polled_before(50, 100) == 0;
  }));
}

BOOST_AUTO_TEST_CASE(a_system_may_end_while_its_last_actor_ends_on_the_loop) {
  for (int i = 0; i < 200; ++i) {
    config local_cfg;
    caf::actor_system local{local_cfg};
    auto last = local.spawn(task_runner, caf::unit);
    wake(last, [](auto* self) { self->quit(); });
  }
}

// Spawning leaves a reference to the system's logger in the thread. The system
// cannot end as long as that reference exists.
BOOST_AUTO_TEST_CASE(a_system_ends_after_an_actor_spawned_another_on_the_loop) {
  for (int i = 0; i < 200; ++i) {
    config local_cfg;
    caf::actor_system local{local_cfg};
    wake(local.spawn(task_runner, caf::unit), [](auto* self) {
      self->send(self->spawn(task_runner, caf::unit), task{[](auto* next) {
                   next->quit();
                 }});
      self->quit();
    });
  }
}

BOOST_AUTO_TEST_SUITE_END()
