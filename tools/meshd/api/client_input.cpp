#include "tools/meshd/api/client_input.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "tools/http/text.hpp"

namespace meshd {

namespace {

[[noreturn]] void wrong_element() {
  throw bad_body("The message's elements must be booleans, numbers, texts or "
                 "typed numbers such as {\"u64\": 7}.");
}

template <class T>
basic_value integer(const json& x) {
  if (!x.is_number_integer())
    wrong_element();
  if (x.is_number_unsigned()) {
    auto value = x.get<std::uint64_t>();
    if (value > static_cast<std::uint64_t>(std::numeric_limits<T>::max()))
      wrong_element();
    return static_cast<T>(value);
  }
  auto value = x.get<std::int64_t>();
  if (std::is_unsigned_v<
        T> || value < static_cast<std::int64_t>(std::numeric_limits<T>::min()))
    wrong_element();
  return static_cast<T>(value);
}

template <class T>
basic_value floating(const json& x) {
  if (!x.is_number())
    wrong_element();
  auto result = static_cast<T>(x.get<double>());
  if (!std::isfinite(result))
    wrong_element();
  return result;
}

basic_value typed(const std::string& type, const json& x) {
  static const std::map<std::string, basic_value (*)(const json&)> types = {
    {"i8", integer<std::int8_t>},    {"i16", integer<std::int16_t>},
    {"i32", integer<std::int32_t>},  {"i64", integer<std::int64_t>},
    {"u8", integer<std::uint8_t>},   {"u16", integer<std::uint16_t>},
    {"u32", integer<std::uint32_t>}, {"u64", integer<std::uint64_t>},
    {"f32", floating<float>},        {"f64", floating<double>},
  };
  auto i = types.find(type);
  if (i == types.end())
    wrong_element();
  return i->second(x);
}

basic_value value_of(const json& x) {
  if (x.is_boolean())
    return x.get<bool>();
  if (x.is_string())
    return x.get<std::string>();
  if (x.is_object() && x.size() == 1)
    return typed(x.begin().key(), x.begin().value());
  if (x.is_number_float())
    return x.get<double>();
  if (!x.is_number_integer())
    wrong_element();
  constexpr auto most = std::numeric_limits<std::int32_t>::max();
  constexpr auto least = std::numeric_limits<std::int32_t>::min();
  if (x.is_number_unsigned() ? x.get<std::uint64_t>() > std::uint64_t{most}
                             : x.get<std::int64_t>() < least)
    return integer<std::int64_t>(x);
  return integer<std::int32_t>(x);
}

} // namespace

problem bad_body(const std::string& detail) {
  return {400, "bad_body", detail};
}

std::vector<std::string> etags_of(std::string_view header) {
  std::vector<std::string> result;
  http::any_element(header, [&result](std::string_view x) {
    if (!x.empty())
      result.emplace_back(x);
    return false;
  });
  return result;
}

bool names_etag(std::string_view header, std::string_view etag) {
  return http::any_element(
    header, [etag](std::string_view x) { return x == "*" || x == etag; });
}

json object_in(const std::string& text,
               const std::vector<std::string>& fields) {
  // Limits the depth, because the parser would otherwise use a lot of stack.
  auto too_deep = [](int depth, json::parse_event_t, json&) {
    if (depth > 8)
      throw bad_body("The body is nested too deeply.");
    return true;
  };
  auto result = json::parse(text, too_deep, false);
  if (!result.is_object())
    throw bad_body("The body must be a JSON object.");
  for (const auto& x : result.items())
    if (std::find(fields.begin(), fields.end(), x.key()) == fields.end())
      throw bad_body("The body has an unknown field.");
  return result;
}

std::vector<basic_value> message_of(const json& body) {
  constexpr std::size_t most = 50;
  auto field = body.find("message");
  if (field == body.end() || !field->is_array() || field->empty()
      || field->size() > most)
    throw bad_body("message must be a list of 1 to 50 elements.");
  std::vector<basic_value> result;
  for (const auto& each : *field)
    result.push_back(value_of(each));
  return result;
}

std::chrono::milliseconds time_limit_of(const json& body) {
  auto seconds = 5.0;
  if (auto field = body.find("timeout_seconds"); field != body.end())
    seconds = field->is_number() ? field->get<double>() : 0;
  if (!(seconds > 0 && seconds <= 60))
    throw bad_body("timeout_seconds must be above 0 and at most 60.");
  return std::chrono::milliseconds{static_cast<int>(std::ceil(seconds * 1000))};
}

std::vector<std::string> addresses_of(const json& body) {
  constexpr std::size_t most = 1000;
  auto field = body.find("addresses");
  if (field == body.end() || !field->is_array() || field->empty()
      || field->size() > most)
    throw bad_body("addresses must be a list of 1 to 1000 texts.");
  std::vector<std::string> result;
  for (const auto& each : *field) {
    if (!each.is_string())
      throw bad_body("addresses must be a list of texts.");
    result.push_back(each.get<std::string>());
  }
  return result;
}

std::uint64_t number_to_add(const json& body) {
  constexpr std::int64_t most = 4'294'967'295;
  auto field = body.find("add");
  if (field == body.end() || !field->is_number_integer())
    throw bad_body("add must be an integer.");
  if (field->is_number_unsigned() && field->get<std::uint64_t>() <= most)
    return field->get<std::uint64_t>();
  throw bad_body("add must be from 0 to 4294967295.");
}

std::optional<std::string> receiver_in(const std::string& frame) {
  constexpr std::size_t longest = 1024;
  auto header =
    frame.size() > longest ? json() : json::parse(frame, nullptr, false);
  auto is_good =
    header.is_object() && header.size() <= 1
    && (header.empty()
        || (header.begin().key() == "to" && header.begin()->is_string()));
  if (!is_good)
    throw problem{400, "bad_header",
                  "A text frame must be {\"to\":\"PEER\"} or {}.",
                  "Send {} to send to all peers."};
  if (header.empty())
    return std::nullopt;
  return header.begin()->get<std::string>();
}

} // namespace meshd
