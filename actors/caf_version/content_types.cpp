#include "actors/caf_version/content_types.hpp"

#include <algorithm>
#include <array>
#include <typeinfo>

#include <caf/actor_system.hpp>
#include <caf/message.hpp>
#include <caf/type_erased_value.hpp>

#include <cafmesh/errc.hpp>
#include <cafmesh/escaped.hpp>

// Decides which types may travel between peers, by the names of the types.
namespace cafmesh::caf_version {

namespace {

constexpr std::size_t longest_name_in_errors = 200;
// The maximum depth to which messages may nest in a sent message.
constexpr int deepest_check = 16;

constexpr std::array<std::string_view, 8> local_types{
  "@group",           "@group_down",   "@down",           "@exit",
  "@open_stream_msg", "@upstream_msg", "@downstream_msg", "@timeout"};

bool is_local(std::string_view name) {
  return !name.empty() && name.front() == '@'
         && std::find(local_types.begin(), local_types.end(), name)
              != local_types.end();
}

caf::error unknown(std::string_view name) {
  return make_error(errc::unknown_type, escaped(name, longest_name_in_errors));
}

bool has_no_name(const caf::actor_system& system, const std::string& name) {
  const auto& none = system.types().default_type_name();
  return &name == &none || name == none;
}

caf::error check_element(const caf::actor_system& system,
                         const caf::type_erased_tuple& content, std::size_t pos,
                         int depth);

caf::error check_nested(const caf::actor_system& system,
                        const caf::type_erased_tuple& content, int depth) {
  if (depth > deepest_check)
    return make_error(errc::too_large, "messages within messages, deeper than "
                                         + std::to_string(deepest_check));
  if (content.size() > max_elements)
    return make_error(errc::too_large,
                      "a message of " + std::to_string(content.size())
                        + " elements; at most " + std::to_string(max_elements));
  for (std::size_t i = 0; i < content.size(); ++i)
    if (auto err = check_element(system, content, i, depth))
      return err;
  return {};
}

caf::error check_element(const caf::actor_system& system,
                         const caf::type_erased_tuple& content, std::size_t pos,
                         int depth) {
  auto type = content.type(pos);
  const auto& name = system.types().portable_name(type);
  if (has_no_name(system, name))
    return unknown(name_of_type(system, type));
  if (is_local(name))
    return unknown(name + ", which does not leave the process");
  if (type.first == caf::type_nr<caf::message>::value)
    return check_nested(system, content.get_as<caf::message>(pos), depth + 1);
  if (type.first == caf::type_nr<caf::error>::value)
    if (const auto& why = content.get_as<caf::error>(pos))
      return check_nested(system, why.context(), depth + 1);
  return {};
}

} // namespace

std::string name_of_type(const caf::actor_system& system,
                         const caf::rtti_pair& type) {
  const auto& name = system.types().portable_name(type);
  if (!has_no_name(system, name))
    return name;
  return type.second ? type.second->name() : "a type without a name";
}

caf::expected<caf::type_erased_value_ptr>
make_element(const caf::actor_system& system, const std::string& name) {
  auto result = is_local(name) ? nullptr : system.types().make_value(name);
  if (!result)
    return unknown(name);
  return result;
}

caf::error check_type_list(const caf::actor_system& system,
                           std::string_view names) {
  constexpr std::string_view prefix = "@<>";
  if (names.substr(0, prefix.size()) != prefix)
    return unknown(names);
  names.remove_prefix(prefix.size());
  for (std::size_t count = 0; !names.empty(); ++count) {
    if (names.front() != '+' || count == max_elements)
      return make_error(errc::malformed, "a message within a message has a "
                                         "malformed or too long list of types");
    names.remove_prefix(1);
    auto size = std::min(names.find('+'), names.size());
    if (auto made = make_element(system, std::string{names.substr(0, size)});
        !made)
      return made.error();
    names.remove_prefix(size);
  }
  return {};
}

caf::error check_types(const caf::actor_system& system,
                       const caf::type_erased_tuple& content) {
  return check_nested(system, content, 0);
}

} // namespace cafmesh::caf_version
