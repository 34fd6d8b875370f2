#include "messages/wire/topology_update.hpp"

#include <algorithm>
#include <fstream>
#include <string>

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "tests/support/encoded_records.hpp"
#include "tests/support/hex.hpp"
#include <cafmesh/errc.hpp>

using namespace cafmesh;
using namespace cafmesh::wire;
using namespace cafmesh::test;

// Tests of reading and writing topology updates, among them damaged ones and
// those of other Go programs.
namespace {

peer_name name_of(std::uint64_t number,
                  name_flavour flavour = name_flavour::mac) {
  switch (flavour) {
  case name_flavour::mac:
    return peer_name::from_number(number);
  case name_flavour::hash:
    break;
  }
  bytes xs(name_size(flavour), static_cast<std::uint8_t>(number));
  return *peer_name::from_bytes(xs, flavour);
}

std::vector<peer_record> some_records(name_flavour flavour) {
  auto n = [=](std::uint64_t x) {
    return name_of(x, flavour);
  };
  auto uid = static_cast<peer_uid>(UINT64_MAX);
  std::vector<peer_record> result(3);
  result[0].peer = {n(1), "nick", uid, 300, static_cast<short_id>(4095)};
  result[1].peer = {n(2), "", uid, 0, static_cast<short_id>(0)};
  result[1].connections = {{n(1), "192.0.2.1:6783", true, true},
                           {n(3), "", false, false}};
  result[2].peer = {n(3), std::string(300, 'x'), peer_uid::none, 7, {}};
  result[2].connections = {{n(1), "h:1", false, true}};
  return result;
}

bytes update_of(const std::vector<peer_record>& xs) {
  auto out = topology_definitions().to_bytes();
  for (const auto& x : xs)
    append_peer_record(out, x);
  return out;
}

struct outcome {
  std::vector<peer_record> records;
  caf::error error;
};

outcome read_all(byte_view input, name_flavour flavour = name_flavour::mac) {
  outcome result;
  topology_update_reader reader{input, flavour};
  peer_record x;
  while (reader.next(x.peer)) {
    if (!read_connections(reader, x.connections))
      break;
    result.records.push_back(x);
  }
  result.error = reader.error();
  return result;
}

bool is_malformed(byte_view input) {
  return is(read_all(input).error, errc::malformed);
}

// The shortest definitions. Type 65 is `struct { NameByte []byte }`, but with
// `field_type` as the type of its field; type 66 is `[](type 65)`.
std::string small_definitions(const std::string& field_type = "0a") {
  return "19 ff81 03 01 02 ff82 00 01 01 01 08 4e616d6542797465 01 "
         + field_type + " 00 00 00 0d ff83 02 01 02 ff84 00 01 ff82 00 00";
}

} // namespace

BOOST_AUTO_TEST_SUITE(topology_encoding_tests)

BOOST_AUTO_TEST_CASE(an_update_round_trips) {
  for (auto flavour : all_name_flavours) {
    auto records = some_records(flavour);
    auto result = read_all(update_of(records), flavour);
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
  auto result = read_all(update_of(records));
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
  for (const auto& input : {bytes{}, update_of({})}) {
    auto result = read_all(input);
    BOOST_TEST(describe(result.error) == "none");
    BOOST_TEST(result.records.empty());
  }
}

BOOST_AUTO_TEST_CASE(connections_may_be_skipped) {
  auto input = update_of(some_records(name_flavour::mac));
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
  auto result = read_all(update_of({x}));
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
  BOOST_TEST((read_all(update_of(records)).records == records));
}

// Go wrote this update from structs with added fields of every kind, with their
// fields in another order, and with other type names and numbers.
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
  auto result = read_all(update_of(some_records(name_flavour::hash)));
  BOOST_TEST(is(result.error, errc::bad_peer_name));
  auto mac = update_of(some_records(name_flavour::mac));
  result = read_all(mac, name_flavour::hash);
  BOOST_TEST(is(result.error, errc::bad_peer_name));
}

