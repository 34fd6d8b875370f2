#include "actors/core/directory/directory_model.hpp"

#include <iostream>

#include <boost/test/unit_test.hpp>

#include "actors/core/crdt/outline.hpp"
#include "tests/actors/core/directory/directory_simulation.hpp"
#include <cafmesh/errc.hpp>

using namespace cafmesh;
using namespace cafmesh::names;
using namespace cafmesh::test;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

struct some_peers {
  directory_simulation all{1, 4};

  void settle(duration time = seconds{30}) {
    all.run_for(time);
    BOOST_TEST(all.disagreement() == "");
  }
  std::vector<unsigned> holders(unsigned at, const std::string& name) {
    std::vector<unsigned> result;
    for (const auto& x : all.model(at).all().lookup(name))
      result.push_back(static_cast<unsigned>(x.of.peer.number() - 1));
    return result;
  }
  std::size_t found(unsigned at, const std::string& name) {
    return holders(at, name).size();
  }
  header head_of(unsigned peer) {
    return all.model(peer).all().find(all.life(peer))->head();
  }
};

part_writer forged(header head, std::uint64_t version, const entry_map& xs) {
  head.version = version;
  head.count = xs.size();
  head.content = xs.summary().content.hash();
  part_writer out{head, 0};
  for (const auto& [name, x] : xs)
    out.add_entry(name, x);
  return out;
}

