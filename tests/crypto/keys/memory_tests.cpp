#include "crypto/keys/memory.hpp"

#include <array>
#include <memory>

#include <boost/test/unit_test.hpp>
#include <sodium.h>

#include "crypto/keys/session_key.hpp"
#include "tests/crypto/handshake/handshake_fixture.hpp"
#include "tests/support/sealing.hpp"
#include "tests/support/watched_memory.hpp"
#include <cafmesh/bytes.hpp>

using namespace cafmesh;
using namespace cafmesh::crypto;

// Tests that secrets are wiped from memory, even when an introduction fails.
BOOST_AUTO_TEST_SUITE(memory_tests)

BOOST_AUTO_TEST_CASE(wiping_clears_every_byte) {
  bytes xs(100, 0xff);
  wipe(xs.data(), xs.size());
  BOOST_TEST((xs == bytes(100, 0)));
}

BOOST_AUTO_TEST_CASE(wiping_nothing_is_allowed) {
  wipe(nullptr, 0);
  BOOST_TEST_PASSPOINT();
}

namespace {

using subkey = std::array<std::uint8_t, key::size>;

subkey subkey_of(const key& session_key, bool sender_outbound) {
  const std::uint8_t nonce_head[crypto_core_hsalsa20_INPUTBYTES] = {
    static_cast<std::uint8_t>(sender_outbound ? 0xc0 : 0x40)};
  subkey result;
  crypto_core_hsalsa20(result.data(), nonce_head, session_key.data(), nullptr);
  return result;
}

/// A handshake that accepts these passwords. It has received the public key of
/// a dialler that uses the first of them.
struct acceptor {
  explicit acceptor(const std::vector<std::string>& passwords) {
    const auto ours = key_pair::random();
    const auto theirs = key_pair::random();
    agreed =
      *make_session_key(ours, theirs.open_half, password{passwords.front()});
    shake = std::make_unique<handshake>(config_of(false, passwords), ours);
    bytes start{'w', 'e', 'a', 'v', 'e', 2, 2, 1};
    start.insert(start.end(), theirs.open_half.begin(), theirs.open_half.end());
    BOOST_TEST(!!shake->feed(start));
    BOOST_TEST(keeps_a_key());
  }

  bool keeps_a_key() const {
    auto keeps = [this](const std::uint8_t* secret) {
      return blocks.containing(secret, key::size) > 0;
    };
    return keeps(agreed.data()) || keeps(subkey_of(agreed, true).data())
           || keeps(subkey_of(agreed, false).data());
  }

  void fail_at(const bytes& box) {
    bytes frame;
    wire::append_frame_header(wire::framing::length_prefix, box.size(), frame);
    frame.insert(frame.end(), box.begin(), box.end());
    BOOST_TEST(!shake->feed(frame));
  }

  test::watched_blocks blocks;
  key agreed;
  std::unique_ptr<handshake> shake;
};

} // namespace

BOOST_AUTO_TEST_CASE(a_failed_introduction_leaves_no_session_key) {
  for (const auto& passwords :
       {std::vector<std::string>{"one"}, {"one", "two"}}) {
    acceptor x{passwords};
    x.fail_at(bytes(20, 7));
    BOOST_TEST(!x.keeps_a_key());
  }
}

BOOST_AUTO_TEST_CASE(an_introduction_that_fails_once_it_is_open_leaves_no_key) {
  for (const auto& passwords :
       {std::vector<std::string>{"one"}, {"one", "two"}}) {
    acceptor x{passwords};
    sealed_stream stream{x.agreed, true};
    x.fail_at(test::sealed(stream, bytes{1, 2, 3}));
    BOOST_TEST(!x.keeps_a_key());
  }
}

BOOST_AUTO_TEST_CASE(secrets_are_equal_if_every_byte_is) {
  const bytes xs{1, 2, 3};
  BOOST_TEST(equal_secrets(xs.data(), bytes(xs).data(), 3));
  for (std::size_t i = 0; i < 3; ++i) {
    auto ys = xs;
    ys[i] ^= 0x80;
    BOOST_TEST(!equal_secrets(xs.data(), ys.data(), 3));
  }
}

BOOST_AUTO_TEST_SUITE_END()
