#include "tools/meshd/mesh/kv_changes.hpp"

#include <boost/test/unit_test.hpp>

using namespace meshd;
using cafmesh::lww_map;

// Tests of what meshd tells its clients about changes to the key-value store.
namespace {

const auto us = cafmesh::peer_name::from_number(1);

struct fixture {
  lww_map put(const std::string& key, const std::string& value) {
    auto change = *now.put(key, cafmesh::byte_view{value}, us);
    now.merge(change);
    return change;
  }
  lww_map erase(const std::string& key) {
    auto change = *now.erase(key, us);
    now.merge(change);
    return change;
  }
  std::string changes(const lww_map& news) const {
    std::string result;
    for (const auto& x : changes_since(before, now, news))
      result += (x.etag.empty()       ? "-"
                 : x.old_etag.empty() ? "+"
                                      : "=")
                + x.key + " ";
    return result;
  }

  lww_map before{std::chrono::seconds{1}};
  lww_map now{std::chrono::seconds{1}};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(kv_changes_tests, fixture)

BOOST_AUTO_TEST_CASE(news_are_compared_with_the_state_before) {
  put("k", "v");
  put("l", "v");
  before = now;
  auto news = put("k", "w");
  news.merge(erase("l"));
  news.merge(put("m", "v"));
  BOOST_TEST(changes(news) == "=k -l +m ");
  before = now;
  BOOST_TEST(changes(news) == "");
}

// The map forgets its tombstones after a second.
BOOST_AUTO_TEST_CASE(forgotten_deletions_are_told_if_the_news_are_the_map) {
  const cafmesh::instant start{std::chrono::hours{1}};
  now.advance(start);
  put("k", "v");
  put("l", "v");
  before = now;
  erase("l");
  put("m", "v");
  BOOST_TEST(changes(now) == "-l +m ");
  now.advance(start + std::chrono::seconds{5});
  BOOST_REQUIRE(now.tombstones() == 0u);
  BOOST_TEST(changes(now) == "+m -l ");
}

BOOST_AUTO_TEST_SUITE_END()
