#include <algorithm>
#include <memory>
#include <optional>
#include <string>

#include <boost/test/unit_test.hpp>

#include <cafmesh/detail/gathered_changes.hpp>
#include <cafmesh/lww_map.hpp>
#include <cafmesh/observed_remove_set.hpp>

using namespace cafmesh;

// Tests of changes that are merged while they wait for a disk or a watcher.
namespace {

const auto us = peer_name::from_number(1);

/// A value that does not report its size.
struct unmeasured {
  std::optional<unmeasured> merge(const unmeasured& other) {
    text = std::max(text, other.text);
    return *this;
  }

  std::string text;
};

template <class V>
std::shared_ptr<const V> shared(const V& x) {
  return std::make_shared<const V>(x);
}

lww_map with(const std::string& value, std::uint64_t clock) {
  lww_map result;
  for (std::uint64_t i = 0; i < clock; ++i)
    result.merge(*result.put("k", byte_view{value}, us));
  return result;
}

std::string text(const lww_map& x) {
  const auto* found = x.find("k");
  return found ? std::string{found->value.view().as_text()} : "-";
}

} // namespace

BOOST_AUTO_TEST_SUITE(gathered_changes_tests)

BOOST_AUTO_TEST_CASE(changes_are_merged_and_taken_once) {
  replication::gathered_changes<lww_map> x;
  BOOST_TEST(x.empty());
  lww_map whole;
  for (auto key : {"k", "l"}) {
    auto change = *whole.put(key, byte_view{"v"}, us);
    whole.merge(change);
    x.add(change, whole);
  }
  BOOST_TEST(!x.empty());
  BOOST_TEST(!x.is_whole());
  const auto all = shared(whole);
  const auto taken = x.take(all);
  BOOST_TEST((taken != all));
  BOOST_TEST(taken->size() == 2u);
  BOOST_TEST(x.empty());
}

BOOST_AUTO_TEST_CASE(earlier_changes_do_not_hide_later_ones) {
  const auto later = with("later", 2);
  replication::gathered_changes<lww_map> x;
  x.add(later, later);
  x.add_earlier(with("earlier", 1), later);
  BOOST_TEST(text(*x.take(nullptr)) == "later");
  x.add_earlier(with("earlier", 1), later);
  BOOST_TEST(text(*x.take(nullptr)) == "earlier");
}

// Once all elements are removed, the value is a single range of numbers. But
// the merged changes, which remove every other element, need a range for each
// element.
BOOST_AUTO_TEST_CASE(changes_that_exceed_the_value_are_replaced_by_it) {
  constexpr int count = 6000;
  using or_set = observed_remove_set;
  or_set value;
  for (int i = 0; i < count; ++i)
    value.merge(*value.add(std::to_string(i), peer_uid{1}));
  for (int i = 0; i < count; i += 2)
    value.merge(value.remove(std::to_string(i)));
  replication::gathered_changes<or_set> x;
  std::size_t merged = 0;
  or_set all;
  for (int i = 1; i < count; i += 2) {
    const auto found = value.merge(value.remove(std::to_string(i)));
    BOOST_TEST_REQUIRE(found.has_value());
    all.merge(*found);
    x.add(*found, value);
    if (x.is_whole())
      continue;
    ++merged;
    BOOST_TEST_REQUIRE(all.memory() <= std::max(value.memory(), x.least_limit));
  }
  BOOST_TEST(merged > 1000u);
  BOOST_TEST(all.memory() > 100 * value.memory());
  BOOST_TEST(x.is_whole());
  const auto whole = shared(value);
  BOOST_TEST((x.take(whole) == whole));
  BOOST_TEST(x.empty());
  BOOST_TEST(!x.is_whole());
}

BOOST_AUTO_TEST_CASE(nothing_is_gathered_once_the_whole_value_is_due) {
  const auto some = with("v", 1);
  replication::gathered_changes<lww_map> x;
  x.add(some, some);
  x.add_whole();
  x.add(some, some);
  x.add_earlier(some, some);
  const auto whole = shared(some);
  BOOST_TEST((x.take(whole) == whole));
  BOOST_TEST(x.empty());
}

// Changes are kept although they are larger than the value, if they take less
// than `least_limit` or if their type does not report its size.
BOOST_AUTO_TEST_CASE(small_changes_may_exceed_the_value) {
  const auto some = with(std::string(60'000, 'v'), 1);
  replication::gathered_changes<lww_map> x;
  x.add(some, lww_map{});
  BOOST_TEST(!x.is_whole());
  x.add(with(std::string(70'000, 'v'), 2), lww_map{});
  BOOST_TEST(x.is_whole());
  replication::gathered_changes<unmeasured> other;
  other.add({std::string(1'000'000, 'v')}, unmeasured{});
  BOOST_TEST(!other.is_whole());
}

BOOST_AUTO_TEST_SUITE_END()
