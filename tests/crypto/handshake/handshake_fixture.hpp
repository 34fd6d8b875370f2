#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "crypto/handshake/handshake.hpp"
#include <cafmesh/errc.hpp>

namespace cafmesh::crypto {

inline password_list accepting(const std::vector<std::string>& texts) {
  std::vector<password> result;
  for (const auto& text : texts)
    result.emplace_back(text);
  return std::make_shared<const std::vector<password>>(std::move(result));
}

inline wire::feature_map features_of(const std::string& name) {
  return {{"ConnID", "42"},   {"Name", name},     {"NickName", "nick " + name},
          {"UID", "7"},       {"ShortID", "100"}, {"PeerNameFlavour", "mac"},
          {"Trusted", "true"}};
}

/// One side of an introduction, what it has received, and its outcome.
struct end {
  explicit end(const handshake_config& config)
      : shake(config, key_pair::random()) {
  }

  void receive(byte_view xs) {
    inbox.insert(inbox.end(), xs.begin(), xs.end());
    auto taken = shake.feed(inbox);
    if (!taken) {
      error = taken.error();
      return;
    }
    BOOST_TEST_REQUIRE(*taken <= inbox.size());
    inbox.erase(inbox.begin(),
                inbox.begin() + static_cast<std::ptrdiff_t>(*taken));
  }

  bool done() const {
    return shake.current_stage() == handshake::stage::done;
  }
  bool failed_with(errc code) const {
    return shake.current_stage() == handshake::stage::failed && is(error, code);
  }

  handshake shake;
  bytes inbox;
  caf::error error;
};

inline handshake_config config_of(bool outbound,
                                  const std::vector<std::string>& accepted) {
  handshake_config result;
  result.outbound = outbound;
  result.passwords = accepting(accepted);
  result.features = features_of(outbound ? "dialler" : "acceptor");
  return result;
}

/// Passes on the output of `from` in pieces. Returns whether there was any.
inline bool pass_on(end& from, end& to, std::size_t piece = 1) {
  auto output = from.shake.take_output();
  byte_view rest = output;
  while (!rest.empty() && !to.error) {
    auto size = std::min(piece, rest.size());
    to.receive(rest.sub(0, size));
    rest = rest.sub(size);
  }
  return !output.empty();
}

inline void talk(end& x, end& y, std::size_t piece = 1) {
  for (bool more = true; more;) {
    more = pass_on(x, y, piece);
    more = pass_on(y, x, piece) || more;
  }
}

/// Passes on the output of `from` with one bit flipped in byte number
/// `countdown`, if there is such a byte. Then subtracts the size of the output
/// from `countdown`, down to 0. Once `countdown` is 0, all later output is
/// damaged too.
inline void pass_on_damaged(end& from, end& to, std::size_t& countdown) {
  auto output = from.shake.take_output();
  if (countdown < output.size())
    output[countdown] ^= 0x01;
  countdown -= std::min(countdown, output.size());
  to.receive(output);
}

} // namespace cafmesh::crypto
