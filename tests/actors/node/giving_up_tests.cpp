#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/support/encoded_records.hpp"
#include "tests/support/mesh.hpp"
#include "tests/support/stranger.hpp"

using namespace cafmesh;
using namespace cafmesh::test;

// Tests of a node that gives up connections to strangers.
namespace {

/// The node `a`, which has dialled eight strangers because its user has named
/// them. They are connected to each other, too. Then the user forgets them.
struct fixture : mesh {
  fixture() {
    auto setup = settings_for('a');
    setup.discovery = true;
    setup.target_degree = 4;
    add('a', setup);
    std::vector<std::string> all;
    for (auto letter : letters) {
      stranger::options as;
      as.letter = letter;
      as.uid = peer_uid{static_cast<unsigned char>(letter)};
      strangers.push_back(std::make_unique<stranger>(*this, as));
      all.push_back(strangers.back()->host() + ":6783");
    }
    at('a').connect_to(all);
    for (const auto& x : strangers)
      x->introduce();
    for (const auto& x : strangers)
      x->send_topology({record_of(x->name())});
    run_for(seconds{2});
    BOOST_TEST(at('a').degree() == strangers.size());
    at('a').forget(all);
    // A change in the mesh, so that `a` thinks of its connections.
    auto change = record_of(strangers.front()->name());
    ++change.peer.version;
    change.connections.pop_back();
    strangers.front()->send_topology({change});
  }

  peer_record record_of(peer_name whose) {
    peer_record result;
    result.peer.name = whose;
    result.peer.uid = peer_uid{whose.number()};
    result.peer.version = 1;
    for (auto letter : "a" + letters)
      if (auto name = peer_name::from_number(static_cast<unsigned>(letter));
          name != whose)
        result.connections.push_back(
          {name, "10.0.0." + std::to_string(int{letter}) + ":6783",
           letter > 'a' && name < whose, true});
    return result;
  }

  /// Whether `a` has sent the stranger, as gossip, a record without it.
  bool has_been_told(const stranger& x) {
    for (const auto& message : x.messages()) {
      if (message.tag != wire::message_tag::gossip
          || message.channel != "topology")
        continue;
      const auto data = text_payload(message.data);
      wire::topology_update_reader reader{data.view(), name_flavour::mac};
      peer_record one;
      while (reader.next(one.peer) && read_connections(reader, one.connections))
        if (one.peer.name == at('a').name() && !lists(one, x.name()))
          return true;
    }
    return false;
  }

  static bool lists(const peer_record& x, peer_name whom) {
    return std::any_of(x.connections.begin(), x.connections.end(),
                       [&](const auto& y) { return y.remote == whom; });
  }

  const std::string letters = "stuvwxyz";
  std::vector<std::unique_ptr<stranger>> strangers;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(giving_up_tests, fixture)

// A broadcast may come another way first.
BOOST_AUTO_TEST_CASE(a_remote_is_told_directly_that_it_is_given_up) {
  for (const auto& x : strangers)
    x->forget_messages();
  const auto given_up = [this] {
    const auto ours = at('a').record_of(at('a'));
    return std::find_if(strangers.begin(), strangers.end(),
                        [&](const auto& x) { return !lists(ours, x->name()); });
  };
  for (int i = 0; i < 200 && given_up() == strangers.end(); ++i)
    run_for(milliseconds{100});
  BOOST_TEST_REQUIRE((given_up() != strangers.end()));
  const auto& first = **given_up();
  run_for(seconds{2});
  for (const auto& x : strangers)
    x->talk();
  BOOST_TEST(has_been_told(first));
  BOOST_TEST(std::count_if(strangers.begin(), strangers.end(),
                           [this](const auto& x) { return has_been_told(*x); })
             < 4);
}

BOOST_AUTO_TEST_SUITE_END()
