#include "actors/core/directory/document.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/actors/core/directory/directory_simulation.hpp"

using namespace cafmesh;
using namespace cafmesh::names;
using namespace cafmesh::test;

// Tests of `document`, which holds the names that one peer publishes.
namespace {

// The state of a reader that claims to have version 99. No writer here has made
// that version, so the answer starts with the first name.
const progress nothing_known{99, {}, {}};

struct two_documents {
  document writer{life_of(1, 2), "node"};
  document reader{life_of(1, 2)};

  void write(const std::string& name, std::uint64_t actor) {
    writer.edit(name, entry_of(actor, {"signature"}));
    writer.seal(writer.head().version + 1);
  }
  void fill(int count) {
    for (int i = 0; i < count; ++i)
      writer.edit("name " + std::to_string(i), entry_of(1, {"signature"}));
    writer.seal(writer.head().version + 1);
  }
  // Returns a message with these changes from version 1 to the writer's
  // version.
  part part_of(std::vector<change> changes) const {
    return {writer.head(), 1, std::move(changes), std::nullopt};
  }
  document::outcome exchange() {
    auto message = writer.part_for(reader.have());
    size = message.size();
    auto read = decode_part(message.view());
    BOOST_TEST_REQUIRE(!!read);
    return reader.apply(*read);
  }
  int exchange_all() {
    int messages = 0;
    while (!(reader.is_complete() && reader.head() == writer.head())) {
      BOOST_TEST_REQUIRE((exchange() == document::outcome::applied));
      BOOST_TEST_REQUIRE(++messages < 1000);
    }
    BOOST_TEST(reader.entries().size() == writer.entries().size());
    return messages;
  }
  std::size_t size = 0;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(document_tests, two_documents)

BOOST_AUTO_TEST_CASE(a_reader_gets_the_changes_since_its_version) {
  fill(1000);
  exchange_all();
  write("new", 7);
  writer.edit("name 5", std::nullopt);
  writer.seal(9);
  BOOST_TEST(exchange_all() == 1);
  BOOST_TEST(size < 200u);
  BOOST_TEST(reader.entries().find("new")->actor == 7u);
  BOOST_TEST(!reader.entries().find("name 5"));
}

BOOST_AUTO_TEST_CASE(a_reader_without_the_document_gets_it_in_pages) {
  fill(10'000);
  BOOST_TEST(exchange_all() > 1);
}

BOOST_AUTO_TEST_CASE(a_transfer_goes_on_although_the_document_changes) {
  fill(10'000);
  BOOST_TEST((exchange() == document::outcome::applied));
  for (int i = 0; !reader.is_complete(); ++i) {
    write("a change " + std::to_string(i), 1);
    writer.edit("name 1", std::nullopt);
    write("z change " + std::to_string(i), 1);
    BOOST_TEST_REQUIRE((exchange() == document::outcome::applied));
    BOOST_TEST_REQUIRE(i < 20);
  }
  BOOST_TEST((reader.head() == writer.head()));
  BOOST_TEST(
    (reader.entries().summary().content == writer.entries().summary().content));
}

BOOST_AUTO_TEST_CASE(a_version_that_the_log_has_forgotten_leads_to_the_whole) {
  fill(10);
  exchange_all();
  for (int i = 0; i < 1000; ++i)
    write("name 3", static_cast<std::uint64_t>(i));
  BOOST_TEST(!writer.changes_for(reader.have()));
  exchange_all();
}

BOOST_AUTO_TEST_CASE(changes_on_top_of_other_content_change_nothing) {
  fill(10);
  exchange_all();
  reader.edit("name 3", entry_of(99)); // as if somebody had forged it
  reader.seal(writer.head().version);
  auto before = writer.have();
  write("new", 7);
  auto read = decode_part(writer.changes_for(before)->view());
  BOOST_TEST((reader.apply(*read) == document::outcome::broken));
  BOOST_TEST(!reader.entries().find("new"));
  // The writer's change log has no version with the reader's content, so the
  // reader gets everything.
  BOOST_TEST(!writer.changes_for(reader.have()));
  exchange_all();
}

BOOST_AUTO_TEST_CASE(a_part_for_another_version_does_not_fit) {
  fill(10);
  exchange_all();
  write("a", 1);
  auto before = writer.have();
  write("b", 1);
  auto read = decode_part(writer.changes_for(before)->view());
  BOOST_TEST((reader.apply(*read) == document::outcome::does_not_fit));
}

BOOST_AUTO_TEST_CASE(the_higher_version_takes_precedence_then_the_content) {
  header x{life_of(1, 2), 5, "n", 1, {1, 1}};
  auto y = x;
  BOOST_TEST(!supersedes(x, y));
  y.version = 6;
  BOOST_TEST(supersedes(y, x));
  BOOST_TEST(!supersedes(x, y));
  y = x;
  y.content = {1, 2};
  BOOST_TEST(supersedes(y, x));
  y = x;
  y.node = "m";
  BOOST_TEST(supersedes(x, y));
}

BOOST_AUTO_TEST_CASE(a_new_document_is_empty_and_complete) {
  BOOST_TEST((writer.head() == header{life_of(1, 2), 0, "node", 0, {}}));
  BOOST_TEST((reader.head() == header{life_of(1, 2), 0, "", 0, {}}));
  BOOST_TEST(writer.is_complete());
  BOOST_TEST(!writer.is_stripped());
  BOOST_TEST(!writer.has_edits());
  BOOST_TEST(writer.entries().empty());
}

BOOST_AUTO_TEST_CASE(a_version_seals_all_edits) {
  writer.edit("a", entry_of(1));
  writer.edit("b", entry_of(2));
  writer.edit("a", std::nullopt);
  BOOST_TEST(writer.has_edits());
  BOOST_TEST(writer.head().version == 0u);
  BOOST_TEST((writer.seal(7) == std::vector<std::string>{"a", "b", "a"}));
  BOOST_TEST(!writer.has_edits());
  entry_map expected;
  expected.set("b", entry_of(2));
  BOOST_TEST((
    writer.head()
    == header{life_of(1, 2), 7, "node", 1, expected.summary().content.hash()}));
  BOOST_TEST(writer.seal(8).empty());
}

BOOST_AUTO_TEST_CASE(the_bytes_of_a_document_are_entries_and_log) {
  const auto before = writer.bytes();
  writer.edit("a", entry_of(1));
  writer.seal(1);
  const auto log = before + before + sizeof(std::string) + 1;
  BOOST_TEST(writer.bytes() == writer.entries().summary().bytes + log);
}

BOOST_AUTO_TEST_CASE(a_part_does_not_fit_unless_its_base_and_range_do) {
  fill(10);
  exchange_all();
  write("new", 1);
  const auto fits = part_of({{"new", entry_of(1, {"signature"})}});
  auto x = fits;
  x.base = 0;
  BOOST_TEST((reader.apply(x) == document::outcome::does_not_fit));
  x.base = 0;
  x.changes.clear();
  BOOST_TEST((reader.apply(x) == document::outcome::does_not_fit));
  for (const char* first : {"", "name 5"}) {
    x = fits;
    x.more = part::range{first, std::nullopt, {}};
    BOOST_TEST((reader.apply(x) == document::outcome::does_not_fit));
    x.base = 0;
    BOOST_TEST((reader.apply(x) == document::outcome::does_not_fit));
    x.base = 1;
    x.changes.clear();
    BOOST_TEST((reader.apply(x) == document::outcome::does_not_fit));
  }
  BOOST_TEST(reader.head().version == 1u);
  BOOST_TEST((reader.apply(fits) == document::outcome::applied));
  BOOST_TEST((reader.head() == writer.head()));
}

BOOST_AUTO_TEST_CASE(count_and_content_have_to_be_those_of_the_header) {
  fill(10);
  exchange_all();
  write("new", 1);
  auto x = part_of({{"new", entry_of(1, {"signature"})}});
  ++x.head.count;
  BOOST_TEST((reader.apply(x) == document::outcome::broken));
  x.head = writer.head();
  x.head.content = {0, 1};
  BOOST_TEST((reader.apply(x) == document::outcome::broken));
  BOOST_TEST(!reader.entries().find("new"));
  BOOST_TEST(reader.head().version == 1u);
}

BOOST_AUTO_TEST_CASE(a_page_has_to_begin_where_the_last_one_ended) {
  fill(10'000);
  exchange();
  BOOST_TEST_REQUIRE(!reader.is_complete());
  const auto read = decode_part(writer.part_for(reader.have()).view());
  for (const char* first : {"", "name 1", "zzz"}) {
    auto x = *read;
    x.more->first = first;
    BOOST_TEST((reader.apply(x) == document::outcome::does_not_fit));
  }
  auto x = *read;
  x.more.reset();
  BOOST_TEST((reader.apply(x) == document::outcome::does_not_fit));
  x = *read;
  ++x.base;
  BOOST_TEST((reader.apply(x) == document::outcome::does_not_fit));
  BOOST_TEST((reader.apply(*read) == document::outcome::applied));
}

BOOST_AUTO_TEST_CASE(changes_lie_below_the_range_that_is_missing) {
  fill(10'000);
  exchange();
  const auto below = *reader.have().below;
  BOOST_TEST(reader.have().version == 1u);
  auto x = *decode_part(writer.part_for(reader.have()).view());
  x.changes = {{below, entry_of(7)}};
  BOOST_TEST((reader.apply(x) == document::outcome::broken));
  x.changes = {{below + "x", entry_of(7)}};
  BOOST_TEST((reader.apply(x) == document::outcome::broken));
  // The reader has the entries of all names before `below`. The writer sends
  // the new entry of `below` itself with the next page, not as a change.
  write(below, 7);
  x = *decode_part(writer.part_for(reader.have()).view());
  BOOST_TEST(x.changes.empty());
  BOOST_TEST(x.more->first == below);
  exchange_all();
  BOOST_TEST(reader.entries().find(below)->actor == 7u);
}

BOOST_AUTO_TEST_CASE(a_range_from_the_beginning_begins_anew) {
  fill(10);
  exchange_all();
  const auto old = reader.have();
  write("new", 1);
  exchange_all();
  BOOST_TEST(!!reader.changes_for(old));
  write("newer", 1);
  auto read = decode_part(part_writer{writer.head(), 0}.finish("", {}).view());
  BOOST_TEST((reader.apply(*read) == document::outcome::broken));
  read = decode_part(writer.part_for(nothing_known).view());
  BOOST_TEST(read->base == 0u);
  BOOST_TEST((reader.apply(*read) == document::outcome::applied));
  BOOST_TEST((reader.head() == writer.head()));
  // A reader that has applied the whole document no longer knows earlier
  // changes.
  BOOST_TEST(!reader.changes_for(old));
  BOOST_TEST(!!reader.changes_for(writer.have()));
}

BOOST_AUTO_TEST_CASE(changes_of_what_came_in_pages_are_not_known) {
  fill(10'000);
  exchange();
  const auto whole = writer.have();
  BOOST_TEST_REQUIRE(!reader.is_complete());
  write("zzz", 1); // lies in the range that is still missing
  exchange_all();
  BOOST_TEST(!reader.changes_for(whole));
  BOOST_TEST(!!writer.changes_for(whole));
}

BOOST_AUTO_TEST_CASE(a_reader_passes_changes_on) {
  fill(10);
  exchange_all();
  const auto before = reader.have();
  write("new", 1);
  exchange_all();
  BOOST_TEST((reader.changes_for(before) == writer.changes_for(before)));
}

BOOST_AUTO_TEST_CASE(a_stripped_document_keeps_its_header_only) {
  fill(10'000);
  exchange();
  BOOST_TEST_REQUIRE(!reader.is_complete());
  reader.strip(writer.head());
  BOOST_TEST(reader.is_stripped());
  BOOST_TEST(reader.is_complete());
  BOOST_TEST((reader.head() == writer.head()));
  BOOST_TEST(reader.bytes() == 0u);
  BOOST_TEST(!reader.changes_for(reader.have()));
  // A document without content cannot apply changes, but can be replaced by the
  // whole document.
  write("new", 1);
  auto x = part_of({{"new", entry_of(1, {"signature"})}});
  BOOST_TEST((reader.apply(x) == document::outcome::does_not_fit));
  BOOST_TEST(reader.is_stripped());
  BOOST_TEST((reader.apply(*decode_part(writer.part_for(nothing_known).view()))
              == document::outcome::applied));
  BOOST_TEST(!reader.is_stripped());
  exchange_all();
}

BOOST_AUTO_TEST_CASE(a_header_of_the_same_content_is_taken_over) {
  fill(10);
  exchange_all();
  auto head = reader.head();
  head.version = 30;
  reader.adopt(head);
  BOOST_TEST((reader.head() == head));
  BOOST_TEST(reader.entries().size() == 10u);
  BOOST_TEST(!!reader.changes_for(reader.have()));
}

BOOST_AUTO_TEST_CASE(the_size_of_an_answer_is_known_beforehand) {
  fill(100);
  const auto all = writer.entries().summary().bytes;
  BOOST_TEST(writer.size_of_part_for({}) == 100 * 64u);
  BOOST_TEST(writer.size_of_part_for(nothing_known) == all);
  auto have = writer.have();
  BOOST_TEST(writer.size_of_part_for(have) == 0u);
  write("one", 1);
  write("two", 1);
  BOOST_TEST(writer.size_of_part_for(have) == 128u);
  have.below = "name 5"; // also wants all names from here on
  BOOST_TEST(writer.size_of_part_for(have) == writer.entries().summary().bytes);
  fill(10'000);
  BOOST_TEST(writer.size_of_part_for(nothing_known) == max_message);
}

BOOST_AUTO_TEST_SUITE_END()
