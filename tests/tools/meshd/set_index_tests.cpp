#include "tools/meshd/mesh/set_index.hpp"

#include <boost/test/unit_test.hpp>

using namespace meshd;
using cafmesh::observed_remove_set;
using cafmesh::peer_uid;

// Tests of the copy of a watched set's elements, and of listing texts in pages.
namespace {

struct fixture {
  /// Merges a change into the set.
  /// @returns the part that was new
  observed_remove_set merge(const observed_remove_set& x) {
    return set.merge(x).value_or(observed_remove_set{});
  }
  observed_remove_set add(const std::string& x, int who = 1) {
    return merge(*set.add(x, peer_uid(who)));
  }
  observed_remove_set remove(const std::string& x) {
    return merge(set.remove(x));
  }
  /// The changes as one text, such as `+a -b`.
  std::string apply(const observed_remove_set& news) {
    std::string result;
    for (const auto& x : index.apply(set, news))
      result += (result.empty() ? "" : " ")
                + std::string{x.is_there ? "+" : "-"} + x.element;
    return result;
  }
  std::string page(const std::string& after = {}, std::size_t limit = 10) {
    std::string result;
    auto x = index.page(after, limit);
    for (const auto& each : x.texts)
      result += each + " ";
    return result + x.next.value_or("");
  }

  observed_remove_set set;
  set_index index;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(set_index_tests, fixture)

BOOST_AUTO_TEST_CASE(the_first_elements_are_no_changes) {
  add("a");
  add("b");
  BOOST_TEST(apply(set) == "");
  BOOST_TEST(page() == "a b ");
}

BOOST_AUTO_TEST_CASE(changes_are_listed_once) {
  apply(set);
  BOOST_TEST(apply(add("a")) == "+a");
  BOOST_TEST(apply(add("a", 2)) == "");
  BOOST_TEST(apply(add("b")) == "+b");
  BOOST_TEST(apply(remove("a")) == "-a");
  BOOST_TEST(apply(remove("a")) == "");
  BOOST_TEST(apply(add("a")) == "+a");
  BOOST_TEST(page() == "a b ");
}

BOOST_AUTO_TEST_CASE(changes_that_were_combined_are_found) {
  apply(set);
  for (auto x : {"a", "b", "c"})
    apply(add(x));
  auto news = remove("b");
  news.merge(add("d"));
  news.merge(add("e"));
  news.merge(remove("e"));
  news.merge(remove("c"));
  BOOST_TEST(apply(news) == "-b -c +d");
  BOOST_TEST(page() == "a d ");
}

BOOST_AUTO_TEST_CASE(a_whole_value_in_place_of_changes_is_compared) {
  for (auto x : {"a", "b", "c"})
    add(x);
  apply(set);
  remove("a");
  remove("c");
  add("z");
  BOOST_TEST(apply(set) == "-a -c +z");
  for (auto x : {"b", "z"})
    remove(x);
  BOOST_TEST(apply(set) == "-b -z");
  BOOST_TEST(page() == "");
}

BOOST_AUTO_TEST_CASE(what_is_no_text_is_not_shown) {
  apply(set);
  BOOST_TEST(apply(add("\xff")) == "");
  BOOST_TEST(apply(add("a")) == "+a");
  BOOST_TEST(page() == "a ");
  BOOST_TEST(apply(remove("\xff")) == "");
  BOOST_TEST(apply(remove("a")) == "-a");
}

BOOST_AUTO_TEST_CASE(what_no_path_can_name_is_not_shown) {
  const std::string longest(4096, 'x');
  apply(set);
  BOOST_TEST(apply(add("")) == "");
  BOOST_TEST(apply(add(longest + "x")) == "");
  BOOST_TEST(apply(add(longest)) == "+" + longest);
  BOOST_TEST(page({}, 1) == longest + " ");
  BOOST_TEST(apply(remove(longest + "x")) == "");
  BOOST_TEST(apply(remove("")) == "");
  BOOST_TEST(apply(remove(longest)) == "-" + longest);
  BOOST_TEST(page() == "");
}

BOOST_AUTO_TEST_CASE(a_page_is_limited_in_bytes) {
  for (int i = 10; i < 99; ++i)
    add(std::to_string(i) + std::string(4000, 'x'));
  apply(set);
  std::size_t texts = 0;
  std::string after;
  for (int pages = 1;; ++pages) {
    auto x = index.page(after, 1000);
    BOOST_TEST(x.texts.size() * 4002 <= 64u * 1024);
    texts += x.texts.size();
    if (!x.next)
      break;
    BOOST_REQUIRE(after < *x.next);
    after = *x.next;
  }
  BOOST_TEST(texts == 89u);
}

BOOST_AUTO_TEST_CASE(what_takes_more_room_in_json_counts_more) {
  for (int i = 10; i < 60; ++i)
    add(std::to_string(i) + std::string(4000, '\x01'));
  apply(set);
  BOOST_TEST(index.page({}, 1000).texts.size() == 2u);
}

BOOST_AUTO_TEST_CASE(pages_go_on_behind_a_text) {
  for (auto x : {"a", "b", "c"})
    add(x);
  apply(set);
  BOOST_TEST(page({}, 1) == "a a");
  BOOST_TEST(page("a", 2) == "b c ");
  BOOST_TEST(page("a", 1) == "b b");
  BOOST_TEST(page("c") == "");
}

BOOST_AUTO_TEST_CASE(pages_may_have_only_texts_with_a_prefix) {
  const std::set<std::string> all{"a", "b/", "b/1", "b/2", "c"};
  auto names = [&all](const std::string& prefix, const std::string& after) {
    return page_of(
             all, prefix, after, 10,
             [](const auto& x) -> const auto& { return x; })
      .texts;
  };
  using texts = std::vector<std::string>;
  BOOST_TEST((names("b/", "") == (texts{"b/", "b/1", "b/2"})));
  BOOST_TEST((names("b/", "b/1") == (texts{"b/2"})));
  BOOST_TEST((names("b/", "a") == (texts{"b/", "b/1", "b/2"})));
  BOOST_TEST((names("b/", "c") == texts{}));
}

BOOST_AUTO_TEST_CASE(a_page_looks_at_a_limited_number_of_texts) {
  std::set<std::string> all{"z"};
  for (int i = 0; i < 30'000; ++i)
    all.insert(std::to_string(i) + "\xff");
  auto page = [&all](const std::string& after) {
    return page_of(
      all, {}, after, 10, [](const auto& x) -> const auto& { return x; });
  };
  auto first = page({});
  BOOST_TEST(first.texts.empty());
  BOOST_REQUIRE(first.next);
  BOOST_TEST(page(*first.next).texts == std::vector<std::string>{"z"},
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
