#include "actors/core/gossip/gathered_news.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/actors/core/gossip/text_data.hpp"

using namespace cafmesh;
using namespace cafmesh::test;
using namespace std::chrono_literals;

// Tests of when a node sends the gossip that it gathers for neighbours that
// have no other neighbours.
namespace {

constexpr std::size_t neighbours = 100;
constexpr auto interval = gathered_news::interval_per_neighbour * neighbours;

struct fixture {
  std::string take() {
    return text_of(news.take(neighbours, now));
  }

  gathered_news news;
  instant now = instant{} + 1h;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(gathered_news_tests, fixture)

BOOST_AUTO_TEST_CASE(nothing_is_taken_if_no_news_waits) {
  BOOST_TEST(!news.due_at());
  BOOST_TEST(take() == "nothing");
  news.add(nullptr);
  BOOST_TEST(!news.due_at());
}

BOOST_AUTO_TEST_CASE(the_first_news_is_due_at_once) {
  news.add(data("a"));
  BOOST_TEST((*news.due_at() <= now));
  BOOST_TEST(take() == "a");
  BOOST_TEST(take() == "nothing");
}

BOOST_AUTO_TEST_CASE(later_news_is_gathered_for_an_interval_per_neighbour) {
  news.add(data("a"));
  take();
  news.add(data("b"));
  BOOST_TEST((*news.due_at() == now + interval));
  now += interval - 1us;
  news.add(data("c"));
  BOOST_TEST(take() == "nothing");
  now += 1us;
  BOOST_TEST(take() == "bc");
  BOOST_TEST(!news.due_at());
}

BOOST_AUTO_TEST_CASE(after_a_pause_news_is_due_at_once_again) {
  news.add(data("a"));
  take();
  now += interval;
  news.add(data("b"));
  BOOST_TEST(take() == "b");
}

BOOST_AUTO_TEST_CASE(news_is_copied_once_however_much_is_gathered) {
  counted_text::copies = 0;
  for (int i = 0; i < 1000; ++i)
    news.add(replicated("x"));
  BOOST_TEST(counted_text::copies == 1);
  BOOST_TEST(news.take(neighbours, now)->encode().at(0).size() == 1000u);
}

BOOST_AUTO_TEST_SUITE_END()
