#include "tools/meshd/api/call.hpp"

#include <map>

#include "tools/meshd/api/client_input.hpp"
#include "tools/meshd/api/hints.hpp"
#include "tools/meshd/mesh/utf8.hpp"
#include "tools/meshd/settings/service_options.hpp"

namespace meshd {

namespace {

constexpr char json_type[] = "application/json";

std::string lower(std::string x) {
  for (auto& c : x)
    c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  return x;
}

} // namespace

problem bad_query(const std::string& name, const std::string& expected) {
  return {400, "bad_query", name + " must be " + expected + "."};
}

std::string title_of(int status) {
  static const std::map<int, std::string> titles = {
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {409, "Conflict"},
    {412, "Precondition Failed"},
    {413, "Content Too Large"},
    {415, "Unsupported Media Type"},
    {421, "Misdirected Request"},
    {429, "Too Many Requests"},
    {500, "Internal Server Error"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
    {507, "Insufficient Storage"},
  };
  auto i = titles.find(status);
  return i == titles.end() ? "Error" : i->second;
}

json json_of(const problem& x) {
  json result = {{"type", "about:blank"},
                 {"title", title_of(x.status)},
                 {"status", x.status},
                 {"code", x.code},
                 {"detail", x.detail}};
  auto hint = x.hint.empty() ? usual_hint(x.code) : x.hint;
  if (!hint.empty())
    result["hint"] = std::move(hint);
  return result;
}

std::string call::text_param(const std::string& name, std::size_t most) const {
  auto result = exchange_->param(name);
  if (result.empty() || !is_utf8(result))
    throw problem{400, "bad_path", "The " + name + " must be UTF-8 text.",
                  "Encode it as UTF-8, and then its bytes with %."};
  auto is_long = result.size() > most;
  auto detail =
    "The " + name + " has more than " + std::to_string(most) + " bytes.";
  if (is_long && most == longest_key)
    throw problem{413, "too_large", detail, "Use a shorter one."};
  if (is_long)
    throw problem{400, "bad_path", detail, "Use a shorter one."};
  return result;
}

std::string call::query_or(const std::string& name,
                           const std::string& other) const {
  return exchange_->query(name).value_or(other);
}

bool call::query_flag(const std::string& name) const {
  auto x = query_or(name, "false");
  if (x != "true" && x != "false")
    throw bad_query(name, "true or false");
  return x == "true";
}

std::size_t call::limit() const {
  auto x = query_or("limit", "100");
  auto is_number = !x.empty() && x.size() < 5
                   && x.find_first_not_of("0123456789") == std::string::npos;
  auto result = is_number ? std::stoul(x) : 0;
  if (result < 1 || result > 1000)
    throw bad_query("limit", "a number from 1 to 1000");
  return result;
}

std::chrono::milliseconds call::wait() const {
  auto result = parse_time(query_or("wait", "0"));
  if (!result || *result > std::chrono::minutes{1})
    throw bad_query("wait", "a time of at most 60s, such as 10s or 500ms");
  return *result;
}

void call::check_content_type(const std::string& wanted) const {
  auto type = exchange_->header("content-type").value_or("");
  type = lower(type.substr(0, type.find(';')));
  while (!type.empty() && type.back() == ' ')
    type.pop_back();
  if (type != wanted)
    throw problem{415, "unsupported_media_type",
                  "The body's content-type must be " + wanted + ".",
                  "With curl: -H 'content-type: " + wanted + "'."};
}

json call::object_body(const std::vector<std::string>& fields) const {
  check_content_type(json_type);
  return object_in(exchange_->body(), fields);
}

const std::string& call::raw_body() const {
  check_content_type("application/octet-stream");
  return exchange_->body();
}

void call::json_reply(int status, const json& x,
                      const header_list& headers) const {
  exchange_->reply(status, json_type, text_of(x) + "\n", headers);
}

void call::json_reply_after(std::chrono::milliseconds time, int status,
                            const json& x) const {
  exchange_->reply_after(time, status, json_type, text_of(x) + "\n");
}

void call::reply(int status, const header_list& headers) const {
  exchange_->reply(status, {}, {}, headers);
}

void call::fail(const problem& x) const {
  header_list headers;
  if (x.status == 429 || x.status == 503)
    headers.emplace_back("Retry-After", "1");
  if (x.status == 401)
    headers.emplace_back("WWW-Authenticate", "Bearer");
  exchange_->reply(x.status, "application/problem+json",
                   text_of(json_of(x)) + "\n", headers);
}

} // namespace meshd
