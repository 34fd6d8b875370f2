#include <iostream>
#include <malloc.h>

#include <boost/test/unit_test.hpp>

#include "tests/actors/core/directory/directory_simulation.hpp"

using namespace cafmesh;
using namespace cafmesh::names;
using namespace cafmesh::test;
using std::chrono::minutes;
using std::chrono::seconds;

// Measures the memory and the traffic of directories with many names.
namespace {

std::size_t allocated() {
  return mallinfo2().uordblks;
}

} // namespace

BOOST_AUTO_TEST_SUITE(directory_figures_tests)

BOOST_AUTO_TEST_CASE(a_hundred_thousand_names_in_a_mesh_of_twenty) {
  directory_simulation all{1, 20};
  all.gossip_interval = seconds{30};
  all.run_for(seconds{10});
  const auto empty = allocated();
  for (unsigned peer = 0; peer < 20; ++peer) {
    for (int i = 0; i < 5000; ++i)
      all.model(peer).publish(
        "/service/" + std::to_string(i) + "/" + std::to_string(peer),
        entry_of(static_cast<std::uint64_t>(i), {"(a)->(b)", "(c)->(void)"}));
    all.model(peer).flush(all.now);
  }
  const auto before = all.bytes;
  all.run_for(seconds{60});
  BOOST_TEST(all.disagreement() == "");
  const auto per_name = (allocated() - empty) / 20 / 100'000;
  const auto spread = (all.bytes - before) / 19 / 100'000;
  const auto rest = all.bytes;
  all.run_for(minutes{10});
  const auto at_rest = (all.bytes - rest) / 20 / 20;
  std::cout << "figure: 100,000 names in a mesh of 20: " << per_name
            << " bytes of memory per name, " << spread
            << " bytes sent per name and peer, " << at_rest
            << " bytes per peer and gossip interval at rest\n";
  BOOST_TEST(per_name < 400u);
  BOOST_TEST(spread < 100u);
  BOOST_TEST(at_rest < 200u);
  BOOST_TEST(all.largest <= max_message);
}

BOOST_AUTO_TEST_CASE(a_newcomer_takes_over_ten_thousand_names) {
  directory_simulation all{1, 2};
  all.move(1, 1);
  for (int i = 0; i < 10'000; ++i)
    all.model(0).publish("/service/" + std::to_string(i),
                         entry_of(static_cast<std::uint64_t>(i), {"a", "b"}));
  all.model(0).flush(all.now);
  all.run_for(seconds{1});
  const auto before = all.bytes;
  all.move(1, 0);
  all.run_for(seconds{2});
  BOOST_TEST(all.disagreement() == "");
  std::cout << "figure: 10,000 names of one node: "
            << (all.bytes - before) / 1024 << " KiB sent to a newcomer\n";
  BOOST_TEST(all.bytes - before < 400'000u);
}

BOOST_AUTO_TEST_SUITE_END()
