#include "actors/caf_version/on_clock.hpp"

#include <utility>

#include <caf/actor_clock.hpp>
#include <caf/actor_config.hpp>
#include <caf/actor_system.hpp>
#include <caf/detail/simple_actor_clock.hpp>
#include <caf/mailbox_element.hpp>
#include <caf/make_actor.hpp>
#include <caf/monitorable_actor.hpp>
#include <caf/no_stages.hpp>
#include <caf/scheduler/abstract_coordinator.hpp>

namespace cafmesh::caf_version {

namespace {

// CAF's clock delivers a delayed message by calling `enqueue` on the clock's
// thread. This actor's `enqueue` calls `f` there, and queues nothing.
class ticker final : public caf::monitorable_actor {
public:
  ticker(caf::actor_config& config, duration interval, std::function<bool()> f)
      : caf::monitorable_actor(config), interval_(interval), f_(std::move(f)) {
  }

  using caf::monitorable_actor::enqueue;
  void enqueue(caf::mailbox_element_ptr, caf::execution_unit*) override {
    if (f_())
      schedule_on_clock();
  }

  void schedule() {
    auto& clock = home_system().scheduler().clock();
    clock.schedule_message(clock.now() + interval_, self(), empty_message());
  }

  const char* name() const override {
    return "cafmesh.ticker";
  }

private:
  // While the clock's queue holds 63 messages, the `schedule_message` of the
  // scheduler's clock waits for the clock's thread to empty the queue. On the
  // clock's own thread it would wait for ever. The base class has no queue.
  void schedule_on_clock() {
    using simple_clock = caf::detail::simple_actor_clock;
    auto& clock =
      dynamic_cast<simple_clock&>(home_system().scheduler().clock());
    clock.simple_clock::schedule_message(clock.now() + interval_, self(),
                                         empty_message());
  }

  caf::strong_actor_ptr self() {
    return caf::strong_actor_ptr{ctrl()};
  }
  static caf::mailbox_element_ptr empty_message() {
    return caf::make_mailbox_element(nullptr, caf::make_message_id(),
                                     caf::no_stages, caf::unit);
  }

  duration interval_;
  std::function<bool()> f_;
};

} // namespace

void call_on_clock(caf::actor_system& system, duration interval,
                   std::function<bool()> f) {
  caf::actor_config config;
  auto made = caf::make_actor<ticker, caf::strong_actor_ptr>(
    system.next_actor_id(), system.node(), &system, config, interval,
    std::move(f));
  static_cast<ticker*>(made->get())->schedule();
}

} // namespace cafmesh::caf_version
