#include <atomic>
#include <chrono>

#include <boost/test/unit_test.hpp>
#include <caf/actor_system.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "tests/support/datagram_overlay.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/loopback.hpp"
#include <cafmesh/errc.hpp>
#include <cafmesh/router.hpp>

using namespace cafmesh;
using namespace cafmesh::test;

// Tests of two nodes whose overlay sends heartbeats over UDP.
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// A UDP port that drops all outgoing datagrams while `is_mute` is set.
class failing_port : public datagram_port {
public:
  void set_owner(datagram_receiver_actor owner) override {
    inner_->set_owner(std::move(owner));
  }
  std::string host() const override {
    return inner_->host();
  }
  std::uint16_t number() const override {
    return inner_->number();
  }
  void send(const std::string& to, std::uint16_t port,
            const std::string& data) override {
    if (!is_mute)
      inner_->send(to, port, data);
  }

  std::atomic<bool> is_mute{false};

private:
  datagram_port_ptr inner_ = open_udp();
};

/// A node on 127.0.0.1 whose overlay uses UDP.
struct udp_node {
  udp_node(caf::actor_system& sys, std::uint64_t name)
      : system(sys), port(std::make_shared<failing_port>()),
        seen(std::make_shared<overlay_record>()) {
    auto options = std::make_shared<overlay_options>();
    options->interval = milliseconds{50};
    auto spawned =
      spawn_router(system, loopback_settings(name), nullptr, make_null_sink(),
                   spawn_datagram_overlay(system, port, options, seen));
    BOOST_TEST_REQUIRE(bool{spawned});
    router = *spawned;
    tell(start_mesh{});
  }
  ~udp_node() {
    tell(stop_mesh{});
  }

  template <class Question>
  void tell(Question question) {
    caf::scoped_actor self{system};
    self->request(router, seconds{20}, std::move(question))
      .receive([] {}, [](caf::error& why) { BOOST_ERROR(describe(why)); });
  }
  template <class Answer, class Question>
  Answer ask(Question question) {
    Answer result;
    caf::scoped_actor self{system};
    self->request(router, seconds{20}, std::move(question))
      .receive([&](Answer& x) { result = std::move(x); },
               [](caf::error& why) { BOOST_ERROR(describe(why)); });
    return result;
  }
  /// The number of established connections in the whole mesh. Each end reports
  /// a connection, so two reports count as one.
  std::size_t established() {
    std::size_t ends = 0;
    for (const auto& x : ask<mesh_description>(get_topology{}).peers)
      for (const auto& c : x.connections)
        ends += c.established ? 1 : 0;
    return ends / 2;
  }

  caf::actor_system& system;
  std::shared_ptr<failing_port> port;
  overlay_record_ptr seen;
  router_actor router;
};

struct udp_pair {
  lean_config config;
  caf::actor_system system{config};
  udp_node a{system, 0x0a};
  udp_node b{system, 0x0b};

  void connect() {
    a.tell(connect_to{{b.ask<node_description>(get_node{}).address}, false});
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(overlay_scenario_tests, udp_pair)

BOOST_AUTO_TEST_CASE(heartbeats_over_udp_establish_a_connection) {
  connect();
  BOOST_TEST(eventually([&] { return a.established() == 1; }));
  BOOST_TEST(eventually([&] { return b.established() == 1; }));
}

BOOST_AUTO_TEST_CASE(without_udp_a_connection_is_never_established) {
  b.port->is_mute = true;
  connect();
  BOOST_TEST(eventually([&] { return a.seen->count_ended() > 0; }));
  BOOST_TEST(a.established() == 0u);
}

BOOST_AUTO_TEST_CASE(a_connection_ends_and_returns_with_udp) {
  connect();
  BOOST_TEST_REQUIRE(eventually([&] { return a.established() == 1; }));
  b.port->is_mute = true;
  BOOST_TEST(eventually([&] { return a.seen->count_ended() > 0; }));
  BOOST_TEST(eventually([&] { return b.seen->count_ended() > 0; }));
  b.port->is_mute = false;
  BOOST_TEST(eventually([&] { return a.established() == 1; }));
}

BOOST_AUTO_TEST_SUITE_END()
