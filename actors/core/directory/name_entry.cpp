#include "actors/core/directory/name_entry.hpp"

#include <algorithm>
#include <utility>

#include "actors/core/directory/directory_limits.hpp"
#include "messages/wire/gob.hpp"
#include <cafmesh/errc.hpp>

namespace cafmesh::names {

namespace {

// The approximate memory of an entry in bytes, without its strings.
constexpr std::size_t entry_overhead = 200;

template <class T>
bool equal_contents(const T& x, const T& y) {
  return x == y || (x && y && *x == *y);
}

std::size_t bytes_of(const interface_ptr& x) {
  std::size_t result = 0;
  if (x)
    for (const auto& each : *x)
      result += each.size();
  return result;
}

caf::error entry_too_long(const char* what, std::size_t size,
                          std::size_t limit) {
  return make_error(errc::too_large,
                    std::string{what} + " " + std::to_string(size)
                      + ", the limit is " + std::to_string(limit));
}

caf::error check_attributes(const attribute_map& xs) {
  if (xs.size() > max_attributes)
    return entry_too_long("the number of attributes is", xs.size(),
                          max_attributes);
  for (const auto& [key, value] : xs) {
    if (key.size() > max_attribute_key)
      return entry_too_long("the size of an attribute's key is", key.size(),
                            max_attribute_key);
    if (value.size() > max_attribute_value)
      return entry_too_long("the size of an attribute is", value.size(),
                            max_attribute_value);
  }
  return {};
}

} // namespace

bool operator==(const entry& x, const entry& y) {
  return x.actor == y.actor && equal_contents(x.interface, y.interface)
         && equal_contents(x.attributes, y.attributes);
}

entry_summary::entry_summary(const entry&, const digest& of)
    : content(of.content), bytes(of.bytes) {
}

entry_summary& entry_summary::operator+=(const entry_summary& x) {
  content += x.content;
  bytes += x.bytes;
  return *this;
}

entry_summary& entry_summary::operator-=(const entry_summary& x) {
  content -= x.content;
  bytes -= x.bytes;
  return *this;
}

entry_summary::digest entry_summary::digest_of(std::string_view name,
                                               const entry& x) {
  cafmesh::bytes description;
  wire::append_gob_run(description, byte_view{name});
  wire::append_gob_uint(description, x.actor);
  wire::append_gob_uint(description, x.interface ? x.interface->size() : 0);
  if (x.interface)
    for (const auto& each : *x.interface)
      wire::append_gob_run(description, byte_view{each});
  if (x.attributes)
    for (const auto& [key, value] : *x.attributes) {
      wire::append_gob_run(description, byte_view{key});
      wire::append_gob_run(description, byte_view{value});
    }
  return {fingerprint_of(description), entry_overhead + description.size()};
}

caf::error check_entry(std::string_view name, const entry& x) {
  if (name.empty())
    return make_error(errc::bad_setting, "a name needs at least one byte");
  if (name.size() > max_name)
    return entry_too_long("the size of a name is", name.size(), max_name);
  if (x.interface && x.interface->size() > max_signatures)
    return entry_too_long("the number of signatures is", x.interface->size(),
                          max_signatures);
  if (auto size = bytes_of(x.interface); size > max_interface)
    return entry_too_long("the size of an interface is", size, max_interface);
  return x.attributes ? check_attributes(*x.attributes) : caf::error{};
}

interface_ptr make_interface(std::vector<std::string> signatures) {
  if (signatures.empty())
    return nullptr;
  std::sort(signatures.begin(), signatures.end());
  signatures.erase(std::unique(signatures.begin(), signatures.end()),
                   signatures.end());
  return std::make_shared<const std::vector<std::string>>(
    std::move(signatures));
}

attributes_ptr make_attributes(attribute_map xs) {
  return xs.empty() ? nullptr
                    : std::make_shared<const attribute_map>(std::move(xs));
}

} // namespace cafmesh::names
