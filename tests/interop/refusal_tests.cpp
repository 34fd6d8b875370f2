#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <optional>
#include <string>

#include "tests/interop/both_kinds.hpp"
#include "tests/interop/cpp_node.hpp"
#include "tests/interop/go_peer.hpp"

using namespace cafmesh::test;
namespace data = boost::unit_test::data;

// Tests that peers with different passwords do not connect, and that both log
// the reason. A refused connection is reset, and the reset can discard bytes
// that one side has not read yet. That side logs the reset first, and the
// reason only after a retry.
BOOST_AUTO_TEST_SUITE(refusal_tests)

namespace {

struct mismatched_pair {
  go_peer theirs;
  cpp_node ours;

  mismatched_pair(const pair_of_kinds& kinds,
                  std::optional<std::string> of_theirs,
                  std::optional<std::string> of_ours)
      : theirs(named('a', std::move(of_theirs))),
        ours(named('b', std::move(of_ours))) {
    if (kinds.dialler == kind::go)
      theirs.connect_to(ours.address());
    else
      ours.connect_to(theirs.address());
  }

  ~mismatched_pair() {
    BOOST_TEST(ours.peers().size() == 1U);
    BOOST_TEST(theirs.peers().size() == 1U);
  }

  void check_logs(const std::string& of_theirs, const std::string& of_ours) {
    BOOST_TEST(logs(theirs, of_theirs),
               "Go never logged '" << of_theirs << "'");
    BOOST_TEST(logs(ours, of_ours),
               "our peer never logged '" << of_ours << "'");
  }
};

} // namespace

BOOST_DATA_TEST_CASE(a_peer_without_a_password_is_refused_by_one_with_it,
                     data::make(both_ways()), kinds) {
  mismatched_pair pair{kinds, std::nullopt, "secret"};
  pair.check_logs("no password specificed, but peer requested an encrypted",
                  "a remote without a password");
}

BOOST_DATA_TEST_CASE(a_peer_with_a_password_is_refused_by_one_without,
                     data::make(both_ways()), kinds) {
  mismatched_pair pair{kinds, "secret", std::nullopt};
  pair.check_logs("password specified, but peer requested an unencrypted",
                  "a remote with a password");
}

BOOST_DATA_TEST_CASE(the_empty_password_differs_from_no_password,
                     data::make(both_ways()), kinds) {
  mismatched_pair pair{kinds, "", std::nullopt};
  pair.check_logs("password specified, but peer requested an unencrypted",
                  "a remote with a password");
}

BOOST_AUTO_TEST_CASE(a_go_peer_refuses_our_wrong_password) {
  mismatched_pair pair{{kind::cpp, kind::go}, "right", "wrong"};
  pair.check_logs("Unable to decrypt TCP msg", "cannot_open");
}

// Our node sends nothing encrypted before the dialler is authenticated. So a Go
// dialler cannot see why it was refused.
BOOST_AUTO_TEST_CASE(we_refuse_the_wrong_password_of_a_go_peer) {
  mismatched_pair pair{{kind::go, kind::cpp}, "wrong", "right"};
  pair.check_logs("shutting down due to error during handshake", "cannot_open");
  BOOST_TEST(!pair.theirs.log_contains("Unable to decrypt"));
}

BOOST_AUTO_TEST_CASE(a_wrong_password_does_not_harm_peers_with_the_right_one) {
  cpp_node ours{named('a', "right")};
  go_peer friendly{named('b', "right")};
  go_peer wrong{named('c', "wrong")};
  BOOST_REQUIRE(connect(ours, friendly));
  wrong.connect_to(ours.address());
  wrong.connect_to(friendly.address());
  BOOST_TEST(logs(ours, "cannot_open"));
  BOOST_TEST(logs(friendly, "Unable to decrypt"));
  BOOST_TEST(ours.is_connected_to(friendly.name()));
  BOOST_TEST(know_each_other({&ours, &friendly}));
}

BOOST_AUTO_TEST_SUITE_END()
