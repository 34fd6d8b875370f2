#include <cmath>
#include <limits>
#include <map>

#include "tools/meshd/api/context.hpp"

// The resource `/v1/actors`: the actors that peers publish, and requests to
// them.
namespace meshd {

namespace {

using values = std::vector<basic_value>;

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
  return static_cast<T>(x.get<double>());
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

values message_of(const json& body) {
  constexpr std::size_t most = 50;
  auto field = body.find("message");
  if (field == body.end() || !field->is_array() || field->empty()
      || field->size() > most)
    throw bad_body("message must be a list of 1 to 50 elements.");
  values result;
  for (const auto& each : *field)
    result.push_back(value_of(each));
  return result;
}

std::chrono::milliseconds time_limit(const json& body) {
  auto seconds = 5.0;
  if (auto field = body.find("timeout_seconds"); field != body.end())
    seconds = field->is_number() ? field->get<double>() : 0;
  if (!(seconds > 0 && seconds <= 60))
    throw bad_body("timeout_seconds must be above 0 and at most 60.");
  return std::chrono::milliseconds{static_cast<int>(std::ceil(seconds * 1000))};
}

void list_actors(context& ctx, const call& x) {
  auto prefix = x.query_or("prefix", "");
  auto limit = x.limit();
  auto all = json::array();
  const auto& names = ctx.actors.all();
  for (auto i = names.lower_bound({prefix, {}}); i != names.end(); ++i) {
    if (all.size() == limit || i->first.first.rfind(prefix, 0) != 0)
      break;
    all.push_back(json_of(i->second));
  }
  x.json_reply(200, {{"actors", std::move(all)}});
}

} // namespace

void add_actors(routes& to, context& ctx) {
  to.add("GET", "/v1/actors", [&ctx](const call& x) { list_actors(ctx, x); });
  to.add("POST", "/v1/actors/{actor}", [&ctx](const call& x) {
    auto name = x.text_param("actor", 255);
    auto body = x.object_body({"message", "timeout_seconds"});
    ctx.actors.request(name, message_of(body), time_limit(body),
                       x.then<values>([x](const values& xs) {
                         auto answer = json::array();
                         for (const auto& each : xs)
                           std::visit(
                             [&](const auto& v) { answer.push_back(v); }, each);
                         x.json_reply(200, {{"answer", std::move(answer)}});
                       }));
  });
}

} // namespace meshd
