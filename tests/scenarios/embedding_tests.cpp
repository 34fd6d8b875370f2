#include <chrono>
#include <future>
#include <thread>

#include <boost/test/unit_test.hpp>
#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/io/middleman.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "tests/scenarios/caf_io_config.hpp"
#include "tests/support/eventually.hpp"
#include <cafmesh/errc.hpp>
#include <cafmesh/presets.hpp>
#include <cafmesh/unicast_receiver.hpp>

/// Tests of nodes inside applications that also use CAF for other purposes. The
/// tests use real sockets on loopback, and real time.
using namespace cafmesh;
using namespace cafmesh::test;

namespace {

struct config_and_system {
  caf_io_config config;
  caf::actor_system system{config};
};

using text_promise = std::shared_ptr<std::promise<std::string>>;

/// A node that waits for one unicast.
class node {
public:
  explicit node(caf::actor_system& system, std::vector<std::string> peers = {})
      : self_(system), heard_(std::make_shared<std::promise<std::string>>()) {
    auto config = *preset("loopback");
    config.port = 0;
    config.peers = std::move(peers);
    auto router = spawn_router(system, config, nullptr, make_null_sink());
    BOOST_REQUIRE(router);
    router_ = *router;
    who = ask<node_description>(router_, get_node{});
    auto receiver = spawn_unicast_receiver(
      system, [first = heard_](peer_name, const payload& data) {
        first->set_value(std::string{data.view().as_text()});
      });
    auto joined = join(system, router_, "test", receiver);
    BOOST_REQUIRE(joined);
    channel_ = *joined;
    self_->request(router_, caf::infinite, start_mesh{}).receive([] {}, fail);
  }

  ~node() {
    stop();
  }

  void stop() {
    if (router_)
      self_->request(router_, caf::infinite, stop_mesh{}).receive([] {}, fail);
    channel_ = nullptr;
    router_ = nullptr;
  }

  template <class T, class Handle, class Question>
  T ask(const Handle& whom, Question question) {
    T result;
    self_->request(whom, caf::infinite, std::move(question))
      .receive([&](const T& answer) { result = answer; }, fail);
    return result;
  }

  /// Sends a unicast. Tries again until there is a route.
  bool say(const node& to, const std::string& text) {
    const unicast message{to.who.name, payload::copy_of(byte_view{text})};
    const auto end = std::chrono::steady_clock::now() + patience;
    auto said = false;
    while (!said && std::chrono::steady_clock::now() < end) {
      self_->request(channel_, caf::infinite, message)
        .receive([&] { said = true; }, [](const caf::error&) {});
      std::this_thread::sleep_for(std::chrono::milliseconds{20});
    }
    return said;
  }

  std::string heard() {
    auto result = heard_->get_future();
    return result.wait_for(patience) == std::future_status::ready ? result.get()
                                                                  : "nothing";
  }

  const router_actor& router() const noexcept {
    return router_;
  }

  node_description who;

private:
  static void fail(const caf::error& why) {
    BOOST_ERROR(describe(why));
  }

  caf::scoped_actor self_;
  text_promise heard_;
  router_actor router_;
  gossip_channel_actor channel_;
};

/// An actor that tells other processes about the node in this process, over
/// `caf::io`.
caf::behavior guide(caf::event_based_actor*, const node_description& us) {
  return {[=](get_node) { return us; },
          [](const unicast& x) {
            return unicast{x.to, x.data.slice(0, 2)};
          }};
}

} // namespace

BOOST_AUTO_TEST_SUITE(embedding_tests)

BOOST_AUTO_TEST_CASE(two_routers_live_in_one_actor_system) {
  config_and_system app;
  node ann{app.system};
  node bob{app.system, {ann.who.address}};
  BOOST_TEST((ann.who.name != bob.who.name));
  BOOST_TEST(bob.say(ann, "hello"));
  BOOST_TEST(ann.heard() == "hello");
}

BOOST_AUTO_TEST_CASE(a_join_that_fails_returns_the_reason) {
  config_and_system app;
  auto receiver = spawn_unicast_receiver(app.system, [](peer_name, auto&) {});
  node ann{app.system};
  auto router = ann.router();
  auto why = [&](std::string channel, gossiper_actor gossiper) {
    return join(app.system, router, std::move(channel), std::move(gossiper))
      .error();
  };
  BOOST_TEST(is(why("test", receiver), errc::duplicate_channel));
  BOOST_TEST(is(why("other", {}), errc::bad_setting));
  ann.stop();
  BOOST_TEST(is(why("other", receiver), errc::stopped));
}

BOOST_AUTO_TEST_CASE(one_router_of_two_in_an_actor_system_can_be_stopped) {
  config_and_system app;
  node ann{app.system};
  node bob{app.system, {ann.who.address}};
  BOOST_TEST(bob.say(ann, "first"));
  bob.stop();
  node cid{app.system, {ann.who.address}};
  BOOST_TEST(ann.say(cid, "second"));
  BOOST_TEST(cid.heard() == "second");
}

BOOST_AUTO_TEST_CASE(a_node_works_beside_caf_io_of_its_application) {
  config_and_system here;
  config_and_system there;
  node ann{here.system};
  node bob{there.system, {ann.who.address}};

  auto answering = here.system.spawn(guide, ann.who);
  auto port = here.system.middleman().publish(answering, 0, "127.0.0.1");
  BOOST_REQUIRE(port);
  auto remote = there.system.middleman().remote_actor("127.0.0.1", *port);
  BOOST_REQUIRE(remote);

  auto told = bob.ask<node_description>(*remote, get_node{});
  BOOST_TEST((told.name == ann.who.name));
  BOOST_TEST(told.address == ann.who.address);
  BOOST_TEST(bob.say(ann, "over the mesh"));
  BOOST_TEST(ann.heard() == "over the mesh");
  caf::anon_send_exit(answering, caf::exit_reason::user_shutdown);
}

BOOST_AUTO_TEST_CASE(beside_caf_io_each_system_has_a_random_node_id) {
  config_and_system here;
  config_and_system there;
  auto host_of = [](const caf::actor_system& x) {
    // Leaves out the process ID and the last byte of the host ID. If CAF itself
    // had made both node IDs, what remains would be equal.
    auto text = to_string(x.node());
    return text.substr(0, 38);
  };
  BOOST_TEST(host_of(here.system) != host_of(there.system));
}

BOOST_AUTO_TEST_CASE(public_messages_can_be_sent_over_caf_io) {
  config_and_system here;
  config_and_system there;
  auto answering = here.system.spawn(guide, node_description{});
  auto port = here.system.middleman().publish(answering, 0, "127.0.0.1");
  BOOST_REQUIRE(port);
  auto remote = there.system.middleman().remote_actor("127.0.0.1", *port);
  BOOST_REQUIRE(remote);
  node any{there.system};
  const unicast sent{any.who.name, payload{bytes{1, 2, 3}}};
  auto back = any.ask<unicast>(*remote, sent);
  BOOST_TEST((back.to == sent.to));
  BOOST_TEST((back.data == payload{bytes{1, 2}}));
  caf::anon_send_exit(answering, caf::exit_reason::user_shutdown);
}

BOOST_AUTO_TEST_SUITE_END()
