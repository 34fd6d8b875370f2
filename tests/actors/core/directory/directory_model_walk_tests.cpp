#include <iostream>

#include <boost/test/unit_test.hpp>

#include "tests/actors/core/directory/directory_simulation.hpp"

using namespace cafmesh;
using namespace cafmesh::names;
using namespace cafmesh::test;
using std::chrono::milliseconds;
using std::chrono::seconds;

// Tests of directories after random events, such as partitions, restarts, lost
// messages, and forged messages from a member.
namespace {

std::string some_name(directory_simulation& all) {
  return "name " + std::to_string(all.rng() % 20);
}

void random_act(directory_simulation& all) {
  const auto x = static_cast<unsigned>(all.rng() % all.size());
  switch (all.rng() % 10) {
  case 0:
    return all.move(x, static_cast<unsigned>(all.rng() % 2));
  case 1:
    return all.restart(x);
  case 2:
  case 3:
    return all.unpublish(x, some_name(all));
  case 4: { // more than fits into one message
    for (int i = 0; i < 3000; ++i)
      all.model(x).publish("many " + std::to_string(i), entry_of(1));
    return all.model(x).flush(all.now);
  }
  default:
    return all.publish(x, some_name(all), all.rng() % 100);
  }
}

// Makes a message in which a member lies about another member's names.
payload random_lie(directory_simulation& all) {
  const auto victim = static_cast<unsigned>(all.rng() % all.size());
  auto head = all.model(victim).all().find(all.life(victim))->head();
  if (all.rng() % 4 == 0)
    head.of = life_of(50 + static_cast<unsigned>(all.rng() % 20), 1);
  head.version += all.rng() % 3;
  if (all.rng() % 3 == 0)
    head.node = "node " + std::to_string(100 + all.rng() % 10);
  entry_map xs;
  for (std::uint64_t i = all.rng() % 4; i > 0; --i)
    xs.set(some_name(all), entry_of(666));
  if (all.rng() % 3 != 0) {
    head.count = xs.size();
    head.content = xs.summary().content.hash();
  }
  if (all.rng() % 3 == 0)
    return encode_announcement(head);
  part_writer out{head, all.rng() % 2 == 0 ? 0 : head.version - 1};
  for (const auto& [name, x] : xs)
    out.add_entry(name, x);
  return all.rng() % 2 == 0 ? out.finish("", std::nullopt)
                            : out.finish("", "zzz");
}

payload random_message(directory_simulation& all) {
  switch (all.rng() % 4) {
  case 0: {
    const auto x = static_cast<unsigned>(all.rng() % all.size());
    return encode(pull{all.life(x), {all.rng() % 5, {}, {}}});
  }
  case 1: {
    auto lie = random_lie(all).view().to_bytes();
    lie[all.rng() % lie.size()] ^= static_cast<std::uint8_t>(all.rng());
    return payload{std::move(lie)};
  }
  default:
    return random_lie(all);
  }
}

void walk(std::uint64_t seed, bool has_liar) {
  BOOST_TEST_INFO_SCOPE("seed " << seed);
  directory_simulation all{seed, 2 + static_cast<unsigned>(seed % 5)};
  all.loss = seed % 3 == 0 ? 0.2 : 0;
  for (int i = 0; i < 60; ++i) {
    random_act(all);
    if (has_liar)
      for (int lies = 0; lies < 3; ++lies)
        all.lie(0, static_cast<unsigned>(all.rng() % all.size()),
                random_message(all), all.rng() % 2 == 0);
    all.run_for(milliseconds{all.rng() % 500});
    for (unsigned x = 0; x < all.size(); ++x) {
      BOOST_TEST_REQUIRE(all.model(x).all().hidden() <= max_hidden);
      BOOST_TEST_REQUIRE(all.model(x).all().bytes() <= max_all_documents);
    }
  }
  all.loss = 0;
  all.run_for(seconds{40});
  BOOST_TEST(all.disagreement() == "");
  BOOST_TEST(all.largest <= max_message);
}

} // namespace

BOOST_AUTO_TEST_SUITE(directory_model_walk_tests)

BOOST_AUTO_TEST_CASE(all_agree_after_partitions_restarts_and_losses) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed)
    walk(seed, false);
}

BOOST_AUTO_TEST_CASE(all_agree_once_a_liar_is_silent) {
  for (std::uint64_t seed = 1001; seed <= 1060; ++seed)
    walk(seed, true);
}

BOOST_AUTO_TEST_SUITE_END()
