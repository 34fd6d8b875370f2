#include "actors/core/directory/document_header.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/actors/core/directory/directory_simulation.hpp"

using namespace cafmesh;
using namespace cafmesh::names;
using namespace cafmesh::test;

namespace {

header some_header() {
  return {life_of(7, 9), 5, "node", 2, {1, 2}};
}

// Headers that differ from some_header in one field each.
std::vector<header> other_contents() {
  std::vector<header> result(4, some_header());
  result[0].node = "edon";
  result[1].count = 3;
  result[2].content = {1, 3};
  result[3].content = {2, 2};
  return result;
}

} // namespace

BOOST_AUTO_TEST_SUITE(document_header_tests)

BOOST_AUTO_TEST_CASE(lives_are_equal_if_peer_and_uid_are) {
  BOOST_TEST((life_of(1, 2) == life_of(1, 2)));
  BOOST_TEST(!(life_of(1, 2) != life_of(1, 2)));
  for (auto other : {life_of(1, 3), life_of(2, 2)}) {
    BOOST_TEST(!(life_of(1, 2) == other));
    BOOST_TEST((life_of(1, 2) != other));
  }
}

BOOST_AUTO_TEST_CASE(lives_and_their_keys_ascend_by_peer_then_by_uid) {
  const std::vector<life> ascending{life_of(1, 1), life_of(1, 2),
                                    life_of(1, 0x0100), life_of(2, 1),
                                    life_of(3, 1)};
  for (std::size_t i = 0; i < ascending.size(); ++i)
    for (std::size_t j = 0; j < ascending.size(); ++j) {
      BOOST_TEST((ascending[i] < ascending[j]) == (i < j));
      BOOST_TEST((key_of(ascending[i]) < key_of(ascending[j])) == (i < j));
    }
}

BOOST_AUTO_TEST_CASE(a_key_is_the_name_and_the_uid_in_big_endian) {
  BOOST_TEST(to_hex(byte_view{key_of(life_of(7, 0x0102'0304'0506'0708))})
             == "000000000007"
                "0102030405060708");
}

BOOST_AUTO_TEST_CASE(
  headers_of_the_same_content_may_differ_in_life_and_version) {
  auto x = some_header();
  BOOST_TEST(same_content(x, some_header()));
  BOOST_TEST((x == some_header()));
  x.version = 6;
  BOOST_TEST(same_content(x, some_header()));
  BOOST_TEST(!(x == some_header()));
  x = some_header();
  x.of = life_of(7, 8);
  BOOST_TEST(same_content(x, some_header()));
  BOOST_TEST(!(x == some_header()));
}

BOOST_AUTO_TEST_CASE(node_count_and_fingerprint_are_the_content) {
  for (const auto& x : other_contents()) {
    BOOST_TEST(!same_content(x, some_header()));
    BOOST_TEST(!(x == some_header()));
  }
}

BOOST_AUTO_TEST_CASE(precedence_is_by_version_fingerprint_count_and_node) {
  // Each header takes precedence over all headers before it in this list.
  const life of = life_of(1, 1);
  const std::vector<header> ascending{
    {of, 4, "z", 9, {9, 9}}, {of, 5, "a", 1, {1, 1}}, {of, 5, "b", 1, {1, 1}},
    {of, 5, "a", 2, {1, 1}}, {of, 5, "a", 1, {1, 2}}, {of, 5, "a", 1, {2, 1}},
    {of, 6, "a", 1, {1, 1}}};
  for (std::size_t i = 0; i < ascending.size(); ++i)
    for (std::size_t j = 0; j < ascending.size(); ++j)
      BOOST_TEST(supersedes(ascending[i], ascending[j]) == (i > j));
}

BOOST_AUTO_TEST_CASE(a_summary_of_headers_tells_every_difference) {
  auto other = other_contents();
  other.push_back(some_header());
  other.back().version = 6;
  other.push_back(some_header());
  other.back().of = life_of(7, 8);
  header_map map;
  map.set("x", some_header());
  const auto before = map.summary().content;
  for (const auto& x : other) {
    map.set("x", x);
    BOOST_TEST((map.summary().content != before));
  }
}

BOOST_AUTO_TEST_CASE(a_summary_of_headers_is_the_sum_of_their_digests) {
  header_map map;
  digest_sum sum;
  for (unsigned peer = 1; peer <= 3; ++peer) {
    auto x = some_header();
    x.of = life_of(peer, 1);
    map.set(key_of(x.of), x);
    sum += header_summary::digest_of(key_of(x.of), x);
  }
  BOOST_TEST((map.summary().content == sum));
}

BOOST_AUTO_TEST_SUITE_END()
