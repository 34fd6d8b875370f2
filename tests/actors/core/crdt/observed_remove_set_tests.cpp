#include <cafmesh/observed_remove_set.hpp>

#include <boost/test/unit_test.hpp>

#include "messages/wire/gob.hpp"
#include "tests/actors/core/crdt/replica_laws.hpp"
#include "tests/support/hex.hpp"
#include <cafmesh/errc.hpp>

using namespace cafmesh;
using namespace cafmesh::test;

namespace {

struct kind {
  static observed_remove_set fresh() {
    return {};
  }
  static observed_remove_set change(std::mt19937& rng,
                                    const observed_remove_set& from,
                                    std::size_t replica) {
    std::string element(1, static_cast<char>('a' + rng() % 6));
    if (rng() % 2 == 0)
      return from.remove(element);
    return *from.add(element, peer_uid{replica + 1});
  }
};

/// A message that claims that additions `first` to `last` were removed.
bytes forged_removal(std::uint64_t uid, std::uint64_t first,
                     std::uint64_t last) {
  bytes result{observed_remove_set_format};
  for (auto x :
       {uid, std::uint64_t{1}, first - 1, last - first, std::uint64_t{0}})
    wire::append_gob_uint(result, x);
  return result;
}

std::uint64_t limit_at(wall_time date) {
  return reachable(date, observed_remove_set::max_additions_per_second);
}

constexpr wall_time today = earliest_wall_time + std::chrono::hours{24 * 150};

/// Like `kind`, but a third of the changes are forged: they remove additions
/// with numbers below and above the highest number that replicas accept.
struct forging_kind : kind {
  static observed_remove_set change(std::mt19937& rng,
                                    const observed_remove_set& from,
                                    std::size_t replica) {
    if (rng() % 3 != 0)
      return kind::change(rng, from, replica);
    // The lowest forged number is far enough below the limit that an honest
    // addition can use a higher number.
    const std::uint64_t last[] = {limit_at(earliest_wall_time) - 100'000,
                                  limit_at(earliest_wall_time) + 1, INT64_MAX};
    auto message =
      forged_removal(1 + rng() % 4, 1 + rng() % 5, last[rng() % 3]);
    return *from.decode(message);
  }
};

struct replica {
  explicit replica(std::uint64_t number) : uid{number} {
    set.set_date(today);
  }

  observed_remove_set add(std::string_view element) {
    return apply(*set.add(element, uid));
  }
  observed_remove_set remove(std::string_view element) {
    return apply(set.remove(element));
  }
  void hear(const replica& other) {
    for (const auto& message : other.set.encode())
      hear(message.view());
  }
  void hear(byte_view message) {
    set.merge(*set.decode(message));
  }
  std::string text() const {
    std::string result;
    for (const auto& x : set.elements())
      result += (result.empty() ? "" : " ") + x.first;
    return result;
  }

  peer_uid uid;
  observed_remove_set set;

private:
  observed_remove_set apply(observed_remove_set delta) {
    set.merge(delta);
    return delta;
  }
};

std::size_t size_of(const observed_remove_set& x) {
  std::size_t result = 0;
  for (const auto& message : x.encode())
    result += message.size();
  return result;
}

} // namespace

BOOST_AUTO_TEST_SUITE(observed_remove_set_tests)

CAFMESH_REPLICA_LAWS(kind)

BOOST_AUTO_TEST_CASE(an_added_element_is_present_until_removed) {
  replica a{1}, b{2};
  a.add("x");
  a.add("y");
  b.hear(a);
  BOOST_TEST(b.text() == "x y");
  b.remove("x");
  a.hear(b);
  BOOST_TEST(a.text() == "y");
  BOOST_TEST(a.set.contains("y"));
  BOOST_TEST(!a.set.contains("x"));
}

BOOST_AUTO_TEST_CASE(a_removed_element_can_be_added_again) {
  replica a{1}, b{2};
  a.add("x");
  b.hear(a);
  b.remove("x");
  b.add("x");
  a.hear(b);
  BOOST_TEST(a.text() == "x");
}

BOOST_AUTO_TEST_CASE(a_concurrent_addition_survives_a_removal) {
  replica a{1}, b{2};
  a.add("x");
  b.hear(a);
  b.remove("x");
  a.add("x");
  a.hear(b);
  b.hear(a);
  BOOST_TEST(a.text() == "x");
  BOOST_TEST(b.text() == "x");
}

BOOST_AUTO_TEST_CASE(a_removal_covers_additions_of_several_peers) {
  replica a{1}, b{2}, c{3};
  a.add("x");
  b.add("x");
  c.hear(a);
  c.hear(b);
  c.remove("x");
  a.hear(c);
  b.hear(c);
  BOOST_TEST(a.text() + b.text() == "");
}

BOOST_AUTO_TEST_CASE(a_removal_may_arrive_before_the_addition) {
  replica a{1}, b{2};
  auto added = a.add("x");
  b.set.merge(a.remove("x"));
  b.set.merge(added);
  BOOST_TEST(b.text() == "");
}

