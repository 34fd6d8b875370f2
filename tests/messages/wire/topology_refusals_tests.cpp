#include "tests/messages/wire/topology_update_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/support/hex.hpp"

using namespace cafmesh;
using namespace cafmesh::wire;
using namespace cafmesh::test;

// Tests of topology updates that a reader refuses, as a whole or in part.
BOOST_AUTO_TEST_SUITE(topology_refusals_tests)

BOOST_AUTO_TEST_CASE(a_field_of_another_type_is_malformed) {
  BOOST_TEST(is_malformed(hex(small_definitions("0c")
                              + "0b ff82 01 06 010203040506 00"
                                "04 ff84 00 00")));
}

BOOST_AUTO_TEST_CASE(values_of_another_kind_are_malformed) {
  auto peer = std::string{"0b ff82 01 06 010203040506 00"};
  BOOST_TEST(is_malformed(hex("040c000161")));
  BOOST_TEST(is_malformed(hex(small_definitions() + "04 ff84 00 00")));
  BOOST_TEST(is_malformed(hex(small_definitions() + peer + peer)));
  BOOST_TEST(is_malformed(hex(small_definitions() + peer + "040c000161")));
}

BOOST_AUTO_TEST_CASE(a_peer_without_its_connections_is_malformed) {
  BOOST_TEST(
    is_malformed(hex(small_definitions() + "0b ff82 01 06 010203040506 00")));
}

BOOST_AUTO_TEST_CASE(a_name_of_another_size_is_an_error) {
  auto result = read_all(update_with(some_records(name_flavour::hash)));
  BOOST_TEST(is(result.error, errc::bad_peer_name));
  auto mac = update_with(some_records(name_flavour::mac));
  result = read_all(mac, name_flavour::hash);
  BOOST_TEST(is(result.error, errc::bad_peer_name));
}

BOOST_AUTO_TEST_CASE(a_record_of_the_unknown_peer_is_an_error) {
  auto records = some_records(name_flavour::mac);
  records[0].peer.name = peer_name{};
  BOOST_TEST(is(read_all(update_with(records)).error, errc::bad_peer_name));
  BOOST_TEST(is(read_all(hex(small_definitions()
                             + "0b ff82 01 06 000000000000 00 04 ff84 00 00"))
                  .error,
                errc::bad_peer_name));
}

BOOST_AUTO_TEST_CASE(a_connection_to_the_unknown_peer_is_an_error) {
  auto records = some_records(name_flavour::mac);
  records[1].connections[0].remote = peer_name{};
  auto result = read_all(update_with(records));
  BOOST_TEST(!!result.error);
  BOOST_TEST(result.records.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_record_with_a_short_id_beyond_12_bits_is_skipped) {
  for (auto alias : {4096, 0xffff})
    for (std::size_t i = 0; i < 3; ++i) {
      auto records = some_records(name_flavour::mac);
      records[i].peer.alias = static_cast<short_id>(alias);
      auto update = update_with(records);
      auto result = read_all(update);
      BOOST_TEST(!result.error);
      records.erase(records.begin() + static_cast<std::ptrdiff_t>(i));
      BOOST_TEST((result.records == records));
    }
}

// A Go peer regards such an update as malformed, too, and does not pass it on.
BOOST_AUTO_TEST_CASE(a_short_id_beyond_16_bits_is_malformed) {
  auto records = some_records(name_flavour::mac);
  records.resize(1);
  records[0].peer.alias = static_cast<short_id>(0xffff);
  auto update = update_with(records);
  BOOST_TEST(!read_all(update).error);
  auto pair = static_cast<std::ptrdiff_t>(topology_definitions().size());
  const std::uint8_t largest[] = {0xfe, 0xff, 0xff};
  auto where =
    std::search(update.begin() + pair, update.end(), largest, largest + 3);
  BOOST_REQUIRE((where != update.end()));
  *where = 0xfd; // a number of three bytes: 01 ff ff
  update.insert(where + 1, 0x01);
  // The gob message with the peer's summary is now one byte longer.
  ++update[static_cast<std::size_t>(pair)];
  BOOST_TEST(is_malformed(update));
}

BOOST_AUTO_TEST_CASE(the_number_of_skipped_records_is_reported) {
  auto records = some_records(name_flavour::mac);
  for (auto i : {0u, 2u})
    records[i].peer.alias = static_cast<short_id>(4096);
  auto update = update_with(records);
  topology_update_reader reader{update, name_flavour::mac};
  peer_summary peer;
  while (reader.next(peer))
    BOOST_TEST(reader.skipped() == 1u);
  BOOST_TEST(reader.skipped() == 2u);
}

BOOST_AUTO_TEST_CASE(a_truncated_update_is_an_error_or_a_shorter_update) {
  auto records = some_records(name_flavour::mac);
  auto whole = update_with(records);
  std::size_t valid = 0;
  for (std::size_t size = 0; size < whole.size(); ++size) {
    auto result = read_all({whole.data(), size});
    valid += result.error ? 0 : 1;
    auto shorter = records;
    shorter.resize(result.records.size());
    BOOST_TEST((result.records == shorter));
  }
  // The valid lengths: nothing, one to three definitions, and one or two whole
  // peers.
  BOOST_TEST(valid == 6u);
}

BOOST_AUTO_TEST_CASE(an_error_is_final) {
  auto input = hex("040c000161");
  topology_update_reader reader{input, name_flavour::mac};
  peer_summary peer;
  std::vector<connection_summary> connections(3);
  BOOST_TEST(!reader.next(peer));
  BOOST_TEST(!reader.next(peer));
  BOOST_TEST(!read_connections(reader, connections));
  BOOST_TEST(connections.empty());
  BOOST_TEST(is(reader.error(), errc::malformed));
}

BOOST_AUTO_TEST_CASE(a_repeated_definition_is_malformed) {
  auto input = update_with({});
  auto again = input;
  input.insert(input.end(), again.begin(), again.end());
  BOOST_TEST(is_malformed(input));
}

BOOST_AUTO_TEST_CASE(a_count_beyond_the_bytes_is_malformed_at_once) {
  BOOST_TEST(is_malformed(hex(small_definitions()
                              + "0b ff82 01 06 010203040506 00"
                                "0c ff84 00 f8ffffffffffffffff")));
}

BOOST_AUTO_TEST_SUITE_END()
