#include "actors/core/directory/names_data.hpp"

#include <boost/test/unit_test.hpp>

#include "actors/core/directory/document.hpp"
#include "tests/actors/core/directory/directory_simulation.hpp"

using namespace cafmesh;
using namespace cafmesh::names;
using namespace cafmesh::test;

// Tests of how messages between directories are merged while they wait for a
// slow neighbour.
namespace {

header head_of(unsigned peer, std::uint64_t version) {
  return {life_of(peer, 1), version, "node", 0, {}};
}

payload part_of(unsigned peer, std::uint64_t version, int entries) {
  part_writer out{head_of(peer, version), version - 1};
  auto x = entry_of(1, {}, {{"k", std::string(200, 'v')}});
  for (int i = 0; i < entries; ++i)
    out.add_change(std::to_string(1000 + i), &x);
  return out.finish();
}

payload some_outline(std::uint8_t content) {
  return payload{bytes{static_cast<std::uint8_t>(kind::outline), content}};
}

payload part_of_size(unsigned peer, std::uint64_t version, std::size_t size) {
  part_writer out{head_of(peer, version), version - 1};
  int count = 0;
  auto add = [&](std::size_t name_size) {
    auto name = std::to_string(10'000 + count++);
    name.resize(name_size, '-');
    BOOST_TEST_REQUIRE(out.add_change(name, nullptr));
  };
  // A name takes two bytes more than its length.
  while (out.finish().size() + 203 < size)
    add(100);
  while (out.finish().size() < size) {
    const auto rest = size - out.finish().size();
    add(rest > 110 ? rest / 2 - 2 : rest - 2);
  }
  auto result = out.finish();
  BOOST_TEST_REQUIRE(result.size() == size);
  return result;
}

std::size_t size_of(const gossip_data& x) {
  std::size_t result = 0;
  for (const auto& each : x.encode())
    result += each.size();
  return result;
}

} // namespace

BOOST_AUTO_TEST_SUITE(names_data_tests)

BOOST_AUTO_TEST_CASE(parts_of_one_document_stay_in_order) {
  names_data x{part_of(1, 1, 1)};
  auto both = x.merge(names_data{part_of(1, 2, 1)});
  auto messages = both->encode();
  BOOST_TEST_REQUIRE(messages.size() == 2u);
  BOOST_TEST(decode_part(messages[0].view())->head.version == 1u);
  BOOST_TEST(decode_part(messages[1].view())->head.version == 2u);
  BOOST_TEST(x.encode().size() == 1u);
}

BOOST_AUTO_TEST_CASE(the_later_outline_replaces_the_earlier_one) {
  names_data x{some_outline(1)};
  auto both = x.merge(names_data{some_outline(2)});
  BOOST_TEST_REQUIRE(both->encode().size() == 1u);
  BOOST_TEST(both->encode()[0].view()[1] == 2u);
}

BOOST_AUTO_TEST_CASE(what_waits_for_one_document_is_bounded) {
  std::shared_ptr<names_data> x =
    std::make_shared<names_data>(part_of(1, 1, 100));
  for (std::uint64_t version = 2; version < 100; ++version) {
    x->merge_in_place(names_data{part_of(1, version, 100)});
    BOOST_TEST_REQUIRE(size_of(*x) <= names_data::max_of_one);
  }
  auto last = decode_part(x->encode().back().view());
  BOOST_TEST(last->head.version == 99u);
}

BOOST_AUTO_TEST_CASE(what_waits_for_all_documents_is_bounded) {
  std::shared_ptr<names_data> x =
    std::make_shared<names_data>(part_of(1, 1, 100));
  for (unsigned peer = 2; peer < 100; ++peer) {
    x->merge_in_place(names_data{part_of(peer, 1, 100)});
    BOOST_TEST_REQUIRE(size_of(*x) <= names_data::max_of_all);
  }
  BOOST_TEST(x->encode().size() == 99u);
}

BOOST_AUTO_TEST_CASE(an_outline_and_parts_are_both_said) {
  names_data x{part_of(1, 1, 1)};
  x.merge_in_place(names_data{some_outline(1)});
  x.merge_in_place(names_data{part_of(2, 1, 1)});
  const auto messages = x.encode();
  BOOST_TEST_REQUIRE(messages.size() == 3u);
  BOOST_TEST((messages[0] == part_of(1, 1, 1)));
  BOOST_TEST((messages[1] == part_of(2, 1, 1)));
  BOOST_TEST((messages[2] == some_outline(1)));
}

BOOST_AUTO_TEST_CASE(parts_of_one_document_up_to_64_kib_are_kept) {
  for (auto [more, expected] : {std::pair{0u, 2u}, std::pair{1u, 1u}}) {
    names_data x{part_of_size(1, 8, 40'000)};
    const auto rest = names_data::max_of_one - 40'000 + more;
    x.merge_in_place(names_data{part_of_size(1, 9, rest)});
    BOOST_TEST(x.encode().size() == expected);
    BOOST_TEST((x.encode().back() == encode_announcement(head_of(1, 9)))
               == (more > 0));
  }
}

BOOST_AUTO_TEST_CASE(the_newest_version_is_announced_whatever_the_order) {
  for (auto [first, second] : {std::pair{8u, 9u}, std::pair{9u, 8u}}) {
    names_data x{part_of_size(1, first, 60'000)};
    x.merge_in_place(names_data{part_of_size(1, second, 60'000)});
    BOOST_TEST_REQUIRE(x.encode().size() == 1u);
    BOOST_TEST((x.encode()[0] == encode_announcement(head_of(1, 9))));
  }
}

BOOST_AUTO_TEST_CASE(an_announcement_counts_its_own_bytes_only) {
  const auto announced = encode_announcement(head_of(1, 9)).size();
  for (auto [more, expected] : {std::pair{0u, 2u}, std::pair{1u, 1u}}) {
    names_data x{part_of_size(1, 8, 60'000)};
    x.merge_in_place(names_data{part_of_size(1, 9, 60'000)});
    const auto rest = names_data::max_of_one - announced + more;
    // Two messages are needed to reach this size, because a writer leaves some
    // room in each message.
    names_data two{part_of_size(1, 9, 30'000)};
    two.merge_in_place(names_data{part_of_size(1, 9, rest - 30'000)});
    BOOST_TEST_REQUIRE(two.encode().size() == 2u);
    x.merge_in_place(two);
    BOOST_TEST(x.encode().size() == (expected == 2u ? 3u : 1u));
  }
}

BOOST_AUTO_TEST_CASE(parts_of_all_documents_up_to_256_kib_are_kept) {
  const auto announced = encode_announcement(head_of(1, 9)).size();
  for (unsigned more : {0u, 1u}) {
    // The two messages of peer 1 exceed the limit for one peer, so a short
    // announcement replaces them. Seven other peers follow.
    names_data x{part_of_size(1, 8, 60'000)};
    x.merge_in_place(names_data{part_of_size(1, 9, 60'000)});
    std::size_t size = announced;
    for (unsigned peer = 2; peer < 8; ++peer) {
      x.merge_in_place(names_data{part_of_size(peer, 9, 35'000)});
      size += 35'000;
    }
    x.merge_in_place(
      names_data{part_of_size(8, 9, names_data::max_of_all - size + more)});
    BOOST_TEST(size_of(x)
               == (more == 0 ? names_data::max_of_all : 8 * announced));
    BOOST_TEST(x.encode().size() == 8u);
    // If announcements have replaced all messages, there is room for another
    // message.
    x.merge_in_place(names_data{part_of_size(9, 9, 35'000)});
    BOOST_TEST((size_of(x) == 8 * announced + 35'000) == (more == 1));
  }
}

BOOST_AUTO_TEST_CASE(a_merge_leaves_its_sources_as_they_are) {
  const names_data x{part_of(1, 1, 1)}, y{part_of(2, 1, 1)};
  BOOST_TEST(x.merge(y)->encode().size() == 2u);
  BOOST_TEST(x.encode().size() == 1u);
  BOOST_TEST(y.encode().size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
