#include <ifaddrs.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>

#include <array>
#include <string>

#include <boost/test/unit_test.hpp>
#include <caf/actor_system.hpp>
#include <caf/scoped_actor.hpp>

#include "tests/support/eventually.hpp"
#include "tests/support/loopback.hpp"
#include "tests/support/skipping.hpp"
#include <cafmesh/errc.hpp>
#include <cafmesh/router.hpp>

using namespace cafmesh;
using namespace cafmesh::test;

// Tests of nodes on IPv6 link-local addresses, which need a zone such as
// `%eth0`.
namespace {

// Returns a link-local address of this machine with its zone, or an empty text
// if there is none.
std::string link_local_address() {
  ifaddrs* all = nullptr;
  if (getifaddrs(&all) != 0)
    return {};
  std::string result;
  for (const auto* x = all; x != nullptr && result.empty(); x = x->ifa_next) {
    if (x->ifa_addr == nullptr || x->ifa_addr->sa_family != AF_INET6
        || (x->ifa_flags & IFF_UP) == 0)
      continue;
    const auto* address = reinterpret_cast<const sockaddr_in6*>(x->ifa_addr);
    std::array<char, NI_MAXHOST> text{};
    if (IN6_IS_ADDR_LINKLOCAL(&address->sin6_addr)
        && getnameinfo(x->ifa_addr, sizeof(*address), text.data(), text.size(),
                       nullptr, 0, NI_NUMERICHOST)
             == 0)
      result = text.data();
  }
  freeifaddrs(all);
  return result;
}

boost::test_tools::assertion_result
is_possible(boost::unit_test::test_unit_id) {
  return !link_local_address().empty()
         || skip("no interface has a link-local address");
}

struct two_nodes {
  two_nodes() : system(config) {
  }
  ~two_nodes() {
    for (const auto& x : routers)
      caf::anon_send(x, stop_mesh{});
  }

  caf::expected<router_actor> start(std::uint64_t number, std::string host,
                                    std::vector<std::string> peers) {
    auto setup = loopback_settings(number);
    setup.host = std::move(host);
    setup.peers = std::move(peers);
    auto result = spawn_router(system, setup, nullptr, make_null_sink());
    if (result) {
      routers.push_back(*result);
      caf::anon_send(*result, start_mesh{});
    }
    return result;
  }

  template <class Answer, class Question>
  Answer ask(const router_actor& router, Question question) {
    caf::scoped_actor self{system};
    Answer result;
    self->request(router, patience, question)
      .receive([&](Answer& x) { result = std::move(x); },
               [](const caf::error& why) { BOOST_ERROR(describe(why)); });
    return result;
  }

  lean_config config;
  caf::actor_system system;
  std::vector<router_actor> routers;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(link_local_tests, two_nodes)

BOOST_AUTO_TEST_CASE(nodes_listen_on_and_dial_addresses_with_a_zone,
                     *boost::unit_test::precondition(is_possible)) {
  const auto host = link_local_address();
  auto a = start(1, host, {});
  BOOST_TEST_REQUIRE(bool{a});
  const auto address = ask<node_description>(*a, get_node{}).address;
  BOOST_TEST(address.rfind("[" + host + "]:", 0) == 0u, address);
  auto b = start(2, host, {address});
  BOOST_TEST_REQUIRE(bool{b});
  BOOST_TEST(eventually([&] {
    return ask<mesh_description>(*b, get_topology{}).peers.size() == 2;
  }));
  const auto status = ask<mesh_status>(*b, get_status{});
  BOOST_TEST_REQUIRE(status.connections.size() == 1u);
  BOOST_TEST(status.connections[0].address == address);
}

BOOST_AUTO_TEST_CASE(an_address_without_an_interface_of_this_machine_is_bad) {
  for (const std::string host : {"fe80::1%nosuch0", "fe80::1"}) {
    auto refused = start(1, host, {});
    BOOST_TEST_REQUIRE(!refused, host);
    BOOST_TEST(is(refused.error(), errc::bad_address));
    const auto text = describe(refused.error());
    BOOST_TEST(text.find("'" + host + "' needs") != std::string::npos, text);
  }
}

BOOST_AUTO_TEST_CASE(a_dial_says_that_a_zone_is_lacking) {
  auto a = start(1, "::", {"[fe80::1%nosuch0]:6783"});
  BOOST_TEST_REQUIRE(bool{a});
  std::string text;
  BOOST_TEST(eventually([&] {
               const auto status = ask<mesh_status>(*a, get_status{});
               for (const auto& x : status.dialling.targets)
                 text = x.last_error;
               return text.find("'fe80::1%nosuch0' needs") != std::string::npos;
             }),
             text);
}

BOOST_AUTO_TEST_SUITE_END()
