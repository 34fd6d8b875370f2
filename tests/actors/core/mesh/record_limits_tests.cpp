#include "actors/core/mesh/record_limits.hpp"

#include <algorithm>
#include <chrono>

#include <boost/test/unit_test.hpp>

/// Tests that the limits on records are those of PROTOCOL.md, "Limits and
/// times".
using namespace cafmesh;

BOOST_AUTO_TEST_SUITE(record_limits_tests)

BOOST_AUTO_TEST_CASE(versions_and_totals_have_the_limits_of_the_protocol) {
  const wall_time start{std::chrono::seconds{1'577'836'800}}; // of 2020
  const auto later = start + std::chrono::hours{24 * 365 * 10};
  BOOST_TEST(record_limits::max_version(later) == 315'360'000'000u * 1024);
  BOOST_TEST(record_limits::max_version(later + std::chrono::milliseconds{1})
             == 315'360'000'001u * 1024);
  BOOST_TEST(record_limits::max_version(start)
             == record_limits::max_version(earliest_wall_time));
  const record_limits::totals all;
  BOOST_TEST(all.peers == 16'384u);
  BOOST_TEST(all.edges == 1'048'576u);
  BOOST_TEST(all.unresolved == 65'536u);
}

BOOST_AUTO_TEST_CASE(an_update_may_exceed_the_totals_by_as_much_again) {
  const auto most = record_limits::totals{10, 200, 3000}.twice();
  BOOST_TEST(most.peers == 20u);
  BOOST_TEST(most.edges == 400u);
  BOOST_TEST(most.unresolved == 6000u);
}

BOOST_AUTO_TEST_CASE(a_nickname_is_cut_off_after_1024_bytes) {
  for (std::size_t size : {0, 1023, 1024, 1025, 5000}) {
    peer_summary peer;
    peer.nickname = std::string(size, 'x');
    record_limits::apply(peer);
    BOOST_TEST(peer.nickname
               == std::string(std::min<std::size_t>(size, 1024), 'x'));
  }
}

BOOST_AUTO_TEST_CASE(an_address_of_more_than_64_bytes_counts_as_none) {
  const std::string longest(64, '1');
  const std::string too_long(65, '1');
  BOOST_TEST(record_limits::address(longest) == longest);
  BOOST_TEST(record_limits::address(too_long).empty());
  std::vector<wire::connection_view> connections(2);
  connections[0].remote_address = longest;
  connections[1].remote_address = too_long;
  record_limits::apply(connections);
  BOOST_TEST(connections.size() == 2u);
  BOOST_TEST(connections[0].remote_address == longest);
  BOOST_TEST(connections[1].remote_address.empty());
}

BOOST_AUTO_TEST_CASE(the_first_16384_of_more_connections_count) {
  std::vector<wire::connection_view> connections;
  for (std::uint64_t i = 1; i <= 16'385; ++i)
    connections.push_back({peer_name::from_number(i), {}});
  record_limits::apply(connections);
  BOOST_TEST(connections.size() == 16'384u);
  BOOST_TEST((connections.back().remote == peer_name::from_number(16'384)));
  record_limits::apply(connections);
  BOOST_TEST(connections.size() == 16'384u);
}

BOOST_AUTO_TEST_SUITE_END()
