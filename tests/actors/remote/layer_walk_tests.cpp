#include "tests/actors/remote/layer_walk.hpp"

using namespace cafmesh;
using namespace cafmesh::test;

// Random walks of the whole actor layer: sessions, handles, names and topics.
namespace {

void act(layer_walk& x) {
  switch (x.roll(40)) {
  case 0:
    return x.toggle_link();
  case 1:
    return x.roll(4) == 0 ? x.restart() : x.toggle_link();
  case 2:
    return x.end_target();
  case 3:
  case 4:
    return x.spawn_target(x.any_machine());
  case 5:
    return x.unpublish();
  case 6:
  case 7:
    return x.watch();
  case 8:
    return x.subscribe();
  case 9:
  case 10:
  case 11:
    return x.publish_to_topic(x.any_machine(), x.any_topic(),
                              x.next_text("topic", "walk"));
  case 12:
  case 13:
  case 14:
  case 15:
    return x.ask();
  default:
    break;
  }
  switch (x.roll(3)) {
  case 0:
    return x.resolve();
  case 1:
    return x.pass_on();
  default:
    return x.say();
  }
}

void check_downs(layer_walk& walk) {
  for (const auto& [from, x] : walk.watches) {
    const auto& [label, downs] = x;
    if (!walk.targets.at(label).actor)
      BOOST_TEST(downs->size() == 1u, label << " watched by " << from);
    else
      BOOST_TEST(downs->size() <= 1u, label << " watched by " << from);
  }
}

// Checks that every machine finds exactly what is published.
void check_names(layer_walk& walk) {
  for (std::uint32_t i = 0; i < layer_walk::name_count; ++i) {
    const auto name = "name " + std::to_string(i);
    std::map<peer_name, std::uint64_t> expected;
    for (const auto& [letter, mine] : walk.published)
      if (auto x = mine.find(name); x != mine.end())
        expected[walk.at(letter).home.peer] = x->second;
    for (char x : walk.letters) {
      auto found = ask_later<found_names>(walk.at(x).system(), walk.names[x],
                                          lookup_name{name});
      walk.run();
      std::map<peer_name, std::uint64_t> said;
      for (const auto& each : found->value->all)
        said[each.peer] = each.actor;
      BOOST_TEST((said == expected), x << " finds " << name << " at "
                                       << said.size() << " peers instead of "
                                       << expected.size());
    }
  }
}

// Checks that each subscriber hears each message, now that the mesh is at rest.
void check_topics(layer_walk& walk) {
  for (char x : walk.letters)
    for (auto topic : {"topic 0", "topic 1"})
      walk.publish_to_topic(x, topic, std::string{"last of "} + x);
  walk.run_for(seconds{1});
  for (const auto& each : walk.subscribers)
    for (char x : walk.letters)
      BOOST_TEST(each->heard.count(std::string{"last of "} + x) == 1u,
                 each->machine << " hears " << x << " on " << each->topic);
}

struct walk_totals {
  int texts = 0;
  int passed = 0;
  int resolved = 0;
  int answers = 0;
  int failures = 0;
  int restarts = 0;
  std::size_t downs = 0;
  std::size_t heard = 0;
};

void walk(std::uint32_t seed, walk_totals& totals) {
  layer_walk walk{seed};
  for (int i = 0; i < 1000; ++i) {
    act(walk);
    walk.run_for(milliseconds{walk.roll(60)});
  }
  walk.heal();
  check_downs(walk);
  check_names(walk);
  check_topics(walk);
  for (const auto& [from, x] : walk.requests) {
    BOOST_TEST(!x->is_open, "a request from " << from);
    (x->value ? totals.answers : totals.failures) += 1;
  }
  BOOST_TEST(walk.complaints.empty(),
             (walk.complaints.empty() ? "" : walk.complaints.front()));
  totals.texts += walk.texts;
  totals.passed += walk.passed;
  totals.resolved += walk.resolved;
  for (const auto& [letter, count] : walk.lives)
    totals.restarts += count;
  for (const auto& [from, x] : walk.watches)
    totals.downs += x.second->size();
  for (const auto& x : walk.subscribers)
    totals.heard += x->heard.size();
}

} // namespace

BOOST_AUTO_TEST_SUITE(layer_walk_tests)

BOOST_AUTO_TEST_CASE(names_handles_and_topics_keep_their_promises) {
  walk_totals totals;
  for (std::uint32_t seed = 1; seed <= 24; ++seed)
    BOOST_TEST_CONTEXT("seed " << seed) {
      walk(seed, totals);
    }
  BOOST_TEST(totals.texts > 3000);
  BOOST_TEST(totals.passed > 1000);
  BOOST_TEST(totals.resolved > 1000);
  BOOST_TEST(totals.answers > 300);
  BOOST_TEST(totals.failures > 150);
  BOOST_TEST(totals.restarts > 60);
  BOOST_TEST(totals.downs > 100u);
  BOOST_TEST(totals.heard > 1000u);
}

BOOST_AUTO_TEST_SUITE_END()
