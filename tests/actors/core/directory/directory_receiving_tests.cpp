#include <boost/test/unit_test.hpp>

#include "actors/core/directory/directory_limits.hpp"
#include "tests/actors/core/directory/single_model.hpp"
#include "tests/support/hex.hpp"
#include <cafmesh/errc.hpp>
#include <cafmesh/reachable.hpp>

using namespace cafmesh;
using namespace cafmesh::names;
using namespace cafmesh::test;
using std::chrono::hours;
using std::chrono::seconds;

namespace {

struct receiving : single_model {
  document writer{life_of(1, 1), "n1"};

  // Writes a new version. Returns the message with the changes since the
  // previous version.
  payload write(const std::string& name, std::uint64_t actor = 1) {
    const auto before = writer.have();
    writer.edit(name, entry_of(actor));
    writer.seal(writer.head().version + 1);
    return *writer.changes_for(before);
  }
  const document* known(unsigned peer = 1) const {
    return docs().find(life_of(peer, 1));
  }
  header head_of(unsigned peer, std::uint64_t version, std::uint64_t count,
                 fingerprint content) const {
    return {life_of(peer, 1), version, "", count, content};
  }
  bool passes_on(const payload& x) {
    auto result = news(x);
    BOOST_TEST_REQUIRE(!!result);
    return *result;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(directory_receiving_tests, receiving)

// -- messages

BOOST_AUTO_TEST_CASE(malformed_unicasts_are_errors_and_counted) {
  std::uint64_t count = 0;
  for (const char* x : {"", "00", "01", "06", "06ff", "ff", "02", "02ff",
                        "03ff", "04", "0400", "05"}) {
    BOOST_TEST(is(unicast(payload{hex(x)}), errc::malformed));
    BOOST_TEST(model.counters().malformed == ++count);
  }
  BOOST_TEST(!headers({}));
  BOOST_TEST(!ask(us));
  BOOST_TEST(!compare({}));
  BOOST_TEST(!unicast(encode_announcement(head_of(1, 1, 1, {1, 1}))));
  BOOST_TEST(model.counters().malformed == count);
}

BOOST_AUTO_TEST_CASE(gossip_is_a_part_or_an_outline) {
  std::uint64_t count = 0;
  for (const char* x :
       {"", "00", "03", "06", "06ff", "02", "02ff", "05", "05ff"}) {
    auto result = news(payload{hex(x)});
    BOOST_TEST_REQUIRE(!result);
    BOOST_TEST(is(result.error(), errc::malformed));
    BOOST_TEST(model.counters().malformed == ++count);
  }
  BOOST_TEST(!news(encode(pull{us, {}})));
  BOOST_TEST(!passes_on(payload{encode(outline{source, {}})}));
  BOOST_TEST(passes_on(write("a")));
}

// The former format has 2 as its first byte.
BOOST_AUTO_TEST_CASE(a_former_outline_is_malformed) {
  auto former = encode(outline{source, {}});
  former[0] = 2;
  auto result = news(payload{former});
  BOOST_TEST_REQUIRE(!result);
  BOOST_TEST(is(result.error(), errc::malformed));
  BOOST_TEST(is(unicast(payload{former}), errc::malformed));
}

BOOST_AUTO_TEST_CASE(news_are_passed_on_unless_they_are_older) {
  lives(1);
  const auto first = write("a"), second = write("b");
  BOOST_TEST(passes_on(first));
  BOOST_TEST(passes_on(second));
  BOOST_TEST(passes_on(second)); // others may lack it
  BOOST_TEST(!passes_on(first));
  BOOST_TEST((known()->head() == writer.head()));
  BOOST_TEST(asks_nobody());
  BOOST_TEST(!model.wake_at());
}

// -- headers

BOOST_AUTO_TEST_CASE(a_document_is_asked_for_once_its_life_is_known) {
  const auto x = head_of(1, 5, 3, {1, 1});
  news(x);
  BOOST_TEST(asks_nobody());
  BOOST_TEST(!known());
  model.life_appeared(life_of(1, 1), now);
  effects = model.take_effects();
  BOOST_TEST(asks(neighbour, life_of(1, 1), 0));
  // If the directory already knows the peer when the peer's header arrives, it
  // asks for the peer's names immediately, and only once.
  lives(2);
  BOOST_TEST(!headers({head_of(2, 5, 3, {1, 1})}));
  BOOST_TEST(asks(source, life_of(2, 1), 0));
  BOOST_TEST(!headers({head_of(2, 5, 3, {1, 1})}));
  BOOST_TEST(asks_nobody());
}

BOOST_AUTO_TEST_CASE(headers_of_256_unknown_lives_are_kept) {
  for (unsigned last : {1256u, 2257u}) {
    for (unsigned peer = last - (last == 1256 ? 255 : 256); peer <= last;
         ++peer)
      news(head_of(peer, 1, 0, {}));
    std::size_t kept = 0;
    for (unsigned peer = last - 256; peer <= last; ++peer) {
      lives(peer);
      kept += known(peer) != nullptr;
    }
    BOOST_TEST(kept == 256u);
    BOOST_TEST(!known(last - 256));
  }
}

BOOST_AUTO_TEST_CASE(a_document_without_names_needs_no_question) {
  lives(1);
  const auto x = head_of(1, 5, 0, {});
  news(x);
  BOOST_TEST(asks_nobody());
  BOOST_TEST(effects.describe);
  BOOST_TEST_REQUIRE(known());
  BOOST_TEST((known()->head() == x));
  BOOST_TEST(!known()->is_stripped());
  const std::vector<header> others{
    head_of(2, 5, 1, {}), head_of(3, 5, 0, {1, 2}), head_of(4, 5, 5, {})};
  for (const auto& other : others) {
    model.life_appeared(other.of, now);
    model.take_effects();
    news(other);
    BOOST_TEST(asks(neighbour, other.of, 0));
    BOOST_TEST(!docs().find(other.of));
  }
}

BOOST_AUTO_TEST_CASE(a_version_without_names_is_asked_for_if_there_were_some) {
  lives(1);
  news(write("a"));
  news(head_of(1, 5, 0, {}));
  BOOST_TEST(asks(neighbour, life_of(1, 1), 1));
  BOOST_TEST(known()->head().version == 1u);
}

BOOST_AUTO_TEST_CASE(a_header_of_the_same_content_is_adopted) {
  lives(1);
  news(write("a"));
  auto head = writer.head();
  head.version = 5;
  news(head);
  BOOST_TEST(asks_nobody());
  BOOST_TEST(known()->head().version == 5u);
  head.version = 4;
  news(head);
  BOOST_TEST(asks_nobody());
  BOOST_TEST(known()->head().version == 5u);
  head.version = 6;
  head.content = {1, 2};
  news(head);
  BOOST_TEST(asks(neighbour, life_of(1, 1), 5));
  BOOST_TEST(known()->head().version == 5u);
}

BOOST_AUTO_TEST_CASE(headers_beyond_a_limit_are_ignored_and_counted) {
  const wall_time date = earliest_wall_time + hours{24};
  model.set_date(date);
  const auto last = reachable(date, max_versions_per_second);
  for (unsigned peer : {1u, 2u})
    lives(peer);
  BOOST_TEST(!headers({head_of(1, last, max_names, {1, 1})}));
  BOOST_TEST(asks(source, life_of(1, 1), 0));
  BOOST_TEST(model.counters().beyond_limits == 0u);
  BOOST_TEST(!headers({head_of(2, last, max_names + 1, {1, 1})}));
  BOOST_TEST(model.counters().beyond_limits == 1u);
  BOOST_TEST(!headers({head_of(2, last + 1, max_names, {1, 1})}));
  BOOST_TEST(model.counters().beyond_limits == 2u);
  BOOST_TEST(asks_nobody());
  auto result = news(head_of(2, last + 1, 1, {1, 1}));
  BOOST_TEST_REQUIRE(!!result);
  BOOST_TEST(!*result);
  BOOST_TEST(model.counters().beyond_limits == 3u);
  BOOST_TEST(asks_nobody());
}

// -- parts

BOOST_AUTO_TEST_CASE(a_part_that_does_not_fit_leads_to_a_question) {
  lives(1);
  news(write("a"));
  write("b");
  BOOST_TEST(passes_on(write("c")));
  BOOST_TEST(asks(neighbour, life_of(1, 1), 1));
  BOOST_TEST(known()->head().version == 1u);
  // The answer has both changes, so the directory waits for nothing more.
  BOOST_TEST(!unicast(writer.part_for(known()->have())));
  BOOST_TEST((known()->head() == writer.head()));
  BOOST_TEST(!model.wake_at());
}

BOOST_AUTO_TEST_CASE(changes_that_arrive_otherwise_end_a_question) {
  lives(1);
  news(write("a"));
  const auto next = write("b");
  BOOST_TEST(!headers({writer.head()}));
  BOOST_TEST(asks(source, life_of(1, 1), 1));
  news(next);
  BOOST_TEST((known()->head() == writer.head()));
  BOOST_TEST(!model.wake_at());
}

BOOST_AUTO_TEST_CASE(changes_to_an_older_version_do_not_end_a_question) {
  lives(1);
  news(write("a"));
  const auto next = write("b");
  write("c");
  BOOST_TEST(!headers({writer.head()}));
  BOOST_TEST(asks(source, life_of(1, 1), 1));
  news(next);
  BOOST_TEST(known()->head().version == 2u);
  BOOST_TEST((model.wake_at() == now + seconds{2}));
  now += seconds{2};
  tick();
  BOOST_TEST(asks(source, life_of(1, 1), 2));
}

BOOST_AUTO_TEST_CASE(content_that_is_broken_is_asked_for_from_scratch) {
  lives(1);
  news(write("a"));
  write("b");
  auto lie = writer.head();
  lie.content = {1, 2};
  part_writer forged{lie, 1};
  const auto x = entry_of(1);
  forged.add_change("b", &x);
  BOOST_TEST(passes_on(forged.finish()));
  BOOST_TEST(model.counters().broken == 1u);
  BOOST_TEST(asks(neighbour, life_of(1, 1), 0));
  BOOST_TEST(known()->head().version == 1u);
  // The directory asks nobody for the names of a peer that it does not know.
  lie.of = life_of(2, 1);
  part_writer other{lie, 0};
  other.add_entry("b", x);
  BOOST_TEST(passes_on(other.finish("", std::nullopt)));
  BOOST_TEST(model.counters().broken == 2u);
  BOOST_TEST(asks_nobody());
  model.life_appeared(lie.of, now);
  BOOST_TEST(model.take_effects().unicasts.empty());
}

BOOST_AUTO_TEST_CASE(only_the_source_says_that_it_has_nothing_newer) {
  lives(1);
  news(write("a"));
  const auto old = encode_announcement(writer.head());
  write("b");
  BOOST_TEST(!headers({writer.head()}));
  BOOST_TEST(asks(source, life_of(1, 1), 1));
  news(old);
  BOOST_TEST(asks_nobody());
  BOOST_TEST(!unicast(old));
  BOOST_TEST(asks(number(1), life_of(1, 1), 1));
}

BOOST_AUTO_TEST_CASE(an_answer_that_does_not_come_is_asked_for_again) {
  lives(1);
  BOOST_TEST(!headers({head_of(1, 5, 3, {1, 1})}));
  BOOST_TEST(asks(source, life_of(1, 1), 0));
  now += seconds{2} - duration{1};
  tick();
  BOOST_TEST(asks_nobody());
  now += duration{1};
  tick();
  BOOST_TEST(asks(source, life_of(1, 1), 0));
  now += seconds{2};
  tick();
  BOOST_TEST(asks(source, life_of(1, 1), 0));
  now += seconds{2};
  tick();
  BOOST_TEST(asks(number(1), life_of(1, 1), 0));
}

BOOST_AUTO_TEST_SUITE_END()
