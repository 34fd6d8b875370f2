#include <chrono>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <boost/test/unit_test.hpp>
#include <caf/actor.hpp>
#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/make_message.hpp>
#include <caf/message_id.hpp>
#include <caf/scoped_actor.hpp>

#include "actors/caf_version/local_unit.hpp"
#include "actors/network/event_loop.hpp"
#include "tests/support/event_queue.hpp"
#include <cafmesh/log.hpp>
#include <cafmesh/router.hpp>
#include <cafmesh/scheduling.hpp>
#include <cafmesh/transport.hpp>

using namespace cafmesh;
using namespace cafmesh::test;

// Tests that a connection starts even while actors block all threads of the
// scheduler. The scheduler is real, and the network is in memory.
namespace {

constexpr auto patience = std::chrono::seconds{20};

/// A socket on which nothing arrives. The first write, that of the header,
/// fulfils the promise `written`.
class silent_socket : public stream_socket {
public:
  explicit silent_socket(std::promise<void>& written) : written_(&written) {
  }
  io_result read(std::uint8_t*, std::size_t) override {
    return {};
  }
  io_result write(byte_view data) override {
    if (auto* first = std::exchange(written_, nullptr))
      first->set_value();
    return {io_status::done, data.size(), {}};
  }
  void end_writing() override {
  }
  void set_owner(socket_owner_actor) override {
  }
  void want_readable() override {
  }
  void want_writable() override {
  }
  std::string local_address() const override {
    return "10.0.0.1:6783";
  }
  std::string remote_address() const override {
    return "10.0.0.2:50000";
  }

private:
  std::promise<void>* written_;
};

/// A network in memory. The node accepts a socket only after the test has
/// queued an event.
class quiet_network : public transport, public listener {
public:
  explicit quiet_network(std::shared_ptr<event_queue> events)
      : events_(std::move(events)) {
  }
  /// Queues an event that tells the node that a remote has dialled it.
  void dial(socket_ptr socket) {
    events_->put([this, socket = std::move(socket)] {
      waiting_ = socket;
      caf::actor_cast<caf::strong_actor_ptr>(owner_)->enqueue(
        nullptr, caf::make_message_id(), caf::make_message(socket_acceptable{}),
        caf_version::local_unit::of_this_thread());
    });
  }

  caf::expected<listener_ptr> listen(const std::string&,
                                     std::uint16_t) override {
    // This pointer does not own the network; the test does.
    return listener_ptr{listener_ptr{}, this};
  }
  void resolve(const std::string&, dial_owner_actor) override {
  }
  void connect(const std::string&, const std::string&, std::uint16_t,
               dial_owner_actor) override {
  }

  caf::expected<socket_ptr> accept() override {
    return std::exchange(waiting_, nullptr);
  }
  void set_owner(listener_owner_actor owner) override {
    owner_ = owner.address();
    ready.set_value();
  }
  void want_acceptable() override {
  }
  std::string local_address() const override {
    return "10.0.0.1:6783";
  }

  std::promise<void> ready;

private:
  std::shared_ptr<event_queue> events_;
  caf::actor_addr owner_;
  socket_ptr waiting_;
};

struct config : caf::actor_system_config {
  config() {
    set_scheduling(*this);
    set("scheduler.max-threads", std::size_t{1});
  }
};

struct block {
  std::shared_future<void> until;
  std::promise<void>* began;
  std::promise<void>* returned;
};

} // namespace

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(block)

namespace {

// The unused argument keeps CAF from binding a reference to null.
caf::behavior blocking_actor(caf::event_based_actor*, caf::unit_t) {
  return {[](const block& x) {
    x.began->set_value();
    x.until.wait();
    x.returned->set_value();
  }};
}

struct fixture {
  fixture() : loop(std::in_place, source_of(events)) {
  }
  ~fixture() {
    events->end();
    loop.reset();
  }
  static void await(std::promise<void>& x) {
    BOOST_REQUIRE(x.get_future().wait_for(patience)
                  == std::future_status::ready);
  }

  std::shared_ptr<event_queue> events = std::make_shared<event_queue>();
  std::shared_ptr<quiet_network> net = std::make_shared<quiet_network>(events);
  config cfg;
  caf::actor_system system{cfg};
  std::optional<event_loop> loop;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(connecting_while_blocked_tests, fixture)

BOOST_AUTO_TEST_CASE(a_connection_starts_while_all_threads_are_blocked) {
  auto router = spawn_router(system, settings{}, net, make_null_sink());
  BOOST_REQUIRE(router.engaged());
  caf::scoped_actor self{system};
  auto ask = [&](auto what) {
    self->request(*router, patience, what)
      .receive([] {}, [](const caf::error& why) { BOOST_TEST(!why); });
  };
  ask(start_mesh{});
  await(net->ready);
  std::promise<void> let_go;
  auto until = let_go.get_future().share();
  constexpr std::size_t count = 5; // more than there are threads
  std::promise<void> began[count];
  std::promise<void> returned[count];
  for (std::size_t i = 0; i < count; ++i)
    events->put(
      [&, i, to = system.spawn<caf::lazy_init>(blocking_actor, caf::unit)] {
        caf::actor_cast<caf::strong_actor_ptr>(to)->enqueue(
          nullptr, caf::make_message_id(),
          caf::make_message(block{until, &began[i], &returned[i]}),
          caf_version::local_unit::of_this_thread());
      });
  // One thread of the loop is blocked, and so is the scheduler's only thread.
  await(began[0]);
  await(began[1]);
  std::promise<void> written;
  net->dial(std::make_shared<silent_socket>(written));
  await(written);
  let_go.set_value();
  for (auto& x : returned)
    await(x);
  ask(stop_mesh{});
}

BOOST_AUTO_TEST_SUITE_END()
