#include "actors/core/directory/directory_messages.hpp"

#include <algorithm>
#include <climits>
#include <functional>

#include <boost/test/unit_test.hpp>

#include "tests/actors/core/directory/directory_simulation.hpp"
#include "tests/support/hex.hpp"
#include <cafmesh/errc.hpp>

using namespace cafmesh;
using namespace cafmesh::names;
using namespace cafmesh::test;

namespace {

header some_header() {
  return {life_of(7, 9), 5, "node", 2, {1, 2}};
}

} // namespace

BOOST_AUTO_TEST_SUITE(directory_messages_tests)

BOOST_AUTO_TEST_CASE(a_part_survives_encoding) {
  part_writer out{some_header(), 4};
  auto typed = entry_of(300, {"x", "y"}, {{"zone", "a"}});
  BOOST_TEST(out.add_change("gone", nullptr));
  BOOST_TEST(out.add_change("new", &typed));
  BOOST_TEST(out.add_entry("p", entry_of(1)));
  BOOST_TEST(out.add_entry("q", entry_of(2, {"x", "y"})));
  auto read = decode_part(out.finish("p", "r").view());
  BOOST_TEST_REQUIRE(!!read);
  BOOST_TEST((read->head == some_header()));
  BOOST_TEST(read->base == 4u);
  BOOST_TEST_REQUIRE(read->changes.size() == 2u);
  BOOST_TEST(!read->changes[0].now);
  BOOST_TEST((*read->changes[1].now == typed));
  BOOST_TEST_REQUIRE(read->more.has_value());
  BOOST_TEST((read->more->entries[1].second == entry_of(2, {"x", "y"})));
  BOOST_TEST((*read->more->next == "r"));
  BOOST_TEST((read->more->entries[1]
                .second.interface == read->changes[1].now->interface));
}

BOOST_AUTO_TEST_CASE(an_announcement_has_the_documented_bytes) {
  BOOST_TEST(to_hex(encode_announcement(some_header()).view())
             == "05"
                "06000000000007"
                "09"
                "05"
                "046e6f6465"
                "02"
                "0000000000000001"
                "0000000000000002"
                "05"
                "00"
                "00"
                "00");
}

BOOST_AUTO_TEST_CASE(a_pull_survives_encoding) {
  for (auto below :
       {std::optional<std::string>{}, std::optional{std::string{"k"}}}) {
    auto read =
      decode_pull(encode(pull{life_of(1, 2), {3, {4, 5}, below}}).view());
    BOOST_TEST_REQUIRE(!!read);
    BOOST_TEST((read->of == life_of(1, 2)));
    BOOST_TEST(read->have.version == 3u);
    BOOST_TEST((read->have.content == fingerprint{4, 5}));
    BOOST_TEST((read->have.below == below));
  }
}

BOOST_AUTO_TEST_CASE(cut_off_messages_are_malformed) {
  part_writer out{some_header(), 4};
  auto typed = entry_of(300, {"x", "y"}, {{"zone", "a"}});
  out.add_change("new", &typed);
  out.add_entry("p", entry_of(1));
  auto whole = out.finish("p", std::nullopt);
  for (std::size_t size = 0; size < whole.size(); ++size)
    BOOST_TEST(!decode_part(whole.view().sub(0, size)));
  BOOST_TEST(!!decode_part(whole.view()));
}

BOOST_AUTO_TEST_CASE(names_that_do_not_ascend_are_malformed) {
  for (auto [first, second] : {std::pair{"b", "a"}, std::pair{"a", "a"}}) {
    part_writer changes{some_header(), 4};
    changes.add_change(first, nullptr);
    changes.add_change(second, nullptr);
    BOOST_TEST(!decode_part(changes.finish().view()));
    part_writer entries{some_header(), 0};
    entries.add_entry(first, entry_of(1));
    entries.add_entry(second, entry_of(1));
    BOOST_TEST(!decode_part(entries.finish("", std::nullopt).view()));
  }
}

BOOST_AUTO_TEST_CASE(entries_outside_of_their_range_are_malformed) {
  part_writer before{some_header(), 0};
  before.add_entry("a", entry_of(1));
  BOOST_TEST(!decode_part(before.finish("b", std::nullopt).view()));
  part_writer behind{some_header(), 0};
  behind.add_entry("c", entry_of(1));
  BOOST_TEST(!decode_part(behind.finish("b", "c").view()));
}

