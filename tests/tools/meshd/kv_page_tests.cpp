#include "tools/meshd/mesh/kv_page.hpp"

#include <boost/test/unit_test.hpp>

using namespace meshd;
using cafmesh::lww_map;

// Tests of listing the keys of meshd's key-value store page by page.
namespace {

struct fixture {
  lww_map map;

  void put(const std::string& key) {
    auto change =
      map.put(key, cafmesh::byte_view{}, cafmesh::peer_name::from_number(1));
    BOOST_REQUIRE(change);
    map.merge(*change);
  }

  std::vector<std::string> all_keys(std::size_t limit) {
    std::vector<std::string> result;
    std::string after;
    for (int pages = 0; pages < 100; ++pages) {
      auto page = page_of(map, "", after, limit);
      for (const auto& x : page.entries)
        result.push_back(x.key);
      if (!page.next)
        return result;
      after = *page.next;
    }
    BOOST_ERROR("there is always a next page");
    return result;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(kv_page_tests, fixture)

BOOST_AUTO_TEST_CASE(pages_have_each_key_once) {
  std::vector<std::string> expected;
  for (auto key : {"a", "b", "c", "d", "e"}) {
    put(key);
    expected.emplace_back(key);
  }
  for (std::size_t limit : {1u, 2u, 3u, 5u, 9u})
    BOOST_TEST(all_keys(limit) == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(keys_that_are_not_utf8_are_left_out_and_paging_goes_on) {
  for (auto key : {"a", "b\xff", "c", "d\xc3", "\xfe", "\xff"})
    put(key);
  const std::vector<std::string> expected{"a", "c"};
  for (std::size_t limit : {1u, 2u, 9u})
    BOOST_TEST(all_keys(limit) == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_page_of_a_prefix_has_no_other_keys) {
  for (auto key : {"a", "b/1", "b/2", "c"})
    put(key);
  auto page = page_of(map, "b/", "b/1", 10);
  BOOST_REQUIRE(page.entries.size() == 1u);
  BOOST_TEST(page.entries[0].key == "b/2");
  BOOST_TEST(!page.next);
}

BOOST_AUTO_TEST_CASE(a_page_looks_at_a_limited_number_of_keys) {
  for (int i = 0; i < 25'000; ++i)
    put(std::to_string(i) + "\xff");
  put("z");
  auto page = page_of(map, "", "", 10);
  BOOST_TEST(page.entries.empty());
  BOOST_TEST(page.next.has_value());
  BOOST_TEST(all_keys(10) == std::vector<std::string>{"z"},
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_page_of_keys_is_limited_in_bytes) {
  std::vector<std::string> expected;
  for (int i = 10; i < 60; ++i) {
    expected.push_back(std::to_string(i) + std::string(4000, 'x'));
    put(expected.back());
  }
  BOOST_TEST(page_of(map, "", "", 1000).entries.size() == 17u);
  BOOST_TEST(all_keys(1000) == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