BOOST_AUTO_TEST_CASE(a_replica_that_was_away_brings_nothing_back) {
  replica a{1}, away{2};
  a.add("x");
  away.hear(a);
  a.remove("x");
  for (int i = 0; i < 1000; ++i) {
    a.add("y");
    a.remove("y");
  }
  a.hear(away);
  BOOST_TEST(a.text() == "");
}

BOOST_AUTO_TEST_CASE(removed_elements_leave_no_more_than_a_range) {
  replica a{1};
  for (int i = 0; i < 10'000; ++i) {
    a.add(std::to_string(i));
    a.remove(std::to_string(i));
  }
  BOOST_TEST(size_of(a.set) < 12u);
}

BOOST_AUTO_TEST_CASE(removing_an_absent_element_changes_nothing) {
  replica a{1};
  BOOST_TEST(!a.set.merge(a.remove("x")));
  BOOST_TEST((a.set == observed_remove_set{}));
}

BOOST_AUTO_TEST_CASE(replicas_agree_on_a_dot_forged_for_two_elements) {
  replica a{1}, b{1};
  a.add("x");
  b.add("y");
  BOOST_TEST((merged(a.set, b.set) == merged(b.set, a.set)));
  BOOST_TEST(merged(a.set, b.set).size() == 1u);
}

BOOST_AUTO_TEST_CASE(news_of_a_forged_dot_reaches_others_when_encoded) {
  replica a{1}, b{1}, c{1};
  a.add("x");
  b.add("y");
  c.add("x");
  auto news = a.set.merge(b.set);
  BOOST_TEST_REQUIRE(!!news);
  for (const auto& message : news->encode())
    c.hear(message.view());
  BOOST_TEST(c.text() == "y");
}

// -- forged numbers

BOOST_AUTO_TEST_SUITE(among_members_that_forge_removals)
CAFMESH_REPLICA_LAWS(forging_kind)
BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_CASE(numbers_that_nobody_can_have_reached_are_ignored) {
  replica a{1};
  a.add("x");
  for (auto last : {limit_at(today) + 1, std::uint64_t{INT64_MAX}})
    a.hear(forged_removal(1, 1, last));
  BOOST_TEST(a.text() == "x");
  a.add("y");
  BOOST_TEST((*a.set.elements().at("y").begin()).number == 2u);
  BOOST_TEST(size_of(a.set) < 20u);
}

BOOST_AUTO_TEST_CASE(honest_elements_beside_forged_numbers_are_kept) {
  // The message covers all additions of UID 9, from 1 to the highest possible
  // number. Only addition 2 is still present.
  auto message = hex("01 09 01 00 f87ffffffffffffffe 01 020178");
  replica a{1};
  a.hear(message);
  BOOST_TEST(a.text() == "x");
  BOOST_TEST(to_hex(a.set.encode()[0].view())
             == to_hex(hex("01 09 01 0100 01 020178")));
}

BOOST_AUTO_TEST_CASE(the_greatest_number_accepted_keeps_no_peer_from_adding) {
  replica a{1}, b{2};
  a.add("x");
  for (int i = 1; i <= 10; ++i) {
    auto date = today + std::chrono::seconds{i};
    for (auto x : {&a, &b}) {
      x->hear(forged_removal(1, 1, limit_at(date - std::chrono::seconds{1})));
      BOOST_TEST(x->text() == "");
    }
    // This addition must work at `a` within the same second. In the next
    // second, all replicas must accept it.
    a.add("x");
    BOOST_TEST(a.text() == "x");
    for (auto x : {&a, &b})
      x->set.set_date(date);
    b.hear(a);
    BOOST_TEST(b.text() == "x");
    a.hear(b);
    BOOST_TEST(a.text() == "x");
  }
}

BOOST_AUTO_TEST_CASE(a_set_whose_date_was_ahead_recovers_once_it_is_right) {
  replica a{1}, b{2};
  a.add("kept");
  auto ahead = today + std::chrono::hours{24 * 365};
  a.set.set_date(ahead);
  a.hear(forged_removal(1, 2, limit_at(ahead)));
  a.add("too late");
  a.set.set_date(today);
  BOOST_TEST(a.text() == "kept");
  a.add("x");
  b.hear(a);
  BOOST_TEST(b.text() == "kept x");
}

// -- limits and bytes

BOOST_AUTO_TEST_CASE(additions_have_limits) {
  observed_remove_set x;
  std::string element(observed_remove_set::max_element_size, 'e');
  BOOST_TEST(bool(x.add(element, peer_uid{1})));
  element.push_back('e');
  BOOST_TEST(is(x.add(element, peer_uid{1}).error(), errc::too_large));
  BOOST_TEST(is(x.add("e", peer_uid::none).error(), errc::unknown_peer));
}

BOOST_AUTO_TEST_CASE(the_encoding_is_as_documented) {
  replica a{9};
  for (auto text : {"a", "b", "c", "d"})
    a.add(text);
  a.remove("b");
  // The bytes cover additions 1 to 4 of UID 9. Of these, 1, 3 and 4 are still
  // present, with the elements a, c and d.
  BOOST_TEST(to_hex(a.set.encode()[0].view())
             == to_hex(hex("01 09 01 0003 03 010161 020163 010164")));
}

