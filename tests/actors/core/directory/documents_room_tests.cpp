#include <map>

#include <boost/test/unit_test.hpp>

#include "actors/core/directory/directory_limits.hpp"
#include "tests/actors/core/directory/some_documents.hpp"

// Tests of which documents a directory drops when all of them together take too
// much memory.
using namespace cafmesh;
using namespace cafmesh::names;
using namespace cafmesh::test;
using std::chrono::seconds;

namespace {

constexpr std::size_t kib = 1024, mib = 1024 * kib;
constexpr std::size_t some_text = 100'000;

entry entry_with(std::size_t text) {
  static std::map<std::size_t, interface_ptr> all;
  auto& interface = all[text];
  if (!interface)
    interface = make_interface({std::string(text, 's')});
  return {1, interface, nullptr};
}

document with_text(life of, std::size_t text) {
  document result{of};
  result.edit("x", entry_with(text));
  result.seal(1);
  return result;
}

// Returns a document of exactly `bytes` bytes, which must be at least 100 KiB.
document sized(unsigned peer, std::size_t bytes) {
  static const auto others = with_text(us, some_text).bytes() - some_text;
  auto result = with_text(life_of(peer, 1), bytes - others);
  BOOST_TEST_REQUIRE(result.bytes() == bytes);
  return result;
}

struct large_documents : some_documents {
  void show(unsigned peer, std::size_t bytes) {
    docs.life_appeared(life_of(peer, 1), now);
    docs.replace(sized(peer, bytes), now);
  }
  bool is_stripped(unsigned peer) const {
    return docs.find(life_of(peer, 1))->is_stripped();
  }
  std::size_t stripped() const {
    std::size_t result = 0;
    for (unsigned peer = 0; peer < 200; ++peer)
      if (docs.find(life_of(peer, 1)))
        result += is_stripped(peer);
    return result;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(documents_room_tests, large_documents)

// -- one document

BOOST_AUTO_TEST_CASE(a_document_beyond_16_mib_loses_its_content) {
  const auto others =
    entry_summary::digest_of("x", entry_with(some_text)).bytes - some_text;
  for (unsigned peer : {1u, 2u}) {
    if (peer == 2)
      some_documents::show(2, "", {"earlier"});
    else
      docs.life_appeared(life_of(1, 1), now);
    for (std::size_t more : {0u, 1u}) {
      const auto next =
        with_text(life_of(peer, 1), max_document - others + more);
      part x{next.head(), 0, {}, part::range{"", std::nullopt, {}}};
      x.head.version = 2 + more;
      x.more->entries.emplace_back("x", *next.entries().find("x"));
      BOOST_TEST((docs.apply(x, now) == document::outcome::applied));
      BOOST_TEST(is_stripped(peer) == (more > 0));
      BOOST_TEST((docs.find(life_of(peer, 1))->head() == x.head));
      BOOST_TEST((docs.bytes() > max_document) == (more == 0));
    }
  }
}

BOOST_AUTO_TEST_CASE(there_is_room_for_256_bytes_per_name) {
  auto has_room = [&](std::uint64_t names) {
    return docs.has_room({life_of(1, 1), 1, "", names, {}});
  };
  BOOST_TEST(has_room(max_all_documents / 256));
  BOOST_TEST(!has_room(max_all_documents / 256 + 1));
  show(1, 1 * mib);
  BOOST_TEST(has_room((max_all_documents - mib) / 256));
  BOOST_TEST(!has_room((max_all_documents - mib) / 256 + 1));
}

BOOST_AUTO_TEST_CASE(content_for_which_there_is_no_room_is_not_missed) {
  const auto most = max_all_documents / 256;
  docs.strip({life_of(1, 1), 1, "", most - 1, {}}, now);
  docs.strip({life_of(2, 1), 1, "", most, {}}, now);
  // Even without names, the document of peer 3 takes a few bytes. So the larger
  // of the two other documents no longer fits.
  docs.replace(document{life_of(3, 1)}, now);
  BOOST_TEST_REQUIRE(docs.stripped().size() == 1u);
  BOOST_TEST((docs.stripped()[0].of == life_of(1, 1)));
}

// -- hidden documents

BOOST_AUTO_TEST_CASE(at_most_256_documents_are_hidden) {
  auto check = [&](auto add) {
    documents& all = docs;
    for (unsigned i = 0; i < 256; ++i) {
      now += seconds{1};
      add(1000 - i);
    }
    BOOST_TEST(all.hidden() == 256u);
    BOOST_TEST(all.find(life_of(1000, 1)));
    now += seconds{1};
    add(700);
    BOOST_TEST(all.hidden() == 256u);
    BOOST_TEST(!all.find(life_of(1000, 1)));
    BOOST_TEST(all.find(life_of(999, 1)));
    BOOST_TEST(all.find(life_of(700, 1)));
    all.tick(now + hidden_for);
    BOOST_TEST(all.hidden() == 0u);
  };
  check([&](unsigned peer) { hear(peer, 1, "", {"a"}); });
  check([&](unsigned peer) { docs.replace(document{life_of(peer, 1)}, now); });
  for (unsigned peer = 700; peer <= 1000; ++peer)
    some_documents::show(peer, "n", {"a"});
  check([&](unsigned peer) { leave(peer); });
}

BOOST_AUTO_TEST_CASE(hidden_documents_make_room_for_others) {
  for (unsigned peer = 11; peer <= 41; ++peer)
    show(peer, 4 * mib);
  for (unsigned peer : {102u, 101u}) {
    now += seconds{1};
    docs.replace(sized(peer, 2 * mib), now);
  }
  BOOST_TEST(docs.bytes() == max_all_documents);
  BOOST_TEST(docs.hidden() == 2u);
  show(50, 200 * kib);
  BOOST_TEST(docs.hidden() == 1u);
  BOOST_TEST(!docs.find(life_of(102, 1)));
  BOOST_TEST(stripped() == 0u);
  BOOST_TEST(docs.bytes() == max_all_documents - 2 * mib + 200 * kib);
}

// -- shown documents

BOOST_AUTO_TEST_CASE(large_documents_make_room_before_small_ones) {
  show(10, 3 * mib);
  show(8, 6 * mib);
  show(7, 5 * mib);
  for (unsigned peer = 130; peer > 102; --peer)
    show(peer, 4 * mib); // 4 MiB still counts as small
  show(102, 2 * mib);
  BOOST_TEST(docs.bytes() == max_all_documents);
  BOOST_TEST(stripped() == 0u);
  docs.take_changes();
  show(101, 200 * kib);
  BOOST_TEST(is_stripped(7));
  BOOST_TEST(stripped() == 1u);
  BOOST_TEST(docs.bytes() == max_all_documents - 5 * mib + 200 * kib);
  BOOST_TEST(changes() == "101:>x any 7:x> any ");
  BOOST_TEST(docs.stripped().size() == 1u);
  show(100, 5 * mib);
  BOOST_TEST(is_stripped(8));
  BOOST_TEST(stripped() == 2u);
  show(99, 5 * mib);
  BOOST_TEST(stripped() == 2u);
  // A large document that has become small counts as a small one.
  docs.replace(sized(99, 3 * mib), now);
  show(98, 4 * mib);
  BOOST_TEST(is_stripped(100));
  BOOST_TEST(stripped() == 3u);
}

BOOST_AUTO_TEST_CASE(of_small_documents_those_heard_of_last_make_room) {
  show(50, 2 * mib - 600 * kib);
  for (unsigned peer = 142; peer > 100; --peer)
    show(peer, 3 * mib);
  for (unsigned peer : {3u, 2u, 1u})
    show(peer, 200 * kib);
  BOOST_TEST(docs.bytes() == max_all_documents);
  BOOST_TEST(stripped() == 0u);
  docs.replace(sized(50, 2 * mib - 600 * kib + 1), now);
  BOOST_TEST(is_stripped(1));
  BOOST_TEST(stripped() == 1u);
  docs.replace(sized(50, 2 * mib), now);
  BOOST_TEST((is_stripped(2) && is_stripped(3)));
  BOOST_TEST(stripped() == 3u);
  BOOST_TEST(docs.bytes() == max_all_documents);
  docs.replace(sized(50, 2 * mib + 1), now);
  BOOST_TEST(is_stripped(101));
  BOOST_TEST(stripped() == 4u);
}

BOOST_AUTO_TEST_CASE(documents_that_were_dropped_make_no_room_later) {
  show(50, 1 * mib);
  show(1, 5 * mib);   // large
  show(2, 200 * kib); // the newest
  leave(1);
  leave(2);
  docs.tick(now + hidden_for);
  BOOST_TEST(docs.size() == 2u);
  for (unsigned peer = 101; peer <= 142; ++peer)
    show(peer, 3 * mib);
  show(3, 200 * kib); // now the newest
  leave(3);
  docs.tick(now + hidden_for);
  docs.replace(sized(50, 2 * mib + 1), now);
  BOOST_TEST(is_stripped(142));
  BOOST_TEST(stripped() == 1u);
  BOOST_TEST(docs.bytes() == max_all_documents - 3 * mib + 1);
}

BOOST_AUTO_TEST_SUITE_END()
