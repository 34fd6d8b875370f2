#include "actors/core/directory/pulls.hpp"

#include <malloc.h>

#include <boost/test/unit_test.hpp>

#include "tests/actors/core/directory/directory_simulation.hpp"

using namespace cafmesh;
using namespace cafmesh::names;
using namespace cafmesh::test;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

peer_name number(unsigned x) {
  return peer_name::from_number(x);
}

header head_of(unsigned peer, std::uint64_t version = 1) {
  return {life_of(peer, 1), version, "node", 1, {version, peer}};
}

const peer_name source = number(501), other_source = number(502);
const peer_name neighbour = number(601), other_neighbour = number(602);

struct some_pulls {
  pulls all;
  instant now = instant{} + seconds{1000};

  using asked = std::vector<std::pair<life, peer_name>>;

  void want(unsigned first, unsigned count, peer_name via) {
    for (unsigned i = 0; i < count; ++i)
      all.want(head_of(first + i), source, via);
  }
  bool is_wanted(unsigned peer) {
    return all.find(life_of(peer, 1)) != nullptr;
  }
  std::size_t start() {
    return all.start(now).size();
  }
  asked after(duration time) {
    now += time;
    return all.repeat(now);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(pulls_tests, some_pulls)

BOOST_AUTO_TEST_CASE(a_wanted_document_is_asked_for_once) {
  BOOST_TEST(start() == 0u);
  all.want(head_of(1, 5), source, neighbour);
  const auto* x = all.find(life_of(1, 1));
  BOOST_TEST_REQUIRE(x);
  BOOST_TEST((x->wanted == head_of(1, 5)));
  BOOST_TEST((x->via == neighbour));
  BOOST_TEST(!all.find(life_of(1, 2)));
  BOOST_TEST((all.start(now) == asked{{life_of(1, 1), source}}));
  BOOST_TEST(start() == 0u);
  BOOST_TEST(all.size() == 1u);
}

BOOST_AUTO_TEST_CASE(of_several_versions_the_newest_is_wanted) {
  all.want(head_of(1, 5), source, neighbour);
  all.want(head_of(1, 4), other_source, neighbour);
  BOOST_TEST(all.find(life_of(1, 1))->wanted.version == 5u);
  BOOST_TEST((all.find(life_of(1, 1))->source == source));
  all.want(head_of(1, 6), other_source, neighbour);
  BOOST_TEST(all.find(life_of(1, 1))->wanted.version == 6u);
  BOOST_TEST((all.start(now) == asked{{life_of(1, 1), other_source}}));
  BOOST_TEST(all.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_question_under_way_keeps_its_source) {
  all.want(head_of(1, 5), source, neighbour);
  start();
  all.want(head_of(1, 6), other_source, neighbour);
  BOOST_TEST(all.find(life_of(1, 1))->wanted.version == 6u);
  BOOST_TEST((all.find(life_of(1, 1))->source == source));
}

BOOST_AUTO_TEST_CASE(from_scratch_forgets_what_has_arrived) {
  all.want_from_scratch(head_of(1), source, neighbour);
  BOOST_TEST_REQUIRE(is_wanted(1));
  BOOST_TEST(all.find(life_of(1, 1))->from_scratch);
  all.want(head_of(2), source, neighbour);
  BOOST_TEST(!all.find(life_of(2, 1))->from_scratch);
  all.find(life_of(2, 1))->partial.emplace(life_of(2, 1));
  all.want_from_scratch(head_of(2), source, neighbour);
  BOOST_TEST(all.find(life_of(2, 1))->from_scratch);
  BOOST_TEST(!all.find(life_of(2, 1))->partial);
}

BOOST_AUTO_TEST_CASE(one_neighbour_makes_us_want_1024_documents) {
  want(1, 1025, neighbour);
  BOOST_TEST(all.size() == 1024u);
  BOOST_TEST(is_wanted(1024));
  BOOST_TEST(!is_wanted(1025));
  want(2000, 1, other_neighbour);
  BOOST_TEST(is_wanted(2000));
  all.done(life_of(7, 1));
  want(1025, 2, neighbour);
  BOOST_TEST(is_wanted(1025));
  BOOST_TEST(!is_wanted(1026));
}

BOOST_AUTO_TEST_CASE(all_neighbours_make_us_want_4096_documents) {
  for (unsigned i = 0; i < 4; ++i)
    want(1 + 1024 * i, 1024, number(601 + i));
  BOOST_TEST(all.size() == 4096u);
  want(5000, 1, number(700));
  BOOST_TEST(!is_wanted(5000));
  all.done(life_of(7, 1));
  want(5000, 2, number(700));
  BOOST_TEST(is_wanted(5000));
  BOOST_TEST(!is_wanted(5001));
}

BOOST_AUTO_TEST_CASE(a_neighbour_without_wanted_documents_starts_afresh) {
  for (int round = 0; round < 3; ++round) {
    want(1, 2, neighbour);
    BOOST_TEST(start() == 2u);
    all.done(life_of(1, 1));
    BOOST_TEST(!is_wanted(1));
    BOOST_TEST(is_wanted(2));
    all.done(life_of(2, 1));
    all.done(life_of(2, 1));
    BOOST_TEST(all.size() == 0u);
  }
  want(1, 1025, neighbour);
  BOOST_TEST(all.size() == 1024u);
  BOOST_TEST(start() == 8u);
}

BOOST_AUTO_TEST_CASE(neighbours_whose_documents_have_arrived_take_no_memory) {
  auto allocated = [] {
    return mallinfo2().uordblks;
  };
  const auto before = allocated();
  for (unsigned i = 0; i < 10'000; ++i) {
    want(1, 1, number(1000 + i));
    all.done(life_of(1, 1));
  }
  BOOST_TEST(allocated() < before + 100'000);
}

BOOST_AUTO_TEST_CASE(eight_documents_of_one_neighbour_are_under_way_at_once) {
  want(1, 20, neighbour);
  BOOST_TEST(start() == 8u);
  BOOST_TEST(start() == 0u);
  want(30, 2, other_neighbour);
  BOOST_TEST(start() == 2u);
  all.done(life_of(1, 1));
  BOOST_TEST((all.start(now) == asked{{life_of(9, 1), source}}));
  // Document 20 was only waiting for its turn, so removing it lets no other
  // fetch start.
  all.done(life_of(20, 1));
  BOOST_TEST(start() == 0u);
}

BOOST_AUTO_TEST_CASE(sixteen_documents_are_under_way_at_once) {
  for (unsigned i = 0; i < 3; ++i)
    want(1 + 100 * i, 8, number(601 + i));
  BOOST_TEST(start() == 16u);
  BOOST_TEST(start() == 0u);
  all.done(life_of(1, 1));
  all.done(life_of(2, 1));
  BOOST_TEST(start() == 2u);
  BOOST_TEST(start() == 0u);
}

BOOST_AUTO_TEST_CASE(room_is_the_same_after_many_documents) {
  for (unsigned i = 0; i < 40; ++i) {
    want(1, 1, neighbour);
    BOOST_TEST(start() == 1u);
    all.done(life_of(1, 1));
  }
  for (unsigned i = 0; i < 3; ++i)
    want(1 + 100 * i, 9, number(601 + i));
  BOOST_TEST(start() == 16u);
}

BOOST_AUTO_TEST_CASE(a_question_is_repeated_after_two_seconds) {
  want(1, 1, neighbour);
  BOOST_TEST(after(seconds{10}).empty()); // nothing was asked yet
  start();
  BOOST_TEST(after(milliseconds{1999}).empty());
  BOOST_TEST((after(milliseconds{1}) == asked{{life_of(1, 1), source}}));
  BOOST_TEST(after(milliseconds{1999}).empty());
  BOOST_TEST((after(milliseconds{1}) == asked{{life_of(1, 1), source}}));
  BOOST_TEST(start() == 0u);
}

BOOST_AUTO_TEST_CASE(after_three_questions_the_owner_is_asked_then_nobody) {
  want(1, 1, neighbour);
  start();
  BOOST_TEST(after(seconds{2}).size() == 1u);
  BOOST_TEST(after(seconds{2}).size() == 1u);
  BOOST_TEST(after(seconds{2}).empty());
  BOOST_TEST_REQUIRE(is_wanted(1));
  BOOST_TEST((all.start(now) == asked{{life_of(1, 1), number(1)}}));
  BOOST_TEST(after(seconds{2}).size() == 1u);
  BOOST_TEST(after(seconds{2}).size() == 1u);
  BOOST_TEST(is_wanted(1));
  BOOST_TEST(after(seconds{2}).empty());
  BOOST_TEST(!is_wanted(1));
}

BOOST_AUTO_TEST_CASE(a_page_makes_the_question_new) {
  want(1, 1, neighbour);
  start();
  BOOST_TEST(after(seconds{2}).size() == 1u);
  BOOST_TEST(after(seconds{2}).size() == 1u);
  now += seconds{1};
  all.goes_on(life_of(1, 1), now);
  all.goes_on(life_of(2, 1), now);
  BOOST_TEST(after(milliseconds{1999}).empty());
  BOOST_TEST(after(milliseconds{1}).size() == 1u);
  BOOST_TEST(after(seconds{2}).size() == 1u);
  BOOST_TEST(after(seconds{2}).empty());
  BOOST_TEST((all.find(life_of(1, 1))->source == number(1)));
}

BOOST_AUTO_TEST_CASE(a_document_that_takes_a_minute_is_given_up) {
  // A page arrives two seconds before `time`, so the next question is due at
  // `time`. That question is sent only if less than a minute has passed.
  for (auto [time, is_given_up] : {std::pair{milliseconds{59'999}, false},
                                   std::pair{milliseconds{60'000}, true}}) {
    want(1, 1, neighbour);
    start();
    now += time - seconds{2};
    all.goes_on(life_of(1, 1), now);
    BOOST_TEST(after(seconds{2}).empty() == is_given_up);
    BOOST_TEST((all.find(life_of(1, 1))->source == number(1)) == is_given_up);
    all.done(life_of(1, 1));
  }
}

BOOST_AUTO_TEST_CASE(a_source_that_fails_is_replaced_by_the_owner_once) {
  want(1, 1, neighbour);
  start();
  all.find(life_of(1, 1))->partial.emplace(life_of(1, 1));
  all.source_failed(life_of(1, 1));
  all.source_failed(life_of(2, 1));
  BOOST_TEST_REQUIRE(is_wanted(1));
  BOOST_TEST(!all.find(life_of(1, 1))->partial);
  BOOST_TEST(!all.wake_at());
  BOOST_TEST((all.start(now) == asked{{life_of(1, 1), number(1)}}));
  all.source_failed(life_of(1, 1));
  BOOST_TEST(!is_wanted(1));
  want(1, 20, neighbour);
  BOOST_TEST(start() == 8u);
}

BOOST_AUTO_TEST_CASE(the_first_late_answer_wakes_us) {
  BOOST_TEST(!all.wake_at());
  want(1, 1, neighbour);
  BOOST_TEST(!all.wake_at());
  start();
  const auto first = now;
  now += seconds{1};
  want(2, 1, neighbour);
  start();
  BOOST_TEST((all.wake_at() == first + seconds{2}));
  all.goes_on(life_of(1, 1), now + milliseconds{5});
  BOOST_TEST((all.wake_at() == now + seconds{2}));
  all.done(life_of(2, 1));
  BOOST_TEST((all.wake_at() == now + milliseconds{2005}));
  all.done(life_of(1, 1));
  BOOST_TEST(!all.wake_at());
}

BOOST_AUTO_TEST_SUITE_END()