entry_map names_of_a_liar() {
  entry_map result;
  result.set("evil", entry_of(666));
  return result;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(directory_model_tests, some_peers)

BOOST_AUTO_TEST_CASE(a_name_is_known_everywhere_after_one_message) {
  settle();
  all.publish(0, "db", 1);
  all.run_for(milliseconds{60});
  for (unsigned i = 0; i < all.size(); ++i)
    BOOST_TEST(found(i, "db") == 1u);
  all.publish(2, "db", 5);
  all.run_for(milliseconds{60});
  BOOST_TEST(found(3, "db") == 2u);
  all.unpublish(0, "db");
  all.run_for(milliseconds{60});
  BOOST_TEST(holders(3, "db").at(0) == 2u);
}

BOOST_AUTO_TEST_CASE(limits_refuse_the_writer_with_an_error) {
  auto& x = all.model(0);
  for (std::size_t i = 0; i < max_names; ++i)
    BOOST_TEST_REQUIRE(!x.publish(std::to_string(i), entry_of(1)));
  BOOST_TEST(is(x.publish("more", entry_of(1)), errc::too_large));
  BOOST_TEST(!x.publish("7", entry_of(2)));
  x.unpublish("7");
  BOOST_TEST(!x.publish("more", entry_of(1)));
}

BOOST_AUTO_TEST_CASE(the_bytes_of_a_document_are_limited) {
  auto& x = all.model(0);
  auto large = entry_of(1, {std::string(max_interface, 'x')});
  std::size_t count = 0;
  while (!x.publish(std::to_string(count), large))
    ++count;
  BOOST_TEST(count > 1000u);
  BOOST_TEST(count * max_interface <= max_document);
}

BOOST_AUTO_TEST_CASE(
  names_of_a_peer_that_left_are_hidden_and_return_for_little) {
  for (int i = 0; i < 2000; ++i)
    all.model(0).publish("name " + std::to_string(i), entry_of(1));
  all.model(0).flush(all.now);
  settle();
  all.move(0, 1);
  BOOST_TEST(found(1, "name 5") == 0u);
  BOOST_TEST(found(0, "name 5") == 1u);
  settle();
  const auto before = all.bytes;
  all.move(0, 0);
  BOOST_TEST(found(1, "name 5") == 1u);
  settle();
  BOOST_TEST(all.bytes - before < 5'000u);
}

BOOST_AUTO_TEST_CASE(documents_of_peers_that_left_are_dropped_after_a_time) {
  all.publish(0, "db", 1);
  settle();
  all.move(0, 1);
  const auto gone = all.life(0);
  BOOST_TEST(all.model(1).all().find(gone));
  all.run_for(hidden_for + seconds{1});
  BOOST_TEST(!all.model(1).all().find(gone));
  BOOST_TEST(all.model(1).all().hidden() == 0u);
}

BOOST_AUTO_TEST_CASE(
  of_several_lives_the_one_that_the_topology_knows_is_shown) {
  all.publish(0, "db", 1);
  settle();
  all.restart(0);
  BOOST_TEST(found(1, "db") == 0u);
  all.publish(0, "db", 2);
  settle();
  auto xs = all.model(1).all().lookup("db");
  BOOST_TEST_REQUIRE(xs.size() == 1u);
  BOOST_TEST(xs[0].what.actor == 2u);
}

BOOST_AUTO_TEST_CASE(during_a_partition_each_side_sees_its_own) {
  for (unsigned i = 0; i < 4; ++i)
    all.publish(i, "db", i);
  settle();
  all.move(2, 1);
  all.move(3, 1);
  all.publish(0, "left", 1);
  all.publish(3, "right", 1);
  settle();
  BOOST_TEST(found(1, "db") == 2u);
  BOOST_TEST(found(2, "db") == 2u);
  BOOST_TEST(found(1, "right") == 0u);
  all.move(2, 0);
  all.move(3, 0);
  settle();
  BOOST_TEST(found(1, "right") == 1u);
  BOOST_TEST(found(2, "left") == 1u);
  BOOST_TEST(found(2, "db") == 4u);
}

BOOST_AUTO_TEST_CASE(the_owner_outlives_what_is_said_in_its_name) {
  all.publish(0, "db", 1);
  settle();
  auto lie = forged(head_of(0), head_of(0).version + 1000, names_of_a_liar());
  all.lie(3, 1, lie.finish("", std::nullopt), false);
  all.run_for(milliseconds{20});
  BOOST_TEST(found(1, "evil") == 1u);
  settle(seconds{10});
  BOOST_TEST(found(1, "evil") == 0u);
  BOOST_TEST(found(1, "db") == 1u);
  BOOST_TEST(all.model(0).counters().forged_versions > 0u);
}

BOOST_AUTO_TEST_CASE(a_version_that_nobody_can_have_reached_is_ignored) {
  all.publish(0, "db", 1);
  settle();
  for (auto version : {UINT64_MAX, std::uint64_t{1} << 60}) {
    auto lie = forged(head_of(0), version, names_of_a_liar());
    all.lie(3, 1, lie.finish("", std::nullopt), false);
  }
  settle();
  BOOST_TEST(found(1, "db") == 1u);
  BOOST_TEST(all.model(1).counters().beyond_limits == 2u);
}

BOOST_AUTO_TEST_CASE(a_flood_of_forged_versions_costs_one_message_per_second) {
  all.publish(0, "db", 1);
  settle();
  int broadcasts = 0;
  auto version = head_of(0).version + 1;
  for (int i = 0; i < 1000; ++i) {
    auto lie = forged(head_of(0), version += 2, names_of_a_liar());
    const auto before = all.model(0).all().find(all.life(0))->head().version;
    all.lie(3, 0, lie.finish("", std::nullopt), false);
    all.run_for(milliseconds{10});
    broadcasts += head_of(0).version != before;
  }
  BOOST_TEST(broadcasts <= 11);
  settle();
  BOOST_TEST(found(1, "db") == 1u);
}

BOOST_AUTO_TEST_CASE(a_header_without_its_content_is_given_up) {
  all.publish(0, "db", 1);
  settle();
  auto head = head_of(0);
  head.version += 10;
  head.count = 9000;
  head.content = {1, 2};
  all.lie(3, 1, encode_announcement(head), false);
  settle();
  BOOST_TEST(found(1, "db") == 1u);
}

BOOST_AUTO_TEST_CASE(a_node_id_belongs_to_the_life_that_had_it_first) {
  settle();
  auto head = head_of(3);
  head.node = "node " + std::to_string(all.uid(0));
  auto lie = forged(head, 50, names_of_a_liar());
  all.lie(3, 1, lie.finish("", std::nullopt), false);
  all.run_for(milliseconds{20});
  BOOST_TEST(found(1, "evil") == 0u);
  std::size_t homes = 0;
  for (const auto& x : all.model(1).all().homes()) {
    homes += x.node == head.node;
    if (x.node == head.node)
      BOOST_TEST((x.of == all.life(0)));
  }
  BOOST_TEST(homes == 1u);
  // While the owner of the node ID is away, the ID is kept for it.
  all.move(0, 1);
  BOOST_TEST(found(1, "evil") == 0u);
}

BOOST_AUTO_TEST_CASE(
  lives_that_the_topology_does_not_know_take_bounded_memory) {
  settle();
  entry_map large;
  for (int i = 0; i < 2000; ++i)
    large.set(std::to_string(i), entry_of(1));
  for (unsigned i = 0; i < 2 * max_hidden; ++i) {
    header head;
    head.of = life_of(1000 + i, 1);
    auto lie = forged(head, 1, large);
    all.lie(3, 1, lie.finish("", std::nullopt), false);
  }
  all.run_for(seconds{1});
  BOOST_TEST(all.model(1).all().hidden() <= max_hidden);
  BOOST_TEST(all.model(1).all().bytes() <= max_all_documents);
  BOOST_TEST(found(1, "5") == 0u);
  settle();
}

BOOST_AUTO_TEST_CASE(
  beyond_the_memory_for_all_the_largest_documents_lose_their_content) {
  auto& x = all.model(1);
  all.publish(0, "db", 1);
  settle();
  const auto interface = make_interface({std::string(max_interface, 'x')});
  for (unsigned i = 0; i < 20; ++i) {
    const auto liar = life_of(1000 + i, 1);
    x.life_appeared(liar, all.now);
    document big{liar};
    for (std::uint64_t version = 1; version < 1200; ++version) {
      const auto before = big.have();
      big.edit(std::to_string(version), {{version, interface, nullptr}});
      big.seal(version);
      x.receive_news(big.changes_for(before)->view(), all.life(3).peer,
                     all.now);
    }
  }
  BOOST_TEST(x.all().bytes() <= max_all_documents);
  BOOST_TEST(x.all().bytes() > max_all_documents / 2);
  BOOST_TEST(found(1, "db") == 1u);
  // Once the made-up peers have gone, the content must be fetched again.
  for (unsigned i = 0; i < 20; ++i)
    x.peer_left(peer_name::from_number(1000 + i), all.now);
  all.run_for(hidden_for + seconds{1});
  settle();
}

BOOST_AUTO_TEST_CASE(questions_in_another_peer_s_name_are_limited) {
  for (int i = 0; i < 10'000; ++i)
    all.model(0).publish("name " + std::to_string(i), entry_of(1));
  all.model(0).flush(all.now);
  settle();
  const auto before = all.bytes;
  for (int i = 0; i < 10'000; ++i)
    all.lie(3, 0, encode(pull{all.life(0), {}}), true);
  all.run_for(seconds{1});
  BOOST_TEST(all.bytes - before < 10'000'000u);
  BOOST_TEST(all.model(0).counters().unanswered > 9'000u);
}

BOOST_AUTO_TEST_CASE(
  who_asks_in_many_names_leaves_answers_for_other_neighbours) {
  for (int i = 0; i < 10'000; ++i)
    all.model(0).publish("name " + std::to_string(i), entry_of(1));
  all.model(0).flush(all.now);
  auto& x = all.model(0);
  const auto question = encode(pull{all.life(0), {}});
  for (unsigned i = 0; i < 2000; ++i)
    x.receive_unicast(question.view(), peer_name::from_number(100 + i % 40),
                      all.life(3).peer, all.now);
  BOOST_TEST(x.counters().unanswered > 0u);
  x.take_effects();
  const auto honest = all.life(1).peer;
  x.receive_unicast(question.view(), honest, honest, all.now);
  BOOST_TEST(x.take_effects().unicasts.size() == 1u);
}

BOOST_AUTO_TEST_CASE(headers_through_one_neighbour_leave_room_for_others) {
  auto& x = all.model(1);
  settle();
  const auto liar = all.life(3).peer, honest = all.life(2).peer;
  for (unsigned i = 0; i < 6000; ++i) {
    x.life_appeared(life_of(1000 + i, 1), all.now);
    header head{life_of(1000 + i, 1), 1, "", 5, {1, i}};
    x.receive_news(encode_announcement(head).view(), liar, all.now);
  }
  x.take_effects();
  header head{all.life(0), 100, "", 5, {1, 1}};
  x.receive_news(encode_announcement(head).view(), honest, all.now);
  auto asked = x.take_effects().unicasts;
  BOOST_TEST_REQUIRE(asked.size() == 1u);
  BOOST_TEST((asked[0].to == honest));
}

BOOST_AUTO_TEST_CASE(
  peers_that_are_made_up_later_do_not_drive_out_earlier_ones) {
  auto& x = all.model(1);
  for (int i = 0; i < 10'000; ++i)
    all.model(0).publish("name " + std::to_string(i), entry_of(1));
  all.model(0).flush(all.now);
  settle();
  entry_map many;
  for (int i = 0; i < 2000; ++i)
    many.set(std::to_string(i), entry_of(1));
  for (unsigned i = 0; i < 400; ++i) {
    header head;
    head.of = life_of(1000 + i, 1);
    x.life_appeared(head.of, all.now);
    x.receive_news(forged(head, 1, many).finish("", std::nullopt).view(),
                   all.life(3).peer, all.now);
  }
  BOOST_TEST(x.all().bytes() <= max_all_documents);
  BOOST_TEST(x.all().bytes() > max_all_documents * 9 / 10);
  BOOST_TEST(found(1, "name 7") == 1u);
  // The honest peer's names came first, so they must be kept, even after the
  // peer has published one more.
  all.publish(0, "one more", 1);
  all.run_for(milliseconds{60});
  BOOST_TEST(found(1, "one more") == 1u);
}

BOOST_AUTO_TEST_CASE(the_writer_is_asked_if_the_neighbour_has_nothing_newer) {
  auto& x = all.model(1);
  settle();
  x.take_effects();
  const auto neighbour = all.life(3).peer;
  const header head{all.life(0), 100, "", 5, {1, 1}};
  x.receive_news(encode_announcement(head).view(), neighbour, all.now);
  BOOST_TEST((x.take_effects().unicasts.at(0).to == neighbour));
  x.receive_unicast(encode_announcement(head_of(0)).view(), neighbour,
                    neighbour, all.now);
  BOOST_TEST((x.take_effects().unicasts.at(0).to == all.life(0).peer));
}

BOOST_AUTO_TEST_CASE(junk_changes_nothing_and_is_counted) {
  all.publish(0, "db", 1);
  settle();
  const auto source = all.life(3).peer;
  for (std::uint8_t first = 0; first < 16; ++first)
    for (std::size_t size : {1u, 2u, 30u}) {
      bytes junk(size, 0xff);
      junk[0] = first;
      BOOST_TEST(!!all.model(1).receive_unicast(junk, source, source, all.now)
                 == (first != 3 || size > 1));
      all.model(1).receive_news(junk, source, all.now);
    }
  BOOST_TEST(!!all.model(1).receive_unicast({}, source, source, all.now));
  BOOST_TEST(all.model(1).counters().malformed > 90u);
  settle();
}

BOOST_AUTO_TEST_SUITE_END()
