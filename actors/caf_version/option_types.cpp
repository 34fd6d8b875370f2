#include "actors/caf_version/option_types.hpp"

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <caf/config_value.hpp>
#include <caf/error.hpp>
#include <caf/expected.hpp>

#include "crypto/keys/memory.hpp"

namespace cafmesh::option_types {

namespace {

using caf::config_value;
using strings = std::vector<std::string>;

caf::error take_anything(const config_value&) {
  return {};
}

// Notices whether a file gives the option two different values. Stores neither
// value, because `get_settings` reads the option from CAF's `content`.
void store_nothing(void* ptr, const config_value& x) {
  auto& to = *static_cast<storage*>(ptr);
  if (std::exchange(to.is_argument, false))
    return;
  auto hash = std::hash<std::string>{}(to_string(x));
  if (to.hash_in_file && *to.hash_in_file != hash)
    to.contradicts = true;
  to.hash_in_file = hash;
}

config_value get_contradiction(const void* ptr) {
  return config_value{static_cast<const storage*>(ptr)->contradicts};
}

void overwrite(std::string& x) {
  crypto::wipe(x.data(), x.size());
}

std::string unquoted(caf::string_view text) {
  if (!text.empty() && text.front() == '"') {
    auto parsed = config_value::parse(text);
    if (auto whole = parsed ? caf::get_if<std::string>(&*parsed) : nullptr)
      return *whole;
  }
  return {text.begin(), text.end()};
}

caf::expected<config_value> parse_text(void* ptr, caf::string_view text) {
  static_cast<storage*>(ptr)->is_argument = true;
  return config_value{unquoted(text)};
}

caf::expected<config_value> parse_value(void* ptr, caf::string_view text) {
  static_cast<storage*>(ptr)->is_argument = true;
  auto parsed = config_value::parse(text);
  return parsed ? std::move(*parsed)
                : config_value{std::string{text.begin(), text.end()}};
}

void append_listed(strings& out, caf::string_view text) {
  if (text.front() == '[') {
    auto parsed = config_value::parse(text);
    if (auto list = parsed ? caf::get_if<strings>(&*parsed) : caf::none) {
      out.insert(out.end(), list->begin(), list->end());
      return;
    }
  }
  const std::string all{text.begin(), text.end()};
  for (std::size_t from = 0; from <= all.size();) {
    auto to = std::min(all.find(',', from), all.size());
    out.push_back(all.substr(from, to - from));
    from = to + 1;
  }
}

caf::expected<config_value> parse_texts(void* ptr, caf::string_view text) {
  static_cast<storage*>(ptr)->is_argument = true;
  auto& all = static_cast<storage*>(ptr)->texts;
  append_listed(all, text);
  return config_value{all};
}

// A vector that grows by itself leaves copies of short strings, which may be
// passwords, in its old memory.
void make_room(strings& all) {
  if (all.size() < all.capacity())
    return;
  strings more;
  more.reserve(2 * all.size() + 4);
  more.assign(all.begin(), all.end());
  for (auto& x : all)
    overwrite(x);
  all.swap(more);
}

caf::expected<config_value> parse_whole_texts(void* ptr,
                                              caf::string_view text) {
  static_cast<storage*>(ptr)->is_argument = true;
  auto& all = static_cast<storage*>(ptr)->texts;
  auto one = unquoted(text);
  make_room(all);
  all.push_back(one);
  overwrite(one);
  return config_value{all};
}

void wipe_gathered(void* ptr, const config_value& x) {
  if (!is_wiped(x))
    return store_nothing(ptr, x);
  auto& all = static_cast<storage*>(ptr)->texts;
  for (auto& each : all)
    overwrite(each);
  all.clear();
}

const auto wiped = caf::atom("wiped");

} // namespace

void wipe(config_value& x) {
  if (auto one = caf::get_if<std::string>(&x))
    overwrite(*one);
  else if (auto list = caf::get_if<config_value::list>(&x))
    for (auto& each : *list)
      wipe(each);
  x = wiped;
}

bool is_wiped(const config_value& x) {
  auto found = caf::get_if<caf::atom_value>(&x);
  return found && *found == wiped;
}

bool contradicts_itself(const caf::config_option& x) {
  auto found = x.get();
  auto value = found ? caf::get_if<bool>(&*found) : nullptr;
  return value && *value;
}

const option_type text{take_anything, store_nothing, get_contradiction,
                       parse_text, "text"};
const option_type number{take_anything, store_nothing, get_contradiction,
                         parse_value, "number"};
const option_type time{take_anything, store_nothing, get_contradiction,
                       parse_value, "time"};
const option_type truth{take_anything, store_nothing, get_contradiction,
                        parse_value, "true or false"};
const option_type texts{take_anything, store_nothing, get_contradiction,
                        parse_texts, "list"};
const option_type whole_texts{take_anything, wipe_gathered, get_contradiction,
                              parse_whole_texts, "text"};

} // namespace cafmesh::option_types
