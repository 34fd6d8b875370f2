#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
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

#include "actors/caf_version/local_unit.hpp"
#include "actors/network/event_loop.hpp"
#include <cafmesh/scheduling.hpp>

// Real threads and a real scheduler: which thread runs what is the subject.

namespace {

using task = std::function<void(caf::event_based_actor*)>;

} // namespace

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(task)

using namespace cafmesh;

namespace {

constexpr auto patience = std::chrono::seconds{20};

// Events as a socket would be ready: whoever waits gets one.
class event_queue {
public:
  void put(std::function<void()> event) {
    std::lock_guard guard{mutex_};
    events_.push_back(std::move(event));
    changed_.notify_one();
  }
  void end() {
    put(nullptr);
  }
  bool wait_once() {
    std::unique_lock guard{mutex_};
    changed_.wait(guard, [this] { return !events_.empty(); });
    return handle_first(std::move(guard));
  }
  bool poll_once() {
    std::unique_lock guard{mutex_};
    return !events_.empty() && handle_first(std::move(guard));
  }

private:
  bool handle_first(std::unique_lock<std::mutex> guard) {
    auto event = events_.front();
    if (!event)
      return false;
    events_.pop_front();
    guard.unlock();
    event();
    return true;
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> events_;
};

event_loop::source source_of(const std::shared_ptr<event_queue>& events) {
  return {[events] { return events->wait_once(); },
          [events] {
            return events->poll_once();
          }};
}

// Says which waits were preceded by a look, and how long each takes.
class watched_source {
public:
  struct wait {
    bool looked_before = false;
    std::chrono::microseconds takes{0};
  };

  explicit watched_source(std::vector<wait> waits) : waits_(std::move(waits)) {
  }

  // Until no wait is left. Looks find so many events.
  // @returns before how many waits it looked
  std::size_t run(std::size_t events_there = 0) {
    events_there_ = events_there;
    auto last = ended_.get_future();
    event_loop loop{{[this] { return wait_once(); },
                     [this] {
                       return poll_once();
                     }}};
    BOOST_REQUIRE(last.wait_for(patience) == std::future_status::ready);
    return looked_before(0, waits_.size());
  }
  std::size_t looked_before(std::size_t from, std::size_t to) const {
    std::size_t result = 0;
    for (; from < to; ++from)
      result += waits_[from].looked_before ? 1 : 0;
    return result;
  }
  // Those that are left.
  std::size_t events_there() const {
    return events_there_;
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
      waits_[next_].looked_before = true;
    if (events_there_ == 0)
      return false;
    --events_there_;
    return true;
  }

  std::vector<wait> waits_;
  std::size_t next_ = 0;
  std::size_t events_there_ = 0;
  std::promise<void> ended_;
};

struct config : caf::actor_system_config {
  config() {
    set_scheduling(*this);
    set("scheduler.max-threads", std::size_t{1});
  }
};

// With an argument, without which CAF binds a reference to nothing.
caf::behavior does_as_told(caf::event_based_actor* self, caf::unit_t) {
  return {[self](const task& x) {
    x(self);
  }};
}

struct fixture {
  fixture() : loop(std::in_place, source_of(events)) {
  }
  ~fixture() {
    events->end();
    loop.reset();
  }

  caf::actor spawn() {
    return system.spawn(does_as_told, caf::unit);
  }

  // An event that makes the actor do something.
  void wake(const caf::actor& who, task what) {
    events->put([who, what = std::move(what)] {
      caf::actor_cast<caf::strong_actor_ptr>(who)->enqueue(
        nullptr, caf::make_message_id(), caf::make_message(what),
        caf_version::local_unit::of_this_thread());
    });
  }

  // Whether it runs on a thread of the loop, as opposed to the scheduler's.
  static bool on_loop() {
    return caf_version::local_unit::of_this_thread() != nullptr;
  }

