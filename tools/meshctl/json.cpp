#include "tools/meshctl/json.hpp"

#include "tools/meshctl/failure.hpp"

namespace meshctl {

namespace {

failure unexpected(const std::string& what) {
  return failure{exit_code::failed, "unexpected answer: " + what,
                 "Does the address lead to meshd, and have meshd and meshctl "
                 "the same version?"};
}

} // namespace

json parse_answer(const std::string& text) {
  auto result = json::parse(text, nullptr, false);
  if (result.is_discarded())
    throw unexpected("it is not JSON");
  return result;
}

json pick(const json& from, std::initializer_list<const char*> fields) {
  auto result = json::object();
  for (auto field : fields) {
    if (!from.is_object() || !from.contains(field))
      throw unexpected(std::string{"there is no field "} + field);
    result[field] = from[field];
  }
  return result;
}

json pick_each(const json& list, std::initializer_list<const char*> fields) {
  if (!list.is_array())
    throw unexpected("a list is missing");
  auto result = json::array();
  for (const auto& x : list)
    result.push_back(pick(x, fields));
  return result;
}

std::string text_or_empty(const json& from, const char* field) {
  if (!from.is_object() || !from.contains(field) || !from[field].is_string())
    return {};
  return from[field].get<std::string>();
}

std::string to_line(const json& x) {
  return x.dump(-1, ' ', true, json::error_handler_t::replace);
}

} // namespace meshctl