BOOST_AUTO_TEST_CASE(other_bytes_are_malformed) {
  for (auto text :
       {"", "02", "01 00 01 0000 00",        // empty; bad version; no UID
        "01 09 01 0000 00 09 01 0000 00",    // the same UID twice
        "01 09 00 00",                       // no range
        "01 09 02 0000 0000 00",             // ranges that touch
        "01 09 01 f87fffffffffffffff 00 00", // too great a number
        "01 09 01 00 f87fffffffffffffff 00",
        "01 09 02 00 f87ffffffffffffffe 0100 00",
        "01 09 01 0001 01 000161", // a distance of 0
        "01 09 01 0001 01 030161", // present but not known
        "01 09 01 0001 01 f8ffffffffffffffff 0161", "01 09 01 0001 02 010161"})
    BOOST_TEST(
      is(observed_remove_set{}.decode(hex(text)).error(), errc::malformed),
      text);
}

BOOST_AUTO_TEST_CASE(oversized_input_is_refused) {
  // An element of 65,537 bytes.
  auto input = hex("01 09 01 0000 01 01 fd010001");
  input.insert(input.end(), observed_remove_set::max_element_size + 1, 'e');
  BOOST_TEST(is(observed_remove_set{}.decode(input).error(), errc::too_large));
  BOOST_TEST(is(observed_remove_set{}.decode(bytes(2 * 1024 * 1024)).error(),
                errc::too_large));
}

// A message is full once it exceeds 512 KiB. A range counts as 40 bytes, and an
// element as 16 bytes plus its own size.
BOOST_AUTO_TEST_CASE(a_message_is_full_at_its_limit_and_not_before) {
  constexpr std::size_t count = 100;
  constexpr std::size_t room = 512 * 1024 - 40 - 16 * count;
  auto messages_with = [](std::size_t size) {
    replica a{1};
    for (std::size_t i = 100; i < 100 + count - 1; ++i)
      a.add(std::to_string(i) + std::string(4997, 'x'));
    a.add(std::string(size, 'y'));
    a.add("one more");
    return a.set.encode().size();
  };
  constexpr auto rest = room - 5000 * (count - 1);
  BOOST_TEST(messages_with(rest) == 1u);
  BOOST_TEST(messages_with(rest + 1) == 2u);
}

BOOST_AUTO_TEST_CASE(large_sets_need_several_messages) {
  replica a{1}, b{2};
  auto padding = std::string(1000, 'x');
  for (int i = 0; i < 3000; ++i)
    a.add(padding + std::to_string(i));
  for (int i = 0; i < 3000; i += 3)
    a.remove(padding + std::to_string(i));
  auto messages = a.set.encode();
  BOOST_TEST(messages.size() > 2u);
  for (auto i = messages.rbegin(); i != messages.rend(); ++i) {
    BOOST_TEST(i->size() < 1024u * 1024);
    b.set.merge(*observed_remove_set{}.decode(i->view()));
  }
  BOOST_TEST((a.set == b.set));
  BOOST_TEST(b.set.size() == 2000u);
}

BOOST_AUTO_TEST_CASE(numbers_up_to_a_second_ahead_stay_when_the_date_is_set) {
  using std::chrono::seconds;
  replica a{1};
  a.set.set_date(today + seconds{2});
  a.hear(forged_removal(1, 1, limit_at(today + seconds{1})));
  a.hear(forged_removal(2, 1, limit_at(today + seconds{1}) + 1));
  const auto before = size_of(a.set);
  a.set.set_date(today);
  replica b{1};
  b.set.set_date(today + seconds{2});
  b.hear(forged_removal(1, 1, limit_at(today + seconds{1})));
  BOOST_TEST((a.set == b.set));
  BOOST_TEST(size_of(a.set) < before);
}

BOOST_AUTO_TEST_CASE(ranges_without_elements_fill_messages_too) {
  // The message lists 14,000 removed additions whose numbers have gaps between
  // them.
  bytes message{observed_remove_set_format, 9};
  wire::append_gob_uint(message, 14'000);
  for (int i = 0; i < 14'000; ++i)
    message.insert(message.end(), {1, 0});
  message.push_back(0);
  replica a{1};
  a.hear(message);
  BOOST_TEST(a.set.encode().size() == 2u);
}

BOOST_AUTO_TEST_CASE(the_greatest_number_is_that_of_a_signed_integer) {
  auto is_read = [](const char* digits) {
    return !!observed_remove_set{}.decode(hex(digits));
  };
  BOOST_TEST(is_read("01 09 01 00 f87ffffffffffffffe 00"));
  BOOST_TEST(!is_read("01 09 01 00 f87fffffffffffffff 00"));
  BOOST_TEST(is_read("01 09 01 f87ffffffffffffffe 00 00"));
  BOOST_TEST(!is_read("01 09 01 f87fffffffffffffff 00 00"));
}

BOOST_AUTO_TEST_SUITE_END()
