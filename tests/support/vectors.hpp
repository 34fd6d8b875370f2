#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <map>
#include <stdexcept>
#include <string>

#include <nlohmann/json.hpp>

#include "messages/wire/features.hpp"
#include "tests/support/hex.hpp"
#include <cafmesh/peer_record.hpp>

/// Reads test vectors. Each has bytes that the Go library produced, and the
/// values that these bytes encode. The vectors are in `wire-mac.json` and
/// `wire-hash.json`, or in other files of the same shape.
namespace cafmesh::test {

using json = nlohmann::json;

/// The folder of the vector files. It is the value of the environment variable
/// `CAFMESH_VECTORS` or, if that is not set, tests/data.
inline std::string vectors_folder() {
  auto elsewhere = std::getenv("CAFMESH_VECTORS");
  return elsewhere != nullptr ? elsewhere : CAFMESH_TEST_DATA;
}

/// Reads the file with the vectors of one flavour.
/// @throws std::runtime_error if the file is missing or of the other flavour
inline json load_vectors(name_flavour flavour) {
  auto path = vectors_folder() + "/wire-" + to_string(flavour) + ".json";
  std::ifstream file{path};
  if (!file)
    throw std::runtime_error("cannot read " + path);
  auto result = json::parse(file);
  if (result.at("flavour") != to_string(flavour))
    throw std::runtime_error(path + " is of another flavour");
  return result;
}

/// Returns a list in the file. An empty list is an error, because a test over
/// it would test nothing.
/// @throws std::exception if the list is missing, empty or not a list
inline const json& section(const json& vectors, const std::string& name) {
  const auto& result = vectors.at(name);
  if (!result.is_array() || result.empty())
    throw std::runtime_error("vectors: nothing in " + name);
  return result;
}

inline std::string text_in(const json& x, const char* key) {
  return x.at(key).get<std::string>();
}

inline bytes bytes_in(const json& x, const char* key) {
  return hex(text_in(x, key));
}

/// Returns a number. The files hold it as text if it may exceed 2^53.
inline std::uint64_t number_in(const json& x, const char* key) {
  const auto& value = x.at(key);
  return value.is_string() ? std::stoull(value.get<std::string>())
                           : value.get<std::uint64_t>();
}

inline std::string text_of(const json& x) {
  return x.get<std::string>();
}

inline peer_name name_in(const json& x, const char* key, name_flavour flavour) {
  return *peer_name::parse(text_in(x, key), flavour);
}

inline wire::feature_map features_in(const json& x) {
  return x.at("features").get<wire::feature_map>();
}

/// Returns a record. Its connections are sorted, as they are in a record that
/// was decoded.
inline peer_record record_in(const json& x, name_flavour flavour) {
  peer_record result;
  result.peer.name = name_in(x, "name", flavour);
  result.peer.nickname = text_in(x, "nickname");
  result.peer.uid = static_cast<peer_uid>(number_in(x, "uid"));
  result.peer.version = number_in(x, "version");
  if (x.at("has_short_id").get<bool>())
    result.peer.alias = static_cast<short_id>(number_in(x, "short_id"));
  if (!x.at("connections").is_null())
    for (const auto& c : x.at("connections"))
      result.connections.push_back(
        {name_in(c, "name", flavour), text_in(c, "address"),
         c.at("outbound").get<bool>(), c.at("established").get<bool>()});
  std::sort(result.connections.begin(), result.connections.end(),
            [](const auto& a, const auto& b) { return a.remote < b.remote; });
  return result;
}

inline std::map<peer_name, peer_record> records_in(const json& x,
                                                   name_flavour flavour) {
  std::map<peer_name, peer_record> result;
  for (const auto& peer : x.at("peers")) {
    auto record = record_in(peer, flavour);
    result[record.peer.name] = record;
  }
  return result;
}

} // namespace cafmesh::test
