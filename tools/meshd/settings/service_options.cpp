#include "tools/meshd/settings/service_options.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "tools/meshd/mesh/channel_names.hpp"

namespace meshd {

namespace {

using texts = std::vector<std::string>;

option_row text(std::string name, std::string service_options::*field,
                std::string description) {
  return {std::move(name),
          std::move(description),
          false,
          false,
          false,
          [field](const texts& xs, service_options& to) {
            to.*field = xs.back();
            return std::string{};
          },
          [field](const service_options& x) {
            return texts{x.*field};
          }};
}

texts split(const texts& xs) {
  texts result;
  for (const auto& x : xs)
    for (std::size_t i = 0; i < x.size();) {
      auto end = std::min(x.find(',', i), x.size());
      if (end > i)
        result.push_back(x.substr(i, end - i));
      i = end + 1;
    }
  return result;
}

option_row list(std::string name, texts service_options::*field,
                std::string description) {
  return {std::move(name),
          std::move(description),
          false,
          true,
          false,
          [field](const texts& xs, service_options& to) {
            to.*field = split(xs);
            return std::string{};
          },
          [field](const service_options& x) {
            return x.*field;
          }};
}

option_row truth(std::string name, bool service_options::*field,
                 std::string description) {
  return {std::move(name),
          std::move(description),
          true,
          false,
          true,
          [field](const texts& xs, service_options& to) -> std::string {
            if (xs.back() != "true" && xs.back() != "false")
              return "expected true or false, got '" + xs.back() + "'";
            to.*field = xs.back() == "true";
            return {};
          },
          [field](const service_options& x) {
            return texts{x.*field ? "true" : "false"};
          }};
}

std::optional<std::uint64_t> parse_number(const std::string& text) {
  if (text.empty() || text.size() > 15
      || text.find_first_not_of("0123456789") != std::string::npos)
    return std::nullopt;
  return std::stoull(text);
}

option_row number(std::string name, std::size_t service_options::*field,
                  std::string description) {
  return {std::move(name),
          std::move(description),
          false,
          false,
          true,
          [field](const texts& xs, service_options& to) -> std::string {
            auto x = parse_number(xs.back());
            if (!x || *x == 0)
              return "expected a number above 0, got '" + xs.back() + "'";
            to.*field = static_cast<std::size_t>(*x);
            return {};
          },
          [field](const service_options& x) {
            return texts{std::to_string(x.*field)};
          }};
}

// The largest unit comes first.
constexpr std::pair<const char*, std::int64_t> units[] = {
  {"h", 3'600'000}, {"min", 60'000}, {"s", 1000}, {"ms", 1}};

std::string time_text(std::chrono::milliseconds x) {
  for (const auto& [name, factor] : units)
    if (x.count() % factor == 0)
      return std::to_string(x.count() / factor) + name;
  return {};
}

option_row retention() {
  return {"kv-retention",
          "how long a deleted key is remembered; the same in the whole mesh",
          false,
          false,
          false,
          [](const texts& xs, service_options& to) -> std::string {
            auto x = parse_time(xs.back());
            if (!x || *x < std::chrono::minutes{1})
              return "expected a time of at least 1min, such as 24h, got '"
                     + xs.back() + "'";
            to.kv_retention = *x;
            return {};
          },
          [](const service_options& x) {
            return texts{time_text(x.kv_retention)};
          }};
}

option_row format() {
  return {"log-format",
          "text, or json for one object per line",
          false,
          false,
          false,
          [](const texts& xs, service_options& to) -> std::string {
            if (xs.back() != "text" && xs.back() != "json")
              return "expected text or json, got '" + xs.back() + "'";
            to.format =
              xs.back() == "json" ? log_format::json_lines : log_format::plain;
            return {};
          },
          [](const service_options& x) {
            return texts{x.format == log_format::json_lines ? "json" : "text"};
          }};
}

option_row level() {
  auto result = text("log-level", &service_options::log_level,
                     "debug, info, warning, error or off");
  result.apply = [](const texts& xs, service_options& to) -> std::string {
    static const texts levels = {"debug", "info", "warning", "error", "off"};
    if (std::find(levels.begin(), levels.end(), xs.back()) == levels.end())
      return "expected debug, info, warning, error or off, got '" + xs.back()
             + "'";
    to.log_level = xs.back();
    return {};
  };
  return result;
}

std::vector<option_row> make_table() {
  using o = service_options;
  return {
    text("http", &o::http, "where to serve HTTP: HOST:PORT or unix:/PATH"),
    text("http-cert", &o::http_cert, "certificate for HTTPS, a PEM file"),
    text("http-key", &o::http_key, "key of the certificate, a PEM file"),
    truth("http-insecure", &o::http_insecure,
          "serve HTTP beyond loopback also without TLS or without a token"),
    list("http-allowed-hosts", &o::http_allowed_hosts,
         "further names by which clients may address the service"),
    text("metrics", &o::metrics,
         "where to serve health and metrics alone, as well: HOST:PORT or "
         "unix:/PATH"),
    text("token-file", &o::token_file,
         "file with the token that allows everything"),
    text("read-token-file", &o::read_token_file,
         "file with a token that allows reading"),
    text("state", &o::state,
         "folder that keeps the peer's name and all values; default "
         "$STATE_DIRECTORY"),
    text("kv-channel", &o::kv_channel, "channel of the key-value map"),
    retention(),
    number("max-kv-bytes", &o::max_kv_bytes,
           "most bytes of keys and values at which a PUT is accepted"),
    number("max-channels", &o::max_channels, "most channels to join"),
    number("max-counters", &o::max_counters, "most counters to hold"),
    number("max-sets", &o::max_sets, "most sets to hold"),
    number("max-streams", &o::max_streams,
           "most event streams and WebSockets at a time"),
    number("max-connections", &o::max_connections,
           "most HTTP connections at a time, streams included"),
    format(),
    level(),
  };
}

bool is_address(const std::string& text) {
  if (text.rfind("unix:/", 0) == 0)
    return true;
  auto colon = text.rfind(':');
  auto port = colon == std::string::npos ? std::nullopt
                                         : parse_number(text.substr(colon + 1));
  return port && *port <= 65'535;
}

} // namespace

const std::vector<option_row>& option_table() {
  static const auto rows = make_table();
  return rows;
}

const option_row* find_option(const std::string& name) {
  for (const auto& x : option_table())
    if (x.name == name)
      return &x;
  return nullptr;
}

std::string check(const service_options& x) {
  if (!is_address(x.http))
    return "http: expected HOST:PORT or unix:/PATH, got '" + x.http + "'";
  if (!x.metrics.empty() && !is_address(x.metrics))
    return "metrics: expected HOST:PORT or unix:/PATH, got '" + x.metrics + "'";
  if (x.http_cert.empty() != x.http_key.empty())
    return "http-cert and http-key go together: give both or neither";
  if (x.token_file.empty() && !x.read_token_file.empty())
    return "read-token-file needs token-file, or everyone could write";
  if (x.kv_channel.empty() || x.kv_channel.size() > 1024)
    return "kv-channel must have 1 to 1024 bytes";
  if (is_used_otherwise(x.kv_channel))
    return "kv-channel: the channel '" + x.kv_channel
           + "' has another use; choose another name";
  return {};
}

std::optional<std::chrono::milliseconds> parse_time(const std::string& text) {
  auto end = text.find_first_not_of("0123456789");
  auto digits = text.substr(0, end);
  auto unit = end == std::string::npos ? std::string{"s"} : text.substr(end);
  auto x = parse_number(digits);
  for (const auto& [name, factor] : units)
    if (x && unit == name
        && *x <= static_cast<std::uint64_t>(longest_time.count() / factor))
      return std::chrono::milliseconds{static_cast<std::int64_t>(*x) * factor};
  return std::nullopt;
}

} // namespace meshd
