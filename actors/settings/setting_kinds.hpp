#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include <caf/config_value.hpp>
#include <caf/expected.hpp>

#include "actors/settings/setting_table.hpp"

/// Makes the rows of the tables in `setting_table.hpp`, with one function for
/// each kind of value. A row's option has the name of its field, with dashes
/// instead of underscores. Its default is the field's value in a
/// default-constructed struct.
namespace cafmesh::setting_kinds {

struct number_range {
  std::uint64_t least = 0;
  std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
};

/// Whether a time may be zero. All times are at most a year.
enum class zero_time { refused, allowed };

// -- parts

std::string shown(bool x);
std::string shown(std::chrono::milliseconds x); // for example `30s`
std::string shown(const std::string& x);
std::string shown(const peer_name& x);
std::string shown(name_flavour x);

template <class T>
std::enable_if_t<std::is_unsigned_v<T>, std::string> shown(T x) {
  return std::to_string(x);
}
template <class T>
std::string shown(const std::vector<T>&) {
  return "none";
}
template <class T>
std::string shown(const std::optional<T>& x) {
  return x ? shown(*x) : "none";
}

template <class T>
const T* value_or_null(const T& x) {
  return &x;
}
template <class T>
const T* value_or_null(const std::optional<T>& x) {
  return x ? &*x : nullptr;
}

template <class Field>
using value_type =
  std::decay_t<decltype(*value_or_null(std::declval<Field>()))>;

std::string option_for(std::string field);

template <class S>
basic_setting_row<S> named_row(std::string field, std::string description) {
  basic_setting_row<S> result;
  result.option = option_for(field);
  result.field = std::move(field);
  result.description = std::move(description);
  result.check = [](const S&, const std::string&) {
    return caf::error{};
  };
  result.value_text = [](const S&) {
    return "none";
  };
  result.address = [](const S&) {
    return nullptr;
  };
  return result;
}

template <class S, class Field>
basic_setting_row<S> row_of(Field S::*member, std::string field,
                            std::string description) {
  auto result = named_row<S>(std::move(field), std::move(description));
  result.value_text = [member](const S& x) {
    return shown(x.*member);
  };
  result.default_text = result.value_text(S{});
  result.address = [member](const S& x) {
    return &(x.*member);
  };
  return result;
}

/// @param name the name of the option, for errors
caf::expected<std::int64_t> read_number(const std::string& name,
                                        const caf::config_value& x,
                                        std::int64_t most);
caf::expected<std::chrono::milliseconds> read_time(const std::string& name,
                                                   const caf::config_value& x);
caf::expected<bool> read_truth(const std::string& name,
                               const caf::config_value& x);
caf::expected<std::vector<std::string>> read_texts(const std::string& name,
                                                   const caf::config_value& x);
caf::error check_texts(const std::string& name,
                       const std::vector<std::string>& value, std::size_t most,
                       number_range length);
caf::error check_number(const std::string& name, std::uint64_t value,
                        number_range range);
caf::error check_time(const std::string& name, std::chrono::milliseconds value,
                      zero_time zero);

// -- rows

/// Makes the `apply` of a row, which sets `member` to the value that `read`
/// returns.
template <class S, class Field, class Read>
auto read_into(Field S::*member, Read read) {
  return [member, read](const std::string& name, const caf::config_value& x,
                        S& out) -> caf::error {
    auto value = read(name, x);
    if (!value)
      return std::move(value.error());
    out.*member = std::move(*value);
    return {};
  };
}

template <class S, class Field>
basic_setting_row<S> number(Field S::*member, std::string field,
                            std::string description, number_range range = {}) {
  using type = value_type<Field>;
  auto result = row_of(member, std::move(field), std::move(description));
  result.type = &option_types::number;
  result.apply = [member](const std::string& name, const caf::config_value& x,
                          S& out) -> caf::error {
    constexpr auto most =
      std::min<std::uint64_t>(std::numeric_limits<type>::max(),
                              std::numeric_limits<std::int64_t>::max());
    auto value = read_number(name, x, static_cast<std::int64_t>(most));
    if (!value)
      return std::move(value.error());
    out.*member = static_cast<type>(*value);
    return {};
  };
  result.check = [member, range](const S& x, const std::string& name) {
    auto value = value_or_null(x.*member);
    return value ? check_number(name, *value, range) : caf::error{};
  };
  return result;
}

template <class S, class Field>
basic_setting_row<S> time(Field S::*member, std::string field,
                          std::string description,
                          zero_time zero = zero_time::refused) {
  auto result = row_of(member, std::move(field), std::move(description));
  result.type = &option_types::time;
  result.apply = read_into(member, read_time);
  result.check = [member, zero](const S& x, const std::string& name) {
    auto value = value_or_null(x.*member);
    return value ? check_time(name, *value, zero) : caf::error{};
  };
  return result;
}

template <class S>
basic_setting_row<S> truth(bool S::*member, std::string field,
                           std::string description) {
  auto result = row_of(member, std::move(field), std::move(description));
  result.type = &option_types::truth;
  result.apply = read_into(member, read_truth);
  return result;
}

/// A list of at most `most` texts.
/// @param length the length of each text, in bytes
template <class S>
basic_setting_row<S> text_list(std::vector<std::string> S::*member,
                               std::string field, std::string description,
                               std::size_t most, number_range length) {
  auto result = row_of(member, std::move(field), std::move(description));
  result.type = &option_types::texts;
  result.apply = read_into(member, read_texts);
  result.check = [member, most, length](const S& x, const std::string& name) {
    return check_texts(name, x.*member, most, length);
  };
  return result;
}

setting_row text(std::string settings::*member, std::string field,
                 std::string description);

setting_row flavour(std::string description);
setting_row name(std::string description);
setting_row nickname(std::string description);
setting_row host(std::string description);
setting_row peers(std::string description);
setting_row passwords(std::string description);
setting_row trusted_subnets(std::string description);

/// Rows for options without a field.
setting_row preset_option(std::string description);
setting_row password_file_option(std::string description);

// -- changes

/// For a setting that has no default value, sets the text that is shown as its
/// default.
template <class S>
basic_setting_row<S> with_default_text(std::string means,
                                       basic_setting_row<S> x) {
  if (x.default_text == "none")
    x.default_text = std::move(means);
  return x;
}

/// Changes the name of an option that is not named after its field.
setting_row with_option_name(std::string option, setting_row x);

} // namespace cafmesh::setting_kinds
