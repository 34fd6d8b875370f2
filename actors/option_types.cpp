#include "option_types.hpp"

#include <string>
#include <utility>
#include <vector>

#include <caf/config_value.hpp>
#include <caf/error.hpp>
#include <caf/expected.hpp>

namespace cafmesh::option_types {

namespace {

using caf::config_value;
using strings = std::vector<std::string>;

caf::error take_anything(const config_value&) {
  return {};
}

// CAF keeps every value in its `content`, which is where they are read.
void store_nothing(void*, const config_value&) {
}

config_value get_nothing(const void*) {
  return config_value{};
}

std::string unquoted(caf::string_view text) {
  if (!text.empty() && text.front() == '"') {
    auto parsed = config_value::parse(text);
    if (auto whole = parsed ? caf::get_if<std::string>(&*parsed) : nullptr)
      return *whole;
  }
  return {text.begin(), text.end()};
}

caf::expected<config_value> parse_text(void*, caf::string_view text) {
  return config_value{unquoted(text)};
}

caf::expected<config_value> parse_value(void*, caf::string_view text) {
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

caf::expected<config_value> parse_texts(void* storage, caf::string_view text) {
  auto& all = *static_cast<strings*>(storage);
  append_listed(all, text);
  return config_value{all};
}

caf::expected<config_value> parse_whole_texts(void* storage,
                                              caf::string_view text) {
  auto& all = *static_cast<strings*>(storage);
  all.push_back(unquoted(text));
  return config_value{all};
}

} // namespace

const option_type text{take_anything, store_nothing, get_nothing, parse_text,
                       "text"};
const option_type number{take_anything, store_nothing, get_nothing, parse_value,
                         "number"};
const option_type time{take_anything, store_nothing, get_nothing, parse_value,
                       "time"};
const option_type truth{take_anything, store_nothing, get_nothing, parse_value,
                        "true or false"};
const option_type texts{take_anything, store_nothing, get_nothing, parse_texts,
                        "list"};
const option_type whole_texts{take_anything, store_nothing, get_nothing,
                              parse_whole_texts, "text"};

} // namespace cafmesh::option_types
