#include "messages/wire/features.hpp"

#include <algorithm>
#include <charconv>
#include <string_view>

#include "messages/wire/gob_map.hpp"
#include "messages/wire/hold.hpp"
#include <cafmesh/errc.hpp>
#include <cafmesh/escaped.hpp>

namespace cafmesh::wire {

namespace {

caf::error not_a_map(const char* what) {
  return make_error(errc::malformed,
                    std::string{"features: expected a gob map of text to text, "
                                "got "}
                      + what);
}

caf::error bad_feature(std::string_view key, std::string_view expected,
                       const std::string* value) {
  std::string text = "feature ";
  text += key;
  text += ": expected ";
  text += expected;
  text += ", got ";
  text += value != nullptr ? escaped_in_quotes(*value) : "none";
  return make_error(errc::bad_feature, std::move(text));
}

const std::string* find(const feature_map& xs, const char* key) {
  auto i = xs.find(key);
  return i != xs.end() ? &i->second : nullptr;
}

bool parse_number(const std::string* text, std::uint64_t max,
                  std::uint64_t& out) noexcept {
  if (text == nullptr)
    return false;
  auto last = text->data() + text->size();
  auto [end, code] = std::from_chars(text->data(), last, out);
  return code == std::errc{} && end == last && out <= max;
}

bool parse_truth(std::string_view text, bool& out) noexcept {
  for (auto yes : {"true", "1", "t", "T", "TRUE", "True"})
    if (text == yes)
      return out = true;
  for (auto no : {"false", "0", "f", "F", "FALSE", "False"})
    if (text == no)
      return out = false, true;
  return false;
}

caf::error check_flavour(const feature_map& xs, name_flavour ours) {
  auto theirs = find(xs, "PeerNameFlavour");
  if (theirs == nullptr)
    return bad_feature("PeerNameFlavour", "mac or hash", theirs);
  if (*theirs != to_string(ours))
    return make_error(errc::flavour_mismatch,
                      std::string{"peer names: ours are of flavour "}
                        + to_string(ours) + ", theirs of "
                        + escaped_in_quotes(*theirs));
  return {};
}

caf::expected<peer_name> name_feature(const feature_map& xs,
                                      name_flavour flavour) {
  auto text = find(xs, "Name");
  if (text == nullptr)
    return bad_feature("Name", "a peer name", text);
  auto result = peer_name::parse(*text, flavour);
  if (result && result->is_unknown())
    return make_error(errc::bad_peer_name,
                      "feature Name: expected a peer name, got the unknown "
                      "peer");
  return result;
}

// Outlines of edition 1 had sums that could be forged.
constexpr std::string_view digests_edition = "2";

// Whether a list of numbers, separated by spaces, contains our edition.
bool lists_digests_edition(std::string_view text) noexcept {
  while (!text.empty()) {
    auto end = std::min(text.find(' '), text.size());
    if (text.substr(0, end) == digests_edition)
      return true;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return false;
}

caf::error read_optional(const feature_map& xs, introduction& out) {
  if (auto text = find(xs, "ShortID")) {
    std::uint64_t number = 0;
    if (!parse_number(text, short_id_count - 1, number))
      return bad_feature("ShortID", "a number below 4096", text);
    out.alias = static_cast<short_id>(number);
  }
  if (auto text = find(xs, "Trusted"))
    if (!parse_truth(*text, out.trusted))
      return bad_feature("Trusted", "true or false", text);
  auto holds = find(xs, hold_feature);
  out.takes_holds = holds != nullptr && *holds == hold_feature_value;
  if (auto text = find(xs, "TopologyDigests"))
    out.digests = lists_digests_edition(*text);
  return {};
}

} // namespace

void append_features(bytes& out, const feature_map& xs) {
  bytes pairs;
  for (const auto& [key, text] : xs) {
    append_gob_run(pairs, byte_view{key});
    append_gob_run(pairs, byte_view{text});
  }
  append_gob_map(out, gob_type::text, gob_type::text, xs.size(), pairs);
}

caf::expected<feature_map> read_features(byte_view input,
                                         std::size_t* consumed) {
  gob_map_reader pairs{input, gob_type::text, gob_type::text};
  feature_map result;
  while (pairs.next()) {
    auto key = pairs.cursor().read_run().as_text();
    auto text = pairs.cursor().read_run().as_text();
    if (pairs.cursor().ok() && !result.emplace(key, text).second)
      return not_a_map("a key twice");
  }
  if (auto problem = pairs.problem())
    return not_a_map(problem);
  if (consumed != nullptr)
    *consumed = pairs.size();
  else if (pairs.size() != input.size())
    return not_a_map("bytes behind it");
  return result;
}

feature_map to_features(const introduction& x) {
  feature_map result{
    {"PeerNameFlavour", to_string(x.name.flavour())},
    {"Name", x.name.str()},
    {"NickName", x.nickname},
    {"UID", std::to_string(value_of(x.uid))},
    {"ConnID", std::to_string(x.connection_half)},
    {"Trusted", x.trusted ? "true" : "false"},
  };
  if (x.alias)
    result.emplace("ShortID", std::to_string(value_of(*x.alias)));
  if (x.takes_holds)
    result.emplace(hold_feature, hold_feature_value);
  if (x.digests)
    result.emplace("TopologyDigests", digests_edition);
  return result;
}

caf::expected<introduction> parse_introduction(const feature_map& xs,
                                               name_flavour flavour) {
  if (auto err = check_flavour(xs, flavour))
    return err;
  introduction result;
  auto name = name_feature(xs, flavour);
  if (!name)
    return name.error();
  result.name = *name;
  auto nickname = find(xs, "NickName");
  if (nickname == nullptr)
    return bad_feature("NickName", "text", nickname);
  result.nickname = *nickname;
  std::uint64_t uid = 0;
  auto uid_text = find(xs, "UID");
  if (!parse_number(uid_text, UINT64_MAX, uid) || uid == 0)
    return bad_feature("UID", "a number from 1 to 2^64-1", uid_text);
  result.uid = static_cast<peer_uid>(uid);
  auto half = find(xs, "ConnID");
  if (!parse_number(half, UINT64_MAX, result.connection_half))
    return bad_feature("ConnID", "a number from 0 to 2^64-1", half);
  if (auto err = read_optional(xs, result))
    return err;
  return result;
}

feature_map version_1_features(const feature_map& xs) {
  feature_map result;
  for (auto key : {"ConnID", "Name", "NickName", "PeerNameFlavour", "UID"})
    if (auto text = find(xs, key))
      result.emplace(key, *text);
  return result;
}

} // namespace cafmesh::wire
