#include <boost/test/unit_test.hpp>

#include "actors/core/directory/directory_limits.hpp"
#include "tests/actors/core/directory/single_model.hpp"

using namespace cafmesh;
using namespace cafmesh::names;
using namespace cafmesh::test;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

// The state of a reader that claims to have version 99. No writer here has made
// that version, so the answer starts with the first name.
const progress nothing_known{99, {}, {}};

struct pages : single_model {
  document writer{life_of(1, 1), "n1"};

  pages() {
    lives(1);
  }
  void write(int first, int count, const interface_ptr& of = nullptr) {
    for (int i = first; i < first + count; ++i)
      writer.edit(std::to_string(100'000 + i), entry{1, of, nullptr});
    writer.seal(writer.head().version + 1);
  }
  // Tells the directory that `source` has the latest version of the writer's
  // names. Returns the question that the directory then asks.
  progress hear_of_it() {
    BOOST_TEST(!headers({writer.head()}));
    return question();
  }
  progress question() {
    const auto xs = asked();
    BOOST_TEST_REQUIRE(xs.size() == 1u);
    BOOST_TEST((xs[0].second.of == life_of(1, 1)));
    return xs[0].second.have;
  }
  // Returns the page that follows the first one in the answer to
  // `nothing_known`.
  payload second_page() const {
    document reader{life_of(1, 1)};
    reader.apply(*decode_part(writer.part_for(nothing_known).view()));
    return writer.part_for(reader.have());
  }
  const document* known() const {
    return docs().find(life_of(1, 1));
  }
};

payload with_header(const payload& x, const header& head) {
  const auto read = *decode_part(x.view());
  part_writer out{head, read.base};
  for (const auto& [name, what] : read.more->entries)
    out.add_entry(name, what);
  return out.finish(read.more->first, read.more->next);
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(directory_pages_tests, pages)

BOOST_AUTO_TEST_CASE(page_after_page_is_asked_for) {
  write(0, 16'000);
  auto have = hear_of_it();
  BOOST_TEST(have.version == 0u);
  int count = 1;
  for (;; ++count) {
    now += milliseconds{1500};
    BOOST_TEST_REQUIRE(
      !unicast(writer.part_for(count == 1 ? nothing_known : have)));
    if (known())
      break;
    BOOST_TEST((model.wake_at() == now + seconds{2}));
    have = question();
    BOOST_TEST(have.version == 1u);
    BOOST_TEST((have.content == writer.head().content));
    BOOST_TEST_REQUIRE(have.below.has_value());
  }
  BOOST_TEST(count > 2);
  BOOST_TEST(known()->entries().size() == 16'000u);
  BOOST_TEST((known()->head() == writer.head()));
  BOOST_TEST(effects.describe);
  BOOST_TEST(asks_nobody());
  BOOST_TEST(!model.wake_at());
  BOOST_TEST(effects.changes.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_page_that_ends_with_other_content_is_refused) {
  write(0, 10);
  hear_of_it();
  auto lie = writer.head();
  lie.content = {1, 2};
  BOOST_TEST(!unicast(with_header(writer.part_for(nothing_known), lie)));
  BOOST_TEST(model.counters().broken == 1u);
  BOOST_TEST(!known());
  BOOST_TEST(asks(number(1), life_of(1, 1), 0));
}

BOOST_AUTO_TEST_CASE(pages_that_do_not_follow_are_of_no_use) {
  write(0, 16'000);
  const auto second = second_page();
  hear_of_it();
  BOOST_TEST(!unicast(second));
  BOOST_TEST(asks_nobody());
  BOOST_TEST(!known());
  BOOST_TEST(!unicast(writer.part_for(nothing_known)));
  BOOST_TEST(question().below.has_value());
  BOOST_TEST(!unicast(second));
  BOOST_TEST(question().below.has_value());
  BOOST_TEST(model.counters().broken == 0u);
}

BOOST_AUTO_TEST_CASE(a_first_page_begins_anew) {
  write(0, 16'000);
  hear_of_it();
  const auto first = writer.part_for(nothing_known);
  BOOST_TEST(!unicast(first));
  const auto have = question();
  BOOST_TEST(!unicast(second_page()));
  BOOST_TEST(*question().below > *have.below);
  BOOST_TEST(!unicast(first));
  BOOST_TEST((question().below == have.below));
}

BOOST_AUTO_TEST_CASE(pages_that_were_not_asked_for_lead_to_no_question) {
  write(0, 16'000);
  const auto first = writer.part_for(nothing_known);
  BOOST_TEST(!unicast(first));
  // The directory asks `source` for all names, not for the page after `first`.
  BOOST_TEST(asks(source, life_of(1, 1), 0));
  // Eight other documents, the maximum, are being fetched through this
  // neighbour. So the directory does not ask for the writer's document.
  pages other;
  for (unsigned peer = 0; peer < 8; ++peer)
    other.lives(1 + peer == 1 ? 20 : 1 + peer);
  for (unsigned peer : {20u, 2u, 3u, 4u, 5u, 6u, 7u, 8u})
    other.headers({{life_of(peer, 1), 1, "", 3, {1, 1}}});
  BOOST_TEST(!other.headers({writer.head()}));
  BOOST_TEST(other.asks_nobody());
  BOOST_TEST(!other.unicast(first));
  BOOST_TEST(other.asks_nobody());
}

BOOST_AUTO_TEST_CASE(what_is_newer_than_the_answer_is_asked_for_next) {
  write(0, 10);
  hear_of_it();
  const auto first = writer.part_for(nothing_known);
  write(10, 1);
  BOOST_TEST(!headers({writer.head()}));
  BOOST_TEST(asks_nobody());
  now += seconds{1};
  BOOST_TEST(!unicast(first));
  BOOST_TEST(known()->head().version == 1u);
  BOOST_TEST((model.wake_at() == now + seconds{2}));
  const auto have = question();
  BOOST_TEST(have.version == 1u);
  BOOST_TEST((have.content == known()->head().content));
  BOOST_TEST(!unicast(writer.part_for(have)));
  BOOST_TEST((known()->head() == writer.head()));
  BOOST_TEST(!model.wake_at());
}

BOOST_AUTO_TEST_CASE(after_a_start_from_scratch_changes_suffice_again) {
  write(0, 10);
  hear_of_it();
  BOOST_TEST(!unicast(writer.part_for(nothing_known)));
  write(10, 1);
  auto lie = writer.head();
  lie.content = {1, 2};
  part_writer forged{lie, 1};
  forged.add_change("evil", nullptr);
  news(forged.finish());
  BOOST_TEST(asks(neighbour, life_of(1, 1), 0));
  const auto second = writer.part_for(nothing_known);
  write(11, 1);
  news(writer.head());
  BOOST_TEST(asks_nobody());
  BOOST_TEST(!unicast(second));
  BOOST_TEST(known()->head().version == 2u);
  BOOST_TEST(asks(neighbour, life_of(1, 1), 2));
}

BOOST_AUTO_TEST_CASE(what_was_dropped_meanwhile_is_asked_for_as_a_whole) {
  write(0, 10);
  hear_of_it();
  const auto first = writer.part_for(nothing_known);
  write(10, 1);
  BOOST_TEST(!headers({writer.head()}));
  BOOST_TEST(!unicast(first));
  BOOST_TEST(question().version == 1u);
  model.peer_left(number(1), now);
  now += milliseconds{1};
  for (unsigned peer = 1000; peer < 1000 + max_hidden; ++peer)
    news(part_writer{{life_of(peer, 1), 1, "", 0, {}}, 0}.finish("",
                                                                 std::nullopt));
  BOOST_TEST(!known());
  now += seconds{2};
  tick();
  BOOST_TEST(asks(source, life_of(1, 1), 0));
}

// -- limits

BOOST_AUTO_TEST_CASE(a_document_of_16384_names_is_taken_over) {
  write(0, static_cast<int>(max_names));
  hear_of_it();
  BOOST_TEST(!unicast(writer.part_for(nothing_known)));
  while (!known())
    BOOST_TEST_REQUIRE(!unicast(writer.part_for(question())));
  BOOST_TEST(known()->entries().size() == max_names);
  BOOST_TEST(!known()->is_stripped());
  BOOST_TEST(model.counters().beyond_limits == 0u);
}

BOOST_AUTO_TEST_CASE(a_document_with_more_names_than_it_says_is_not_kept) {
  write(0, 30'000);
  auto head = writer.head();
  head.count = max_names;
  BOOST_TEST(!headers({head}));
  question();
  auto page = writer.part_for(nothing_known);
  int count = 0;
  while (!known()) {
    BOOST_TEST_REQUIRE(!unicast(with_header(page, head)));
    if (!known())
      page = writer.part_for(question());
    BOOST_TEST_REQUIRE(++count < 10);
  }
  BOOST_TEST(known()->is_stripped());
  BOOST_TEST((known()->head() == head));
  BOOST_TEST(model.counters().beyond_limits == 1u);
  BOOST_TEST(asks_nobody());
  BOOST_TEST(!model.wake_at());
}

BOOST_AUTO_TEST_CASE(a_document_of_16_mib_is_taken_over_and_none_beyond) {
  for (std::size_t more : {0u, 1u}) {
    pages x;
    const auto interface = make_interface({std::string(7000, 's')});
    const auto one =
      entry_summary::digest_of("100000", {1, interface, nullptr}).bytes;
    const auto count = (max_document - 1000) / one;
    x.write(0, static_cast<int>(count), interface);
    const auto rest = max_document + more - count * one;
    const auto text = 7000 + rest - one;
    x.write(static_cast<int>(count), 1,
            make_interface({std::string(text, 's')}));
    BOOST_TEST_REQUIRE(x.writer.entries().summary().bytes
                       == max_document + more);
    x.hear_of_it();
    BOOST_TEST(!x.unicast(x.writer.part_for(nothing_known)));
    BOOST_TEST_REQUIRE(x.known());
    BOOST_TEST(x.known()->is_stripped() == (more > 0));
    BOOST_TEST(x.model.counters().beyond_limits == more);
    BOOST_TEST(x.asks_nobody());
    BOOST_TEST(!x.model.wake_at());
  }
}

BOOST_AUTO_TEST_CASE(content_that_was_dropped_is_fetched_again_later) {
  const auto interface = make_interface({std::string(8000, 's')});
  write(0, 2200, interface);
  hear_of_it();
  BOOST_TEST(!unicast(writer.part_for(nothing_known)));
  BOOST_TEST_REQUIRE(known());
  BOOST_TEST(known()->is_stripped());
  // A newer header of the same content must not be adopted, because the
  // directory no longer has the content.
  auto head = writer.head();
  head.version = 7;
  BOOST_TEST(!headers({head}));
  BOOST_TEST(asks(source, life_of(1, 1), 0));
  BOOST_TEST(!unicast(with_header(writer.part_for(nothing_known), head)));
  BOOST_TEST(asks_nobody());
  // Once a hidden document is dropped, there may be room for the content. The
  // directory must then ask for the content again.
  news(part_writer{{life_of(50, 1), 1, "", 0, {}}, 0}.finish("", std::nullopt));
  const auto due = now + minutes{5};
  BOOST_TEST((docs().wake_at() == due));
  now = due;
  tick();
  const auto xs = asked();
  BOOST_TEST_REQUIRE(xs.size() == 1u);
  BOOST_TEST((xs[0].first == number(1)));
  BOOST_TEST(xs[0].second.have.version == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
