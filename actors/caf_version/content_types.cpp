#include "actors/caf_version/content_types.hpp"

#include <algorithm>
#include <array>
#include <deque>
#include <list>
#include <map>
#include <typeinfo>
#include <unordered_map>
#include <utility>
#include <vector>

#include <caf/actor_system.hpp>
#include <caf/message.hpp>
#include <caf/optional.hpp>
#include <caf/type_erased_value.hpp>

#include <cafmesh/errc.hpp>
#include <cafmesh/escaped.hpp>

// Decides which types may travel between peers, by the names of the types.
namespace cafmesh::caf_version {

namespace {

constexpr std::size_t longest_name_in_errors = 200;
// The maximum nesting depth of messages in a sent message.
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

const caf::message& message_in(const caf::message& x) {
  return x;
}

const caf::message& message_in(const caf::error& x) {
  static const caf::message none;
  return x ? x.context() : none;
}

template <class Key, class T>
const caf::message& message_in(const std::pair<const Key, T>& x) {
  return message_in(x.second);
}

template <class Container, class F>
bool visit_as(const caf::type_erased_tuple& content, std::size_t pos, F& f) {
  if (*content.type(pos).second != typeid(Container))
    return false;
  for (const auto& x : *static_cast<const Container*>(content.get(pos)))
    f(message_in(x));
  return true;
}

template <class T, class F>
bool visit_containers_of(const caf::type_erased_tuple& content, std::size_t pos,
                         F& f) {
  if (*content.type(pos).second == typeid(caf::optional<T>)) {
    if (const auto& x = *static_cast<const caf::optional<T>*>(content.get(pos)))
      f(message_in(*x));
    return true;
  }
  return visit_as<std::vector<T>>(content, pos, f)
         || visit_as<std::list<T>>(content, pos, f)
         || visit_as<std::deque<T>>(content, pos, f)
         || visit_as<std::map<std::string, T>>(content, pos, f)
         || visit_as<std::unordered_map<std::string, T>>(content, pos, f);
}

/// Calls `f(message)` for each message in an element: the element itself, the
/// context of an error, or the items of a container. CAF does not report a
/// nested message whose type has no name, so messages are checked before they
/// are encoded.
/// @returns whether elements of this type may contain messages
template <class F>
bool visit_messages(const caf::type_erased_tuple& content, std::size_t pos,
                    F f) {
  const auto type = content.type(pos);
  if (type.first == caf::type_nr<caf::message>::value)
    f(content.get_as<caf::message>(pos));
  else if (type.first == caf::type_nr<caf::error>::value)
    f(message_in(content.get_as<caf::error>(pos)));
  else
    return type.second
           && (visit_containers_of<caf::message>(content, pos, f)
               || visit_containers_of<caf::error>(content, pos, f));
  return true;
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
  caf::error result;
  visit_messages(content, pos, [&](const caf::message& nested) {
    if (!result)
      result = check_nested(system, nested, depth + 1);
  });
  return result;
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
    return make_error(errc::unknown_type,
                      escaped_in_quotes(names)
                        + " instead of a list of types: a type has the same "
                          "name but another layout at the sender, or contains "
                          "a message with a type that is not registered there");
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

bool may_have_messages(const caf::type_erased_tuple& content) {
  for (std::size_t i = 0; i < content.size(); ++i)
    if (visit_messages(content, i, [](const caf::message&) {}))
      return true;
  return false;
}

} // namespace cafmesh::caf_version
