#include "actors/core/directory/document.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/actors/core/directory/directory_simulation.hpp"

using namespace cafmesh;
using namespace cafmesh::names;
using namespace cafmesh::test;

// Tests of how a reader's copy of a document follows its writer's.
namespace {

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
  // The writer's log lacks the reader's content, so the reader gets everything.
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

BOOST_AUTO_TEST_SUITE_END()
