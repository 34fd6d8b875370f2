#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace meshd {

enum class log_format : std::uint8_t { plain, json_lines };

/// The options of meshd itself; those of the mesh are in `cafmesh::settings`. A
/// new field needs a row in `option_table`.
struct service_options {
  // -- HTTP

  /// Where the API is served: `HOST:PORT` with a numeric host or `localhost`,
  /// or `unix:/path`.
  std::string http = "127.0.0.1:6784";
  std::string http_cert; ///< PEM file; with it, HTTP is served over TLS
  std::string http_key;  ///< PEM file
  /// Whether HTTP may be served beyond loopback without TLS or without a token.
  bool http_insecure = false;
  /// Values that the `Host` header may have, in addition to the bound address.
  std::vector<std::string> http_allowed_hosts;
  /// A second address for health and metrics alone, in the format of `http`;
  /// empty: none.
  std::string metrics;
  std::string token_file;      ///< empty: no token is needed
  std::string read_token_file; ///< empty: as `token_file`

  // -- state

  std::string state; ///< folder; empty: nothing outlives the process
  std::string kv_channel = "kv";
  std::chrono::milliseconds kv_retention{std::chrono::hours{24}};

  // -- limits

  std::size_t max_kv_bytes = 256 * 1024 * 1024;
  std::size_t max_channels = 256;
  std::size_t max_counters = 1024;
  std::size_t max_sets = 256;
  std::size_t max_streams = 4096;
  std::size_t max_connections = 8192;

  // -- log

  log_format format = log_format::plain;
  std::string log_level = "info";
};

/// One option. It is `--name` on the command line, `MESHD_NAME` in the
/// environment, and `name` below `[meshd]` in the file.
struct option_row {
  std::string name;
  std::string description;
  bool is_flag = false; ///< means `true` if given without a value
  bool is_list = false; ///< takes several values
  bool is_bare = false; ///< stands in a file without quotes
  /// Sets the field from one or more texts.
  /// @returns what is wrong; empty if nothing is
  std::function<std::string(const std::vector<std::string>&, service_options&)>
    apply;
  /// The values in use, as text.
  std::function<std::vector<std::string>(const service_options&)> values;
};

const std::vector<option_row>& option_table();

const option_row* find_option(const std::string& name);

/// Finds contradictions between options.
/// @returns what is wrong; empty if nothing is
std::string check(const service_options& x);

/// A hundred years, which every clock can represent.
constexpr std::chrono::milliseconds longest_time{
  std::chrono::hours{24 * 36'525}};

/// Reads `10s`, `500ms`, `2min`, `24h` or a plain number of seconds.
/// @returns nothing if the text is not a time, or is more than `longest_time`
std::optional<std::chrono::milliseconds> parse_time(const std::string& text);

} // namespace meshd
