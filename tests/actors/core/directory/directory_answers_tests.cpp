#include <boost/test/unit_test.hpp>

#include "actors/core/directory/directory_limits.hpp"
#include "tests/actors/core/directory/single_model.hpp"

using namespace cafmesh;
using namespace cafmesh::names;
using namespace cafmesh::test;

namespace {

using part_kind = outline::kind;

struct answering : single_model {
  // Adds a peer that publishes no names.
  void add(unsigned peer, const std::string& node) {
    lives(peer);
    news(header{life_of(peer, 1), 1, node, 0, {}});
  }
  void publish(int first, int count, std::size_t text) {
    const auto interface = make_interface({std::string(text, 's')});
    for (int i = first; i < first + count; ++i)
      BOOST_TEST_REQUIRE(
        !model.publish(std::to_string(100'000 + i), {1, interface, nullptr}));
    model.flush(now);
    model.take_effects();
  }
  std::vector<header> sent() {
    BOOST_TEST_REQUIRE(effects.unicasts.size() == 1u);
    BOOST_TEST((effects.unicasts[0].to == source));
    auto result = decode_headers(effects.unicasts[0].data.view());
    BOOST_TEST_REQUIRE(!!result);
    return *result;
  }
  bool is_answered(peer_name by) {
    const auto question = encode(pull{us, docs().find(us)->have()});
    model.receive_unicast(question.view(), source, by, now);
    return !model.take_effects().unicasts.empty();
  }
  unsigned count_answers() {
    unsigned result = 0;
    while (is_answered(neighbour))
      ++result;
    return result;
  }
};

// The outline that a peer without any headers sends.
std::vector<outline::part> nothing() {
  return {{part_kind::described, std::nullopt, 0, {}}};
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(directory_answers_tests, answering)

// -- outlines

BOOST_AUTO_TEST_CASE(who_lacks_our_header_is_sent_it) {
  BOOST_TEST(!compare(nothing()));
  const auto xs = sent();
  BOOST_TEST_REQUIRE(xs.size() == 1u);
  BOOST_TEST((xs[0] == own_head()));
}

BOOST_AUTO_TEST_CASE(gossip_is_answered_to_the_peer_that_it_names) {
  BOOST_TEST(!!news(payload{encode(outline{source, nothing()})}));
  BOOST_TEST(sent().size() == 1u);
}

BOOST_AUTO_TEST_CASE(who_knows_the_same_is_not_answered) {
  add(1, "n1");
  const auto content = docs().headers().summary().content.hash();
  BOOST_TEST(!compare({{part_kind::described, std::nullopt, 2, content}}));
  BOOST_TEST(effects.unicasts.empty());
  BOOST_TEST(model.counters().unanswered == 0u);
}

BOOST_AUTO_TEST_CASE(who_knows_more_is_sent_headers_and_asked_for_its_own) {
  BOOST_TEST(!compare({{part_kind::described, std::nullopt, 3, {1, 1}}}));
  BOOST_TEST_REQUIRE(effects.unicasts.size() == 2u);
  BOOST_TEST(!!decode_headers(effects.unicasts[0].data.view()));
  auto reply = decode_outline(effects.unicasts[1].data.view());
  BOOST_TEST_REQUIRE(!!reply);
  BOOST_TEST((reply->from == us.peer));
  BOOST_TEST((reply->parts.at(0).what == part_kind::wanted));
  BOOST_TEST((effects.unicasts[1].to == source));
}

BOOST_AUTO_TEST_CASE(our_own_outline_is_not_answered) {
  BOOST_TEST(!unicast(payload{encode(outline{us.peer, nothing()})}));
  BOOST_TEST(effects.unicasts.empty());
  source = us.peer;
  BOOST_TEST(!ask(us));
  BOOST_TEST(effects.unicasts.empty());
  BOOST_TEST(model.counters().unanswered == 0u);
}

BOOST_AUTO_TEST_CASE(headers_of_a_range_are_sent_up_to_its_end) {
  for (unsigned peer = 1; peer <= 5; ++peer)
    add(peer, "n" + std::to_string(peer));
  const auto second = key_of(life_of(2, 1)), fourth = key_of(life_of(4, 1));
  BOOST_TEST(!compare({{part_kind::equal, second, 0, {}},
                       {part_kind::wanted, fourth, 0, {}},
                       {part_kind::equal, std::nullopt, 0, {}}}));
  auto xs = sent();
  BOOST_TEST_REQUIRE(xs.size() == 2u);
  BOOST_TEST((xs[0].of == life_of(2, 1)));
  BOOST_TEST((xs[1].of == life_of(3, 1)));
  BOOST_TEST(!compare({{part_kind::equal, fourth, 0, {}},
                       {part_kind::wanted, std::nullopt, 0, {}}}));
  xs = sent();
  BOOST_TEST_REQUIRE(xs.size() == 3u); // those of two peers, and ours
  BOOST_TEST((xs[0].of == life_of(4, 1)));
}

BOOST_AUTO_TEST_CASE(headers_are_sent_while_there_are_256_bytes_left) {
  // A message has up to 65,536 bytes: here 1 for its kind, 29 for our header,
  // 47 for each of two other headers and 91 for each of 716 more. The 256 bytes
  // that are left are enough for one more header.
  auto node = [](unsigned peer, std::size_t size) {
    auto result = std::to_string(peer);
    result.resize(size, '-');
    return result;
  };
  for (unsigned peer : {1u, 2u})
    add(peer, node(peer, 20));
  for (unsigned peer = 100; peer < 840; ++peer)
    add(peer, node(peer, max_node_id));
  BOOST_TEST(!compare(nothing()));
  BOOST_TEST(sent().size() == 1 + 2 + 716 + 1u);
  BOOST_TEST(effects.unicasts[0].data.size() == max_message - 256 + 91);
}

// -- questions

BOOST_AUTO_TEST_CASE(a_question_for_our_document_comes_after_our_edits) {
  add(1, "n1");
  BOOST_TEST(!model.publish("a", entry_of(1)));
  BOOST_TEST(!ask(life_of(1, 1)));
  BOOST_TEST(effects.broadcasts.empty());
  BOOST_TEST(effects.unicasts.size() == 1u);
  BOOST_TEST(model.has_edits());
  BOOST_TEST(!ask(us));
  BOOST_TEST(broadcasts().size() == 1u);
  BOOST_TEST_REQUIRE(effects.unicasts.size() == 1u);
  BOOST_TEST((effects.unicasts[0].to == source));
  auto answer = decode_part(effects.unicasts[0].data.view());
  BOOST_TEST_REQUIRE(!!answer);
  BOOST_TEST((answer->head == own_head()));
  BOOST_TEST(answer->head.version == 1u);
  BOOST_TEST(!ask(us));
  BOOST_TEST(effects.broadcasts.empty());
}

BOOST_AUTO_TEST_CASE(who_asks_for_what_we_do_not_have_gets_no_answer) {
  lives(1);
  BOOST_TEST(!ask(life_of(1, 1)));
  BOOST_TEST(effects.unicasts.empty());
  BOOST_TEST(!ask(life_of(9, 2)));
  BOOST_TEST(effects.unicasts.empty());
  BOOST_TEST(model.counters().unanswered == 0u);
}

// -- limits

// In one burst, a neighbour may ask for 2 MiB or for twice as many bytes as the
// directory has, whichever is more. Each answer counts as at least 1 KiB.
BOOST_AUTO_TEST_CASE(twice_a_mebibyte_is_answered_at_once) {
  BOOST_TEST(count_answers() == 2048u);
  BOOST_TEST(model.counters().unanswered == 1u);
  BOOST_TEST(!compare(nothing()));
  BOOST_TEST(effects.unicasts.empty());
  BOOST_TEST(model.counters().unanswered == 2u);
  BOOST_TEST(!compare({{part_kind::described, std::nullopt, 3, {1, 1}}}));
  BOOST_TEST(effects.unicasts.empty());
  BOOST_TEST(model.counters().unanswered == 4u);
  BOOST_TEST(!ask(us));
  BOOST_TEST(effects.unicasts.empty());
  BOOST_TEST(model.counters().unanswered == 5u);
  BOOST_TEST(is_answered(number(700)));
}

BOOST_AUTO_TEST_CASE(with_more_than_a_mebibyte_answers_take_smaller_shares) {
  publish(0, 144, 7000);
  const auto before = docs().find(us)->bytes();
  // A share is a 16,384th of the directory's bytes. In one burst, a neighbour
  // may take 32,768 shares. Here, an answer of 1 KiB takes 15 shares, rounded
  // down.
  publish(144, 1, 1'049'000 - before - 400);
  const auto all = docs().find(us)->bytes();
  BOOST_TEST((all > 1024 * 1024 && all < 1025 * 1024));
  BOOST_TEST(count_answers() == 32 * 1024 / 15u);
}

BOOST_AUTO_TEST_CASE(an_answer_takes_one_share_at_least) {
  publish(0, 2000, 8000);
  BOOST_TEST(count_answers() == 32 * 1024u);
}

// A neighbour gets 2 MiB under each name, but no more than 64 MiB under all
// names together.
BOOST_AUTO_TEST_CASE(a_member_under_many_names_gets_a_limited_number_in_all) {
  unsigned answers = 0;
  for (unsigned i = 0; i < 100; ++i)
    while (is_answered(number(2000 + i)))
      ++answers;
  BOOST_TEST(answers == 64u * 1024);
}

BOOST_AUTO_TEST_CASE(the_limits_of_1024_neighbours_are_remembered) {
  count_answers();
  BOOST_TEST(!is_answered(neighbour));
  for (unsigned i = 0; i < 1023; ++i) {
    BOOST_TEST(is_answered(number(2000 + i)));
    BOOST_TEST_REQUIRE(!is_answered(neighbour));
  }
  // A further neighbour takes the place of the neighbour whose last question is
  // the oldest.
  BOOST_TEST(is_answered(number(4000)));
  BOOST_TEST(!is_answered(neighbour));
  for (unsigned i = 0; i < 1024; ++i)
    BOOST_TEST(is_answered(number(5000 + i)));
  BOOST_TEST(is_answered(neighbour));
}

BOOST_AUTO_TEST_SUITE_END()
