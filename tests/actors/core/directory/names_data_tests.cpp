#include "actors/core/directory/names_data.hpp"

#include <boost/test/unit_test.hpp>

#include "actors/core/directory/document.hpp"
#include "tests/actors/core/directory/directory_simulation.hpp"

using namespace cafmesh;
using namespace cafmesh::names;
using namespace cafmesh::test;

// Tests of how messages about names are merged while they wait for a slow
// neighbour.
namespace {

payload part_of(unsigned peer, std::uint64_t version, int entries) {
  header head{life_of(peer, 1), version, "node", 0, {}};
  part_writer out{head, version - 1};
  auto x = entry_of(1, {}, {{"k", std::string(200, 'v')}});
  for (int i = 0; i < entries; ++i)
    out.add_change(std::to_string(1000 + i), &x);
  return out.finish();
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
  names_data x{payload{bytes{2, 1}}};
  auto both = x.merge(names_data{payload{bytes{2, 2}}});
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
  // At least the newest version of every document must be known.
  BOOST_TEST(x->encode().size() == 99u);
}

BOOST_AUTO_TEST_SUITE_END()