BOOST_AUTO_TEST_CASE(entries_beyond_their_limits_are_malformed) {
  for (const auto& x :
       {entry_of(1, {std::string(max_interface + 1, 'x')}),
        entry_of(1, {}, {{std::string(max_attribute_key + 1, 'k'), "v"}}),
        entry_of(1, {}, {{"k", std::string(max_attribute_value + 1, 'v')}})}) {
    part_writer out{some_header(), 0};
    out.add_entry("a", x);
    BOOST_TEST(!decode_part(out.finish("", std::nullopt).view()));
    BOOST_TEST(is(check_entry("a", x), errc::too_large));
  }
  BOOST_TEST(is(check_entry("", entry_of(1)), errc::bad_setting));
  BOOST_TEST(
    is(check_entry(std::string(256, 'n'), entry_of(1)), errc::too_large));
  BOOST_TEST(!check_entry(std::string(255, 'n'), entry_of(1)));
}

BOOST_AUTO_TEST_CASE(a_writer_stops_at_the_limit_of_a_message) {
  part_writer out{some_header(), 0};
  int count = 0;
  auto name = [](int i) {
    return std::to_string(100'000 + i);
  };
  while (out.add_entry(name(count), entry_of(1, {"signature"})))
    ++count;
  auto message = out.finish("", name(count));
  BOOST_TEST(message.size() <= max_message);
  BOOST_TEST(message.size() > max_message - 1024);
  auto read = decode_part(message.view());
  BOOST_TEST_REQUIRE(!!read);
  BOOST_TEST(read->more->entries.size() == static_cast<std::size_t>(count));
}

BOOST_AUTO_TEST_CASE(messages_beyond_the_limit_are_refused) {
  bytes large(max_message + 1, 0);
  large[0] = 3;
  BOOST_TEST(is(decode_headers(large).error(), errc::too_large));
  large[0] = 5;
  BOOST_TEST(is(decode_part(large).error(), errc::too_large));
}

BOOST_AUTO_TEST_CASE(no_message_of_a_writer_exceeds_the_limit) {
  const std::string longest(max_name, 'z');
  attribute_map attributes;
  for (std::size_t i = 0; i < max_attributes; ++i)
    attributes[std::to_string(i)] = std::string(max_attribute_value, 'v');
  const std::vector<std::function<entry(int)>> kinds{
    [](int) { return entry_of(1); },
    [&](int) { return entry_of(1, {}, attributes); },
    [](int i) {
      return entry_of(1, {std::to_string(i) + std::string(8000, 's')});
    }};
  for (const auto& make : kinds)
    for (int changes : {0, 4, INT_MAX}) {
      part_writer out{some_header(), 4};
      std::size_t largest = 0;
      int count = 0;
      for (bool has_room = true; has_room; ++count) {
        const auto before = out.finish(longest, longest);
        const auto x = make(count);
        const auto name = std::to_string(100'000 + count);
        has_room =
          count < changes ? out.add_change(name, &x) : out.add_entry(name, x);
        const auto after = out.finish(longest, longest);
        largest = std::max(largest, after.size() - before.size());
        BOOST_TEST_REQUIRE((has_room || after == before));
        BOOST_TEST_REQUIRE(after.size() <= max_message);
      }
      BOOST_TEST(out.finish(longest, longest).size() + largest + 64
                 > max_message);
    }
}

BOOST_AUTO_TEST_CASE(a_writer_leaves_room_for_counts_and_two_names) {
  // Fills a message with the names of entries that were removed. A name of n
  // bytes takes n + 2 bytes.
  auto fill = [](std::size_t size) {
    part_writer out{some_header(), 4};
    auto rest = size - (out.finish().size() - 3);
    bool has_room = true;
    for (int count = 0; rest > 0; ++count) {
      const auto next = rest > 203 ? 102 : rest > 110 ? rest / 2 : rest;
      auto name = std::to_string(10'000 + count);
      name.resize(next - 2, '-');
      BOOST_TEST_REQUIRE(has_room);
      has_room = out.add_change(name, nullptr);
      rest -= next;
    }
    return has_room;
  };
  constexpr auto most = max_message - 64 - 2 * max_name;
  BOOST_TEST(fill(most));
  BOOST_TEST(!fill(most + 1));
}

BOOST_AUTO_TEST_SUITE_END()