BOOST_AUTO_TEST_CASE(a_record_of_the_unknown_peer_is_an_error) {
  auto records = some_records(name_flavour::mac);
  records[0].peer.name = peer_name{};
  BOOST_TEST(is(read_all(update_of(records)).error, errc::bad_peer_name));
  BOOST_TEST(is(read_all(hex(small_definitions()
                             + "0b ff82 01 06 000000000000 00 04 ff84 00 00"))
                  .error,
                errc::bad_peer_name));
}

BOOST_AUTO_TEST_CASE(a_connection_to_the_unknown_peer_is_an_error) {
  auto records = some_records(name_flavour::mac);
  records[1].connections[0].remote = peer_name{};
  auto result = read_all(update_of(records));
  BOOST_TEST(!!result.error);
  BOOST_TEST(result.records.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_record_with_a_short_id_beyond_12_bits_is_skipped) {
  for (auto alias : {4096, 0xffff})
    for (std::size_t i = 0; i < 3; ++i) {
      auto records = some_records(name_flavour::mac);
      records[i].peer.alias = static_cast<short_id>(alias);
      auto update = update_of(records);
      auto result = read_all(update);
      BOOST_TEST(!result.error);
      records.erase(records.begin() + static_cast<std::ptrdiff_t>(i));
      BOOST_TEST((result.records == records));
    }
}

// A Go peer also regards an update with a longer ID as malformed, and therefore
// does not pass the update on.
BOOST_AUTO_TEST_CASE(a_short_id_beyond_16_bits_is_malformed) {
  auto records = some_records(name_flavour::mac);
  records.resize(1);
  records[0].peer.alias = static_cast<short_id>(0xffff);
  auto update = update_of(records);
  BOOST_TEST(!read_all(update).error);
  auto pair = static_cast<std::ptrdiff_t>(topology_definitions().size());
  const std::uint8_t largest[] = {0xfe, 0xff, 0xff};
  auto where =
    std::search(update.begin() + pair, update.end(), largest, largest + 3);
  BOOST_REQUIRE((where != update.end()));
  *where = 0xfd; // a number of three bytes: 01 ff ff
  update.insert(where + 1, 0x01);
  // The size of the peerSummary grows by one.
  ++update[static_cast<std::size_t>(pair)];
  BOOST_TEST(is_malformed(update));
}

BOOST_AUTO_TEST_CASE(the_number_of_skipped_records_is_reported) {
  auto records = some_records(name_flavour::mac);
  for (auto i : {0u, 2u})
    records[i].peer.alias = static_cast<short_id>(4096);
  auto update = update_of(records);
  topology_update_reader reader{update, name_flavour::mac};
  peer_summary peer;
  while (reader.next(peer))
    BOOST_TEST(reader.skipped() == 1u);
  BOOST_TEST(reader.skipped() == 2u);
}

BOOST_AUTO_TEST_CASE(a_truncated_update_is_an_error_or_a_shorter_update) {
  auto records = some_records(name_flavour::mac);
  auto whole = update_of(records);
  std::size_t valid = 0;
  for (std::size_t size = 0; size < whole.size(); ++size) {
    auto result = read_all({whole.data(), size});
    valid += result.error ? 0 : 1;
    auto shorter = records;
    shorter.resize(result.records.size());
    BOOST_TEST((result.records == shorter));
  }
  // The valid lengths: nothing, one to three definitions, and one or two whole
  // pairs.
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
  auto input = update_of({});
  auto again = input;
  input.insert(input.end(), again.begin(), again.end());
  BOOST_TEST(is_malformed(input));
}

BOOST_AUTO_TEST_CASE(a_count_beyond_the_bytes_is_malformed_at_once) {
  BOOST_TEST(is_malformed(hex(small_definitions()
                              + "0b ff82 01 06 010203040506 00"
                                "0c ff84 00 f8ffffffffffffffff")));
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
  auto update = update_of(records);
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

// The first definition is compared separately from the others. Go writes each
// definition just before the first value that needs it, so Go's bytes have
// other data between them.
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
  const auto update = update_of(records);
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

// The update has our fields and types, but the last field has another name.
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
