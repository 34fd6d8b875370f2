#include <thread>

#include <boost/test/unit_test.hpp>

#include "network.hpp"
#include "real_mesh.hpp"

using namespace cafmesh;
using namespace cafmesh::test;

// Links that come and go, and links that are slow and lose what is sent.
namespace {

constexpr std::size_t worth_noticing = 256 * 1024;

void start(real_mesh& mesh, std::uint64_t nodes,
           const std::vector<std::string>& times) {
  auto options = watchful_options();
  options.insert(options.end(), times.begin(), times.end());
  for (auto x : range(1, nodes))
    mesh.start({x,
                network::address(x),
                6783,
                {network::address(1)},
                options,
                network::on(x)});
}

/// How often a node's connections have changed.
std::int64_t version_of(real_mesh& mesh, std::uint64_t which) {
  for (const auto& x : mesh[which].topology())
    if (x.at("name") == mesh[which].name())
      return x.at("version");
  return 0;
}

bool is_possible(boost::unit_test::test_unit_id) {
  return network::is_possible();
}

} // namespace

BOOST_AUTO_TEST_SUITE(bad_links_tests,
                      *boost::unit_test::precondition(is_possible))

BOOST_AUTO_TEST_CASE(a_link_that_flaps_costs_neither_counts_nor_memory) {
  constexpr int rounds = 12;
  constexpr seconds bound{20};
  network net{4};
  real_mesh mesh;
  start(mesh, 4, {"--mesh.heartbeat-interval=200ms", "--mesh.patience=1s"});
  mesh.increment(mesh.all());
  BOOST_TEST_REQUIRE(mesh.agree(bound).has_value());
  const auto before = mesh.held_at_rest();
  const auto version = version_of(mesh, 2);
  for (int i = 0; i < rounds; ++i) {
    std::this_thread::sleep_for(seconds{1});
    net.pull(2);
    mesh.increment(mesh.all());
    std::this_thread::sleep_for(milliseconds{1400});
    net.plug_in(2);
    mesh.increment(mesh.all());
  }
  const auto settled = mesh.agree(bound);
  BOOST_TEST_REQUIRE(settled.has_value(), mesh.views(mesh.all()));
  const auto changes = version_of(mesh, 2) - version;
  BOOST_TEST(changes >= 2 * rounds); // it lost its connections each time
  BOOST_TEST(mesh.leaked_since(before, seconds{40}, worth_noticing) == "");
  note("a link that was down " + std::to_string(rounds) + " times: "
       + std::to_string(changes) + " changes of connections; all agreed "
       + std::to_string(settled->count()) + " ms after the last");
  note("  " + growth(before, mesh.held()));
}

// Three packets lost in a row, one in a thousand, are four seconds of silence.
BOOST_AUTO_TEST_CASE(a_mesh_forms_and_lasts_on_slow_links_that_lose_a_tenth) {
  constexpr seconds bound{60};
  network net{5, {milliseconds{100}, 0.1}};
  const auto measured = net.ping(1, 2, 200);
  BOOST_TEST(measured.round_trip.count() >= 200);
  BOOST_TEST(measured.loss > 0.1);
  BOOST_TEST(measured.loss < 0.3);
  real_mesh mesh;
  start(mesh, 5, {"--mesh.heartbeat-interval=1s", "--mesh.patience=20s"});
  mesh.increment(mesh.all());
  const auto formed = mesh.agree(bound);
  BOOST_TEST_REQUIRE(formed.has_value(), mesh.views(mesh.all()));
  const auto topology = mesh[1].topology();
  const auto before = mesh.held_at_rest();
  mesh.increment(mesh.all(), 20);
  const auto counted = mesh.agree(bound);
  BOOST_TEST_REQUIRE(counted.has_value(), mesh.views(mesh.all()));
  BOOST_TEST(mesh[1].topology() == topology);
  BOOST_TEST(mesh.leaked_since(before, seconds{40}, worth_noticing) == "");
  note(std::string{net.has_netem() ? "netem" : "a switch of ours"}
       + ", round trips of " + std::to_string(measured.round_trip.count())
       + " ms, " + std::to_string(static_cast<int>(100 * measured.loss))
       + " % of them lost: 5 nodes formed a mesh within "
       + std::to_string(formed->count()) + " ms and agreed on 100 increments "
       + std::to_string(counted->count()) + " ms after the last");
  note("  " + growth(before, mesh.held()));
}

BOOST_AUTO_TEST_SUITE_END()
