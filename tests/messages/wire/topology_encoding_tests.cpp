#include "tests/messages/wire/topology_update_fixture.hpp"

#include <algorithm>
#include <fstream>
#include <string>

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "tests/support/hex.hpp"

using namespace cafmesh;
using namespace cafmesh::wire;
using namespace cafmesh::test;

// Tests of reading and writing topology updates, including those that Go
// programs have written.
BOOST_AUTO_TEST_SUITE(topology_encoding_tests)

BOOST_AUTO_TEST_CASE(an_update_round_trips) {
  for (auto flavour : all_name_flavours) {
    auto records = some_records(flavour);
    auto result = read_all(update_with(records), flavour);
    BOOST_TEST(describe(result.error) == "none");
    BOOST_TEST((result.records == records));
  }
}

BOOST_AUTO_TEST_CASE(messages_of_any_size_round_trip) {
  std::vector<peer_record> records;
  for (std::size_t size = 0; size < 600; ++size) {
    auto nickname = std::string(size, 'x');
    auto number = size + 1;
    records.push_back({{name_of(number), nickname, peer_uid{1}, 1, {}}, {}});
    records.back().connections = {{name_of(1), nickname, true, true}};
  }
  records.back().connections.front().remote_address.resize(70'000, 'y');
  auto result = read_all(update_with(records));
  BOOST_TEST(describe(result.error) == "none");
  BOOST_TEST((result.records == records));
}

BOOST_AUTO_TEST_CASE(old_content_of_the_buffer_makes_no_difference) {
  for (auto dirt : {0u, 10u, 100'000u})
    for (const auto& x : some_records(name_flavour::mac)) {
      const auto connections = views_of(x.connections);
      bytes expected;
      append_peer_record(expected, x);
      bytes buffer(dirt, 0xdd);
      BOOST_TEST((write_peer_record(buffer, x.peer, connections) == expected));
    }
}

BOOST_AUTO_TEST_CASE(an_update_without_peers_has_no_records) {
  for (const auto& input : {bytes{}, update_with({})}) {
    auto result = read_all(input);
    BOOST_TEST(describe(result.error) == "none");
    BOOST_TEST(result.records.empty());
  }
}

BOOST_AUTO_TEST_CASE(connections_may_be_skipped) {
  auto input = update_with(some_records(name_flavour::mac));
  topology_update_reader reader{input, name_flavour::mac};
  peer_summary peer;
  std::vector<connection_summary> connections;
  BOOST_TEST(reader.next(peer));
  BOOST_TEST(reader.next(peer));
  BOOST_TEST(reader.next(peer));
  BOOST_TEST((peer.name == name_of(3)));
  BOOST_TEST(read_connections(reader, connections));
  BOOST_TEST(connections.size() == 1u);
  BOOST_TEST(!reader.next(peer));
  BOOST_TEST(!reader.error());
}

BOOST_AUTO_TEST_CASE(connections_are_sorted_and_the_last_of_a_remote_wins) {
  peer_record x;
  x.peer.name = name_of(1);
  x.connections = {{name_of(9), "old", true, true},
                   {name_of(3), "three", false, false},
                   {name_of(9), "mid", true, true},
                   {name_of(5), "five", false, false},
                   {name_of(9), "new", false, true}};
  auto result = read_all(update_with({x}));
  BOOST_REQUIRE(result.records.size() == 1u);
  auto& found = result.records[0].connections;
  BOOST_REQUIRE(found.size() == 3u);
  BOOST_TEST(found[0].remote_address == "three");
  BOOST_TEST(found[1].remote_address == "five");
  BOOST_TEST(found[2].remote_address == "new");
}

BOOST_AUTO_TEST_CASE(connections_of_an_earlier_peer_do_not_linger) {
  auto records = some_records(name_flavour::mac);
  std::swap(records[0].connections, records[1].connections);
  records.push_back({{name_of(4), "", peer_uid::none, 0, {}}, {}});
  BOOST_TEST((read_all(update_with(records)).records == records));
}

// Go wrote this update from structs with added fields of every kind, with their
// fields in a different order, and with other type names and numbers.
BOOST_AUTO_TEST_CASE(unknown_fields_are_skipped) {
  auto input = hex("ff9eff8d0301010b7269636853756d6d61727901ff8e00010d010a48617"
                   "353686f7274494401"
                   "02000105457874726101ff9000010341727201ff960001014601ff9a000"
                   "1084e616d65427974"
                   "65010a0001084e69636b4e616d65010c0001014501ff9c0001035549440"
                   "10600010756657273"
                   "696f6e010600010753686f727449440106000103416e790110000104416"
                   "e7932011000010352"
                   "656301ff9e00000026ff8f03010105496e6e657201ff900001030101410"
                   "1040001014d01ff94"
                   "00010149011000000021ff93040101106d61705b737472696e675d5b5d6"
                   "96e7401ff9400010c"
                   "01ff9200000cff91020102ff92000104000018ff95010101085b335d696"
                   "e74313601ff960001"
                   "040106000018ff99020101095b5d6d61696e2e543201ff9a0001ff98000"
                   "01cff970301010254"
                   "3201ff9800010201015801080001015a010e00000024ff9b03010110737"
                   "472756374207b205a"
                   "20696e74207d01ff9c00010101015a010400000021ff9d0301010352656"
                   "301ff9e0001020104"
                   "4e65787401ff9e00010156010c0000006fff8e010101010a01020162000"
                   "16102020401076d61"
                   "696e2e5432ff980801fef03f0100400000010302030601020001fef83f0"
                   "1fe08404000010601"
                   "0203040506010472696368010001070108010901076d61696e2e5432ff9"
                   "80a01fe084001fe10"
                   "40000002010201620001016100000dffa5020102ffa60001ffa0000063f"
                   "f9f03010108726963"
                   "68436f6e6e01ffa0000106010b45737461626c697368656401020001034"
                   "e657701ffa2000108"
                   "4e616d6542797465010a0001024d7001ffa400010d52656d6f746554435"
                   "041646472010c0001"
                   "084f7574626f756e64010200000016ffa1020101085b5d737472696e670"
                   "1ffa200010c000020"
                   "ffa30401010f6d61705b696e745d6d61696e2e543201ffa400010401ff9"
                   "8000029ffa6000201"
                   "01010201610001060909090909090101060001046164647201010003060"
                   "809090909090037ff"
                   "8e020001030000000206010203040509020004076d61696e2e5432ff980"
                   "10001076d61696e2e"
                   "5432ff980a01fe204001fe224000000004ffa60000");
  auto result = read_all(input);
  BOOST_TEST(describe(result.error) == "none");
  std::vector<peer_record> expected{
    {{name_of(0x010203040506), "rich", static_cast<peer_uid>(7), 8,
      static_cast<short_id>(9)},
     {{name_of(0x080909090909), "", false, false},
      {name_of(0x090909090909), "addr", true, true}}},
    {{name_of(0x010203040509), "", peer_uid::none, 0, {}}, {}}};
  BOOST_TEST((result.records == expected));
}

// The update has our fields and types, but two fields are swapped.
BOOST_AUTO_TEST_CASE(fields_may_come_in_another_order) {
  auto update = topology_definitions().to_bytes();
  const auto outbound = hex("01 08 4f7574626f756e64 01 02 00");
  const auto established = hex("01 0b 45737461626c6973686564 01 02 00");
  auto first =
    std::search(update.begin(), update.end(), outbound.begin(), outbound.end());
  BOOST_REQUIRE(first != update.end());
  auto middle = first + static_cast<std::ptrdiff_t>(outbound.size());
  BOOST_REQUIRE(std::equal(established.begin(), established.end(), middle));
  std::rotate(first, middle,
              middle + static_cast<std::ptrdiff_t>(established.size()));
  peer_record x;
  x.peer.name = name_of(1);
  x.connections = {{name_of(2), "two", true, false}};
  append_peer_record(update, x);
  auto result = read_all(update);
  BOOST_TEST(describe(result.error) == "none");
  BOOST_REQUIRE(result.records.size() == 1u);
  BOOST_TEST(!result.records[0].connections.at(0).outbound);
  BOOST_TEST(result.records[0].connections.at(0).established);
}

BOOST_AUTO_TEST_CASE(missing_fields_are_zero) {
  auto result = read_all(hex(small_definitions()
                             + "0b ff82 01 06 010203040506 00"
                               "0d ff84 00 01 01 06 010203040507 00"));
  BOOST_TEST(describe(result.error) == "none");
  std::vector<peer_record> expected{
    {{name_of(0x010203040506), "", peer_uid::none, 0, {}},
     {{name_of(0x010203040507), "", false, false}}}};
  BOOST_TEST((result.records == expected));
}

BOOST_AUTO_TEST_CASE(definitions_use_the_same_type_numbers_as_go) {
  auto digits = to_hex(topology_definitions());
  BOOST_TEST(digits.find("62ff83030101"
                         "0b7065657253756d6d617279")
             == 0u);
  BOOST_TEST(digits.find("0dff87020102ff880001ff860000") != std::string::npos);
  BOOST_TEST(digits.find("5bff8503010111") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_record_is_encoded_as_go_does) {
  peer_record x;
  x.peer = {name_of(0x010203040506), "n", peer_uid{7}, 8,
            static_cast<short_id>(9)};
  x.connections = {{name_of(0x010203040507), "a:1", true, true},
                   {name_of(0x010203040508), "", false, false}};
  bytes record;
  append_peer_record(record, x);
  BOOST_TEST(to_hex(record)
             == to_hex(hex("16 ff84 01 06 010203040506 01 01 6e 01 07 01 08"
                           "01 09 01 01 00"
                           "1f ff88 00 02"
                           "01 06 010203040507 01 03 613a31 01 01 01 01 00"
                           "01 06 010203040508 00")));
}

BOOST_AUTO_TEST_CASE(views_used_again_keep_nothing_of_an_earlier_record) {
  std::vector<peer_record> records(2);
  records[0].peer.name = name_of(1);
  records[0].connections = {{name_of(2), "two", true, true}};
  records[1].peer.name = name_of(2);
  records[1].connections = {{name_of(1), "", false, false}};
  auto update = update_with(records);
  topology_update_reader reader{update, name_flavour::mac};
  peer_summary peer;
  std::vector<connection_view> views;
  for (const auto& x : records) {
    BOOST_TEST_REQUIRE((reader.next(peer) && reader.read_connections(views)));
    BOOST_TEST(views.at(0).remote_address == x.connections[0].remote_address);
    BOOST_TEST(views[0].outbound == x.connections[0].outbound);
    BOOST_TEST(views[0].established == x.connections[0].established);
  }
}

// Go writes a definition just before the first value that needs it. So in Go's
// bytes, other data separates the first definition from the rest, and the two
// pieces are compared one by one.
BOOST_AUTO_TEST_CASE(definitions_are_those_of_go) {
  std::ifstream in{CAFMESH_TEST_DATA "/wire-mac.json"};
  const auto update = nlohmann::json::parse(in)["topology"][0]["gob"];
  const auto go = update.get<std::string>();
  const auto ours = to_hex(topology_definitions());
  constexpr std::size_t first = 2 * (1 + 0x62);
  BOOST_TEST(go.substr(0, first) == ours.substr(0, first));
  BOOST_TEST(go.find(ours.substr(first)) != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_reader_recognises_the_bytes_of_the_record_it_is_at) {
  const auto records = some_records(name_flavour::mac);
  const auto update = update_with(records);
  topology_update_reader reader{update, name_flavour::mac};
  peer_summary peer;
  bytes before;
  for (const auto& x : records) {
    bytes record;
    append_peer_record(record, x);
    BOOST_TEST_REQUIRE(reader.next(peer));
    BOOST_TEST(reader.ends_with(record));
    BOOST_TEST((before.empty() || !reader.ends_with(before)));
    before = record;
  }
  BOOST_TEST(!reader.ends_with(bytes(update.size() + 1)));
}

// The update has our fields and types, but the last field has a different name.
BOOST_AUTO_TEST_CASE(a_field_of_another_name_is_skipped_in_any_place) {
  auto update = topology_definitions().to_bytes();
  const std::string_view established = "Established";
  auto name = std::search(update.begin(), update.end(), established.begin(),
                          established.end());
  BOOST_TEST_REQUIRE((name != update.end()));
  *name = 'e';
  peer_record x;
  x.peer.name = name_of(1);
  x.connections = {{name_of(2), "two", true, true}};
  append_peer_record(update, x);
  auto result = read_all(update);
  BOOST_TEST(describe(result.error) == "none");
  x.connections[0].established = false;
  BOOST_TEST((result.records == std::vector{x}));
}

BOOST_AUTO_TEST_SUITE_END()