  // A busy machine may stop a thread at any point, and make a short stint a
  // long one: not every try has to do, but one does.
  template <class F>
  static bool at_last(F&& try_it) {
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

BOOST_AUTO_TEST_CASE(an_actor_runs_on_the_thread_that_waited_for_what_woke_it) {
  BOOST_TEST(at_last([this] {
    std::promise<bool> ran_there;
    wake(spawn(), [&](auto*) { ran_there.set_value(on_loop()); });
    return await(ran_there);
  }));
}

BOOST_AUTO_TEST_CASE(and_so_does_whom_it_sends_to) {
  BOOST_TEST(at_last([this] {
    std::promise<bool> ran_there;
    wake(spawn(), [&, next = spawn()](auto* self) {
      self->send(next, task{[&](auto*) {
                   ran_there.set_value(on_loop());
                 }});
    });
    return await(ran_there);
  }));
}

BOOST_AUTO_TEST_CASE(what_comes_after_a_long_stint_goes_to_the_scheduler) {
  std::promise<bool> ran_there;
  wake(spawn(), [&, next = spawn()](auto* self) {
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
    self->send(next, task{[&](auto*) {
                 ran_there.set_value(on_loop());
               }});
  });
  BOOST_TEST(!await(ran_there));
}

BOOST_AUTO_TEST_CASE(an_actor_that_does_not_return_holds_up_nobody_else) {
  // As often as it takes for each thread to have had the lead.
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

BOOST_AUTO_TEST_CASE(outside_of_its_threads_there_is_no_unit) {
  BOOST_CHECK(caf_version::local_unit::of_this_thread() == nullptr);
}

BOOST_AUTO_TEST_CASE(it_may_end_on_a_thread_of_its_own) {
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

// A busy machine may make a short wait a long one; never the other way round.
BOOST_AUTO_TEST_CASE(while_events_come_soon_it_does_not_sleep) {
  BOOST_TEST(at_last([] {
    watched_source source{std::vector<watched_source::wait>(20)};
    auto looks = source.run(10'000);
    return looks > 0 && source.events_there() == 0;
  }));
}

BOOST_AUTO_TEST_CASE(while_events_come_late_it_does_not_look) {
  std::vector<watched_source::wait> waits(100);
  for (auto& x : waits)
    x.takes = std::chrono::microseconds{500};
  BOOST_TEST(watched_source{waits}.run() == 0u);
}

BOOST_AUTO_TEST_CASE(looks_that_find_nothing_are_soon_given_up) {
  BOOST_TEST(at_last([] {
    watched_source source{std::vector<watched_source::wait>(1000)};
    auto looks = source.run();
    return looks > 0 && looks < 500;
  }));
}

BOOST_AUTO_TEST_CASE(it_looks_again_once_events_come_soon_again) {
  BOOST_TEST(at_last([] {
    std::vector<watched_source::wait> waits(120);
    for (std::size_t i = 20; i < 100; ++i)
      waits[i].takes = std::chrono::milliseconds{1};
    watched_source source{waits};
    source.run();
    return source.looked_before(100, 120) > 0
           && source.looked_before(50, 100) == 0;
  }));
}

BOOST_AUTO_TEST_CASE(a_system_ends_well_while_its_last_actor_does) {
  for (int i = 0; i < 200; ++i) {
    config local_cfg;
    caf::actor_system local{local_cfg};
    auto last = local.spawn(does_as_told, caf::unit);
    wake(last, [](auto* self) { self->quit(); });
  }
}

// Where what that leaves with the thread stayed there, the system would wait for
// ever.
BOOST_AUTO_TEST_CASE(
  a_system_ends_though_an_actor_spawned_another_on_the_loop) {
  for (int i = 0; i < 200; ++i) {
    config local_cfg;
    caf::actor_system local{local_cfg};
    wake(local.spawn(does_as_told, caf::unit), [](auto* self) {
      self->send(self->spawn(does_as_told, caf::unit), task{[](auto* next) {
                   next->quit();
                 }});
      self->quit();
    });
  }
}

BOOST_AUTO_TEST_SUITE_END()
