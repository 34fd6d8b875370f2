#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "tools/meshd/mesh/problem.hpp"
#include "tools/meshd/mesh/published_actors.hpp"

/// Reads the headers, bodies and frames that clients send. If the input is
/// wrong, the functions throw a `problem`.
namespace meshd {

using json = nlohmann::ordered_json;

problem bad_body(const std::string& detail);

/// Splits a header into its ETags. Weak ETags keep their prefix `W/`, so they
/// match no entry.
std::vector<std::string> etags_of(std::string_view header);
/// Whether `If-None-Match` is `*` or names the ETag. A weak ETag never matches.
bool names_etag(std::string_view header, std::string_view etag);

/// Parses a JSON object that has no fields other than `fields`.
json object_in(const std::string& text, const std::vector<std::string>& fields);

/// The message in the body of a request to an actor.
std::vector<basic_value> message_of(const json& body);
/// The time limit in the body of a request to an actor; 5 s if it has none.
std::chrono::milliseconds time_limit_of(const json& body);

/// The addresses in the body of a request to dial them.
std::vector<std::string> addresses_of(const json& body);

/// The number in the body of a request that adds to a counter.
std::uint64_t number_to_add(const json& body);

/// The receiver in a text frame of a WebSocket; nothing for a broadcast.
std::optional<std::string> receiver_in(const std::string& frame);

} // namespace meshd
