#include "messages/wire/features.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/support/hex.hpp"
#include <cafmesh/errc.hpp>

using namespace cafmesh;
using namespace cafmesh::wire;
using cafmesh::test::hex;

namespace {

constexpr auto definition = "0eff81040102ff8200010c010c0000";

struct fixture {
  fixture() {
    intro.name = peer_name::from_number(0xfc9e138647a4);
    intro.nickname = "node";
    intro.uid = static_cast<peer_uid>(UINT64_MAX);
    intro.connection_half = 0;
    intro.alias = static_cast<short_id>(4095);
    intro.trusted = true;
    features = to_features(intro);
  }

  // Returns the error that the features have if `key` has this value; `none` if
  // they are valid.
  std::string error_with(const std::string& key, const std::string& value) {
    auto changed = features;
    changed[key] = value;
    return error_of(changed);
  }
  std::string error_without(const std::string& key) {
    auto changed = features;
    changed.erase(key);
    return error_of(changed);
  }
  static std::string error_of(const feature_map& xs) {
    auto result = parse_introduction(xs, name_flavour::mac);
    return result ? "none" : describe(result.error());
  }

  introduction intro;
  feature_map features;
};

bool starts_with(const std::string& text, const std::string& start) {
  return text.compare(0, start.size(), start) == 0;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(features_tests, fixture)

BOOST_AUTO_TEST_CASE(a_map_round_trips) {
  for (const auto& xs : {feature_map{}, feature_map{{"", ""}}, features,
                         feature_map{{"k", std::string(300, 'v')},
                                     {std::string(200, 'k'), ""}}}) {
    bytes out;
    append_features(out, xs);
    auto result = read_features(out);
    BOOST_REQUIRE(result);
    BOOST_TEST((*result == xs));
  }
}

BOOST_AUTO_TEST_CASE(bytes_after_the_map_are_left_to_the_caller) {
  bytes out;
  append_features(out, features);
  auto size = out.size();
  out.insert(out.end(), {4, 0x0a, 0, 1, 0x52});
  std::size_t consumed = 0;
  BOOST_TEST(static_cast<bool>(read_features(out, &consumed)));
  BOOST_TEST(consumed == size);
  BOOST_TEST(is(read_features(out).error(), errc::malformed));
}

BOOST_AUTO_TEST_CASE(a_map_truncated_anywhere_is_malformed) {
  bytes out;
  append_features(out, features);
  for (std::size_t size = 0; size < out.size(); ++size)
    BOOST_TEST(is(read_features({out.data(), size}).error(), errc::malformed));
}

BOOST_AUTO_TEST_CASE(a_repeated_key_is_malformed) {
  auto input = hex(std::string{definition} + "0cff820002 01610162 01610163");
  BOOST_TEST(is(read_features(input).error(), errc::malformed));
}

BOOST_AUTO_TEST_CASE(a_count_beyond_the_bytes_is_malformed) {
  auto input = hex(std::string{definition} + "0dff8200 f8ffffffffffffff7f 00");
  BOOST_TEST(is(read_features(input).error(), errc::malformed));
}

BOOST_AUTO_TEST_CASE(a_map_of_other_types_is_malformed) {
  for (auto digits : {"0eff81040102ff8200010c01040000 04ff820000", "040c000161",
                      "04ff820000"})
    BOOST_TEST(is(read_features(hex(digits)).error(), errc::malformed));
}

BOOST_AUTO_TEST_CASE(an_introduction_round_trips) {
  auto result = parse_introduction(features, name_flavour::mac);
  BOOST_REQUIRE(result);
  BOOST_TEST((result->name == intro.name));
  BOOST_TEST(result->nickname == intro.nickname);
  BOOST_TEST((result->uid == intro.uid));
  BOOST_TEST(result->connection_half == intro.connection_half);
  BOOST_TEST((result->alias == intro.alias));
  BOOST_TEST(result->trusted);
}

BOOST_AUTO_TEST_CASE(short_id_and_trust_may_be_missing) {
  features.erase("ShortID");
  features.erase("Trusted");
  auto result = parse_introduction(features, name_flavour::mac);
  BOOST_REQUIRE(result);
  BOOST_TEST(!result->alias.has_value());
  BOOST_TEST(!result->trusted);
  intro.alias.reset();
  BOOST_TEST(to_features(intro).count("ShortID") == 0u);
}

BOOST_AUTO_TEST_CASE(digests_are_understood_if_the_second_edition_is_listed) {
  auto understood = [this](const std::string& value) {
    features["TopologyDigests"] = value;
    auto result = parse_introduction(features, name_flavour::mac);
    BOOST_REQUIRE(result);
    return result->digests;
  };
  for (std::string value : {"2", "1 2", "2 1", "7 2 9"})
    BOOST_TEST(understood(value), value);
  for (std::string value : {"", "1", "22", "true", " ", "-2", "1,2"})
    BOOST_TEST(!understood(value), value);
}

BOOST_AUTO_TEST_CASE(digests_are_announced_only_if_they_are_understood) {
  BOOST_TEST(features.count("TopologyDigests") == 0u);
  intro.digests = true;
  BOOST_TEST(to_features(intro).at("TopologyDigests") == "2");
}

BOOST_AUTO_TEST_CASE(holds_are_announced_only_if_they_are_understood) {
  BOOST_TEST(features.count("Holds") == 0u);
  intro.takes_holds = true;
  BOOST_TEST(to_features(intro).at("Holds") == "1");
}

BOOST_AUTO_TEST_CASE(holds_are_understood_if_the_feature_is_1) {
  auto understood = [this](const std::string& value) {
    features["Holds"] = value;
    auto result = parse_introduction(features, name_flavour::mac);
    BOOST_REQUIRE(result);
    return result->takes_holds;
  };
  BOOST_TEST(understood("1"));
  for (std::string value : {"", "0", "2", "11", "true"})
    BOOST_TEST(!understood(value), value);
}

BOOST_AUTO_TEST_CASE(unknown_keys_are_ignored) {
  BOOST_TEST(error_with("Weather", "fine") == "none");
}

BOOST_AUTO_TEST_CASE(a_missing_key_is_named) {
  for (std::string key :
       {"PeerNameFlavour", "Name", "NickName", "UID", "ConnID"})
    BOOST_TEST(starts_with(error_without(key), "bad_feature: feature " + key));
}

BOOST_AUTO_TEST_CASE(a_value_that_does_not_parse_is_named_and_quoted) {
  for (std::string key : {"UID", "ConnID", "ShortID", "Trusted"})
    for (std::string value : {"", "-1", "+1", " 1", "1 ", "0x1", "1_0",
                              "18446744073709551616", "maybe"}) {
      auto text = error_with(key, value);
      BOOST_TEST(starts_with(text, "bad_feature: feature " + key), text);
      BOOST_TEST(text.find("'" + value + "'") != std::string::npos, text);
    }
}

BOOST_AUTO_TEST_CASE(a_short_id_has_12_bits) {
  BOOST_TEST(error_with("ShortID", "4095") == "none");
  BOOST_TEST(starts_with(error_with("ShortID", "4096"), "bad_feature"));
}

BOOST_AUTO_TEST_CASE(a_uid_is_not_zero) {
  BOOST_TEST(starts_with(error_with("UID", "0"), "bad_feature"));
}

BOOST_AUTO_TEST_CASE(all_of_gos_spellings_of_booleans_are_read) {
  for (auto value : {"1", "t", "T", "true", "TRUE", "True", "0", "f", "F",
                     "false", "FALSE", "False"})
    BOOST_TEST(error_with("Trusted", value) == "none");
}

BOOST_AUTO_TEST_CASE(the_other_flavour_has_an_error_of_its_own) {
  BOOST_TEST(
    starts_with(error_with("PeerNameFlavour", "hash"), "flavour_mismatch"));
  BOOST_TEST(
    starts_with(error_with("PeerNameFlavour", "x"), "flavour_mismatch"));
}

BOOST_AUTO_TEST_CASE(the_name_must_be_valid_and_not_that_of_the_unknown_peer) {
  BOOST_TEST(starts_with(error_with("Name", "zz"), "bad_peer_name"));
  BOOST_TEST(starts_with(error_with("Name", "0:0:0:0:0:0"), "bad_peer_name"));
}

BOOST_AUTO_TEST_CASE(version_1_sends_five_features_in_the_clear) {
  features["PublicKey"] = "00";
  auto cut = version_1_features(features);
  BOOST_TEST(cut.size() == 5u);
  for (auto key : {"ConnID", "Name", "NickName", "PeerNameFlavour", "UID"})
    BOOST_TEST(cut[key] == features[key]);
}

BOOST_AUTO_TEST_SUITE_END()
