#include <algorithm>
#include <ctime>
#include <limits>

#include "tests/crypto/handshake/handshake_fixture.hpp"

#include "messages/wire/gob.hpp"
#include "tests/support/encoded_messages.hpp"
#include "tests/support/sealing.hpp"

using namespace cafmesh;
using namespace cafmesh::crypto;

namespace {

using texts = std::vector<std::string>;

handshake_config version_1(bool outbound, const texts& accepted) {
  auto result = config_of(outbound, accepted);
  result.max_version = 1;
  return result;
}

struct fixture {
  end dialler{version_1(true, {"x"})};
  end acceptor{version_1(false, {"x"})};
};

// Returns the first bytes of a remote: the header, and features with this
// public key.
bytes opening(const std::string& public_key_digits) {
  bytes result{'w', 'e', 'a', 'v', 'e', 1, 1};
  auto features = features_of("stranger");
  features["PublicKey"] = public_key_digits;
  wire::append_features(result, features);
  return result;
}

bytes plain_features() {
  bytes result;
  wire::append_features(result, features_of("x"));
  return result;
}

// The size in bytes of the gob value that holds the sealed heartbeat. With this
// heartbeat, a dialler proves that it has the password.
std::size_t proof_size() {
  bytes proof(seal_overhead + 1);
  bytes frame;
  test::append_gob_bytes_message(frame, proof);
  return frame.size();
}

// Exchanges both keys. Holds back the sealed heartbeat by which the dialler
// proves that it has the password.
// @returns the heartbeat.
bytes exchange_keys(end& dialler, end& acceptor) {
  pass_on(dialler, acceptor);
  pass_on(acceptor, dialler);
  auto said = dialler.shake.take_output();
  auto place = said.size() - proof_size();
  acceptor.receive(byte_view{said}.sub(0, place));
  return byte_view{said}.sub(place).to_bytes();
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(handshake_version_1_tests, fixture)

BOOST_AUTO_TEST_CASE(only_the_plain_features_are_sent_and_read) {
  end d{version_1(true, {})};
  end a{version_1(false, {})};
  talk(d, a);
  BOOST_TEST_REQUIRE(a.done());
  auto result = a.shake.take_result();
  BOOST_TEST(
    (result.features == wire::version_1_features(features_of("dialler"))));
  BOOST_TEST((result.framing == wire::framing::gob));
  BOOST_TEST(result.version == 1);
}

BOOST_AUTO_TEST_CASE(features_beyond_the_plain_ones_are_ignored) {
  end a{version_1(false, {})};
  a.receive(bytes{'w', 'e', 'a', 'v', 'e', 1, 1});
  a.receive(plain_features());
  BOOST_TEST_REQUIRE(a.done());
  BOOST_TEST(a.shake.take_result().features.count("ShortID") == 0u);
}

BOOST_AUTO_TEST_CASE(a_definition_without_its_value_is_no_introduction_yet) {
  end a{version_1(false, {})};
  a.receive(bytes{'w', 'e', 'a', 'v', 'e', 1, 1});
  auto said = plain_features();
  auto definition = std::size_t{1} + said[0];
  a.receive(byte_view{said}.sub(0, definition));
  BOOST_TEST(!a.error);
  BOOST_TEST(!a.done());
  a.receive(byte_view{said}.sub(definition));
  BOOST_TEST(a.done());
}

BOOST_AUTO_TEST_CASE(a_remote_is_accepted_only_after_a_sealed_frame) {
  for (auto byte : exchange_keys(dialler, acceptor)) {
    BOOST_TEST(!acceptor.done());
    acceptor.receive(bytes{byte});
  }
  BOOST_TEST_REQUIRE(acceptor.done());
  BOOST_TEST((acceptor.shake.take_result().first_message == bytes{0}));
}

BOOST_AUTO_TEST_CASE(the_streams_have_counted_the_proof) {
  talk(dialler, acceptor);
  for (auto* x : {&dialler, &acceptor}) {
    BOOST_TEST_REQUIRE(x->done());
    auto result = x->shake.take_result();
    BOOST_TEST(result.to_remote->sequence() == 1u);
    BOOST_TEST(result.from_remote->sequence() == 1u);
  }
}

BOOST_AUTO_TEST_CASE(any_first_message_of_a_go_peer_is_its_proof) {
  acceptor.receive(exchange_keys(dialler, acceptor));
  BOOST_TEST_REQUIRE(acceptor.done());
  sealed_stream go{*acceptor.shake.take_result().session_key, false};
  bytes said;
  test::append_gob_bytes_message(said, test::sealed(go, bytes{4, 4}));
  dialler.receive(said);
  BOOST_TEST_REQUIRE(dialler.done());
  BOOST_TEST((dialler.shake.take_result().first_message == bytes{4, 4}));
}

BOOST_AUTO_TEST_CASE(an_acceptor_proves_itself_only_after_the_dialler) {
  auto proof = exchange_keys(dialler, acceptor);
  BOOST_TEST(acceptor.shake.take_output().empty());
  acceptor.receive(proof);
  BOOST_TEST(acceptor.shake.take_output().size() == proof_size());
  BOOST_TEST(acceptor.done());
}

BOOST_AUTO_TEST_CASE(a_stranger_without_the_password_is_never_accepted) {
  auto keys = key_pair::random();
  acceptor.receive(
    opening(to_hex({keys.open_half.data(), keys.open_half.size()})));
  BOOST_TEST(
    (acceptor.shake.current_stage() == handshake::stage::introduction));
  bytes guess;
  test::append_gob_bytes_message(guess, bytes(20));
  acceptor.receive(guess);
  BOOST_TEST(acceptor.failed_with(errc::cannot_open));
}

BOOST_AUTO_TEST_CASE(a_public_key_is_64_hex_digits) {
  for (const auto& digits : {std::string{}, std::string(63, 'a'),
                             std::string(66, 'a'), std::string(64, 'g')}) {
    end x{version_1(false, {"x"})};
    x.receive(opening(digits));
    BOOST_TEST(x.failed_with(errc::bad_feature), digits);
  }
}

BOOST_AUTO_TEST_CASE(keys_of_low_order_are_refused) {
  acceptor.receive(opening(std::string(64, '0')));
  BOOST_TEST(acceptor.failed_with(errc::weak_key));
}

BOOST_AUTO_TEST_CASE(a_value_that_announces_too_much_is_refused_at_once) {
  acceptor.receive(bytes{'w', 'e', 'a', 'v', 'e', 1, 1});
  acceptor.receive(bytes{0xfd, 0x01, 0x00}); // the length: 65536 or more
  BOOST_TEST(!acceptor.error);
  acceptor.receive(bytes{0x01});
  BOOST_TEST(acceptor.failed_with(errc::too_large));
}

BOOST_AUTO_TEST_CASE(definitions_without_end_are_refused) {
  auto definition = plain_features();
  definition.resize(15);
  acceptor.receive(bytes{'w', 'e', 'a', 'v', 'e', 1, 1});
  bytes flood;
  while (flood.size() <= 64 * 1024)
    flood.insert(flood.end(), definition.begin(), definition.end());
  acceptor.receive(flood);
  BOOST_TEST(acceptor.failed_with(errc::too_large));
}

// With eight times the input, a reader whose time is quadratic needs 64 times
// as long. CPU time is measured, because the machine may be busy.
BOOST_AUTO_TEST_CASE(definitions_byte_by_byte_take_time_that_grows_linearly) {
  auto time_of = [](std::size_t size) {
    const bytes definition{1, 1}; // type -1, without a body
    const bytes header{'w', 'e', 'a', 'v', 'e', 1, 1};
    auto best = std::numeric_limits<std::clock_t>::max();
    for (int round = 0; round < 5; ++round) {
      end one{version_1(false, {"x"})};
      one.receive(header);
      const auto start = std::clock();
      for (std::size_t i = 0; i < size; ++i)
        one.receive(bytes{definition[i % definition.size()]});
      best = std::min(best, std::clock() - start);
      BOOST_TEST(!one.error);
    }
    return best;
  };
  const auto little = time_of(7 * 1024);
  BOOST_TEST((time_of(56 * 1024) < 24 * little));
}

BOOST_AUTO_TEST_CASE(an_oversized_proof_is_refused_before_it_arrives) {
  exchange_keys(dialler, acceptor);
  bytes said;
  wire::append_gob_bytes_message_header(said, wire::max_frame_size + 1);
  acceptor.receive(said);
  BOOST_TEST(acceptor.failed_with(errc::too_large));
}

BOOST_AUTO_TEST_CASE(a_stream_that_is_not_gob_is_malformed) {
  acceptor.receive(bytes{'w', 'e', 'a', 'v', 'e', 1, 1});
  acceptor.receive(bytes{0x80, 1, 2, 3, 4, 5, 6, 7, 8});
  BOOST_TEST(acceptor.failed_with(errc::malformed));
}

// Only the sealed heartbeat is damaged. In version 1, the features are not
// sealed, so damage to them may go unnoticed.
BOOST_AUTO_TEST_CASE(damage_to_the_proof_never_passes) {
  for (std::size_t place = 0; place < proof_size(); ++place) {
    end d{version_1(true, {"x"})};
    end a{version_1(false, {"x"})};
    auto proof = exchange_keys(d, a);
    proof[place] ^= 1;
    a.receive(proof);
    BOOST_TEST(!a.done(), "damage at " << place);
  }
}

BOOST_AUTO_TEST_SUITE_END()
