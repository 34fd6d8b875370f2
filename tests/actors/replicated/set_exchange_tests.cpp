#include <cafmesh/replicated.hpp>

#include <algorithm>

#include <boost/test/unit_test.hpp>

#include "tests/support/replicated_mesh.hpp"

using namespace cafmesh;
using namespace cafmesh::test;

// Tests of large sets, whose actors exchange outlines, which are summaries of a
// set, and then send only what differs.
namespace {

using or_set = observed_remove_set;
using set_actor = replicated_actor<or_set>;

struct large_sets : replicated_mesh {
  static or_set large(std::size_t elements) {
    or_set result;
    for (std::size_t i = 0; i < elements; ++i)
      result.merge(*result.add("element " + std::to_string(1'000'000 + i),
                               peer_uid{1 + i % 3}));
    return result;
  }

  snapshot<or_set> set(const set_actor& whom) {
    return *ask<snapshot<or_set>>(whom, get_value<or_set>{}).value;
  }
  void put(const set_actor& whom, const std::string& element) {
    change<or_set>(
      whom, [=](const or_set& x) { return x.add(element, peer_uid{7}); });
  }
  void remove(const set_actor& whom, const std::string& element) {
    change<or_set>(whom, [=](const or_set& x) {
      return caf::expected<or_set>{x.remove(element)};
    });
  }

  std::vector<std::size_t> heard_by(char letter) {
    std::vector<std::size_t> result;
    const auto& x = at(letter).recorded("value");
    for (const auto& [from, text] : x.unicasts)
      result.push_back(text.size());
    for (const auto& text : x.gossip)
      result.push_back(text.size());
    return result;
  }
  std::size_t bytes_heard_by(char letter) {
    std::size_t result = 0;
    for (auto size : heard_by(letter))
      result += size;
    return result;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(set_exchange_tests, large_sets)

BOOST_AUTO_TEST_CASE(a_newcomer_takes_over_a_large_set) {
  build("ab");
  auto a = value_on('a', large(10'000));
  auto b = value_on<or_set>('b');
  run();
  BOOST_TEST((*set(a) == *set(b)));
  BOOST_TEST(set(b)->size() == 10'000u);
}

//   a --- b       b has no value, and asks for everything
BOOST_AUTO_TEST_CASE(a_large_set_is_sent_in_parts_of_64_kib) {
  build("ab");
  auto a = value_on('a', large(20'000));
  at('b').join("value");
  caf::anon_send(
    at('b').channel("value"),
    unicasts{{{at('a').name(), or_set{}.outline(at('b').name())}}});
  run();
  const auto sizes = heard_by('b');
  BOOST_TEST(sizes.size() > 4u);
  BOOST_TEST(*std::max_element(sizes.begin(), sizes.end()) <= 64u * 1024);
  BOOST_TEST(bytes_heard_by('b') > 20'000u * 15);
}

//   a --- b       with sets that differ before they meet
BOOST_AUTO_TEST_CASE(sets_that_meet_exchange_what_differs) {
  add('a');
  add('b');
  const auto common = large(2000);
  auto a = value_on('a', common);
  auto b = value_on('b', common);
  put(a, "only a");
  remove(b, "element 1000007");
  at('a').connect_to(at('b'));
  settle();
  run_for(minutes{2});
  BOOST_TEST((*set(a) == *set(b)));
  BOOST_TEST(set(b)->contains("only a"));
  BOOST_TEST(!set(a)->contains("element 1000007"));
  BOOST_TEST(set(a)->size() == 2000u);
}

//   a --- b       b only listens
BOOST_AUTO_TEST_CASE(at_rest_a_large_set_says_a_few_bytes_per_interval) {
  for (std::size_t count : {10'000u, 100'000u}) {
    large_sets nodes;
    nodes.build("ab");
    auto a = nodes.value_on('a', large(count));
    nodes.at('b').join("value");
    nodes.run_for(minutes{1});
    const auto before = nodes.bytes_heard_by('b');
    nodes.run_for(minutes{10});
    const auto heard = nodes.bytes_heard_by('b') - before;
    BOOST_TEST_MESSAGE(count << " elements at rest: "
                             << static_cast<double>(heard) / 600
                             << " bytes per second");
    BOOST_TEST(heard > 0u);
    BOOST_TEST(heard < 60u * 50);
  }
}

BOOST_AUTO_TEST_SUITE_END()
