#include "tests/fuzz/handshake_case.hpp"

#include "tests/fuzz/fixed_keys.hpp"
#include "tests/support/sealing.hpp"

namespace cafmesh::fuzz {

crypto::handshake_config handshake_case::config() const {
  crypto::handshake_config result;
  result.outbound = outbound;
  result.min_version = min_version;
  result.max_version = max_version;
  if (has_password) {
    std::vector<password> texts;
    for (const auto* x : accepted_passwords)
      texts.emplace_back(x);
    result.passwords =
      std::make_shared<const std::vector<password>>(std::move(texts));
    result.dial_with = knows_first ? 0 : 1;
  }
  result.features = {{"ConnID", "42"},           {"Name", "00:00:00:00:00:01"},
                     {"NickName", "nick"},       {"UID", "7"},
                     {"PeerNameFlavour", "mac"}, {"ShortID", "100"}};
  return result;
}

bytes handshake_case::conversation(input& in) const {
  auto kind = theirs == 1 ? wire::framing::gob : wire::framing::length_prefix;
  bytes out{'w', 'e', 'a', 'v', 'e', theirs, theirs};
  const auto& open_half = their_keys().open_half;
  if (theirs == 1) {
    auto features = wire::read_features(in.run());
    auto said = features ? *features : wire::feature_map{};
    if (has_password)
      said["PublicKey"] = to_hex({open_half.data(), open_half.size()});
    wire::append_features(out, said);
  } else {
    out.push_back(has_password ? 1 : 0);
    if (has_password)
      out.insert(out.end(), open_half.begin(), open_half.end());
  }
  auto session_key =
    crypto::make_session_key(their_keys(), our_keys().open_half,
                             password{accepted_passwords[knows_first ? 0 : 1]});
  crypto::sealed_stream to_us{*session_key, !outbound};
  while (!in.empty()) {
    auto plain = in.run();
    auto content = has_password ? test::sealed(to_us, plain) : plain.to_bytes();
    wire::append_frame_header(kind, content.size(), out);
    out.insert(out.end(), content.begin(), content.end());
  }
  return out;
}

} // namespace cafmesh::fuzz
