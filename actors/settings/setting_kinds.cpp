#include "actors/settings/setting_kinds.hpp"

#include <utility>

#include <caf/make_message.hpp>

#include "actors/core/addresses/host_port.hpp"
#include "actors/core/addresses/ip_address.hpp"
#include "actors/settings/password_file.hpp"
#include "actors/settings/preset_table.hpp"
#include <cafmesh/errc.hpp>
#include <cafmesh/escaped.hpp>
#include <cafmesh/user_name.hpp>

// How each kind of setting is read from an option, checked and shown.
namespace cafmesh::setting_kinds {

namespace {

using caf::config_value;
using std::chrono::milliseconds;
using strings = std::vector<std::string>;

// The maximum of every setting that is a time, far below the values at which
// sums of times would overflow.
constexpr std::chrono::hours longest_time{24 * 366};
// The maximum size of a nickname in bytes. A nickname must fit in a message of
// the handshake.
constexpr std::size_t longest_nickname = 1024;

caf::error bad(const std::string& name, const std::string& expected,
               const std::string& got) {
  return make_error(errc::bad_setting,
                    name + " must be " + expected + ", not " + got);
}

// Renders a time, which may be negative. CAF's own text for -1 s would be `0d`.
std::string shown_span(caf::timespan x) {
  const std::pair<std::int64_t, const char*> units[] = {
    {1'000'000'000, "s"}, {1'000'000, "ms"}, {1'000, "us"}};
  for (const auto& [size, name] : units)
    if (x.count() % size == 0)
      return std::to_string(x.count() / size) + name;
  return std::to_string(x.count()) + "ns";
}

std::string shown_value(const config_value& x) {
  if (auto text = caf::get_if<std::string>(&x))
    return escaped_in_quotes(*text);
  auto span = caf::get_if<caf::timespan>(&x);
  return span ? shown_span(*span) : to_string(x);
}

caf::error refuse(const std::string& name, const std::string& expected,
                  const config_value& got) {
  return bad(name, expected, shown_value(got));
}

/// Puts the setting's name before the text of `why`.
caf::error about(const std::string& name, const caf::error& why) {
  return make_error(static_cast<errc>(why.code()), name + ": " + text_of(why));
}

std::string as_text(const config_value& x) {
  auto text = caf::get_if<std::string>(&x);
  return text ? *text : to_string(x);
}

caf::optional<strings> as_strings(const config_value& x) {
  if (auto one = caf::get_if<std::string>(&x))
    return strings{*one};
  return caf::get_if<strings>(&x);
}

std::string words_for(number_range range) {
  auto least = std::to_string(range.least);
  if (range.most == number_range{}.most)
    return least + " or more";
  auto most = std::to_string(range.most);
  return range.most == range.least + 1 ? least + " or " + most
                                       : "from " + least + " to " + most;
}

// -- how options apply

caf::error apply_preset(const std::string& name, const config_value& x,
                        settings& out) {
  auto found = preset(as_text(x));
  if (!found)
    return about(name, found.error());
  out = std::move(*found);
  return {};
}

caf::error apply_flavour(const std::string& name, const config_value& x,
                         settings& out) {
  auto found = parse_name_flavour(as_text(x));
  if (!found)
    return about(name, found.error());
  out.flavour = *found;
  return {};
}

caf::error apply_name(const std::string& name, const config_value& x,
                      settings& out) {
  auto given_text = caf::get_if<std::string>(&x);
  if (!given_text)
    return refuse(name, "text in double quotes", x);
  auto found = name_from_user_input(*given_text, out.flavour);
  if (!found)
    return about(name, found.error());
  out.name = *found;
  return {};
}

caf::error apply_peers(const std::string& name, const config_value& x,
                       settings& out) {
  auto texts = as_strings(x);
  if (!texts)
    return refuse(name, "a list of addresses", x);
  out.peers = std::move(*texts);
  return {};
}

caf::error apply_subnets(const std::string& name, const config_value& x,
                         settings& out) {
  auto texts = as_strings(x);
  if (!texts)
    return refuse(name, "a list of subnets", x);
  out.trusted_subnets.clear();
  for (const auto& each : *texts) {
    auto parsed = subnet::parse(each);
    if (!parsed)
      return about(name, parsed.error());
    out.trusted_subnets.push_back(*parsed);
  }
  return {};
}

caf::error apply_passwords(const std::string& name, const config_value& x,
                           settings& out) {
  // A wiped password is an error: if it counted as no password, the node would
  // start without encryption.
  if (option_types::is_wiped(x))
    return make_error(errc::bad_setting,
                      name + " has been wiped: get the settings before that");
  // Passwords are read in place, because a copy would stay in memory.
  auto take = [&](const config_value& each) {
    auto found = caf::get_if<std::string>(&each);
    if (found)
      out.passwords.emplace_back(*found);
    return found != nullptr;
  };
  auto list = caf::get_if<config_value::list>(&x);
  if (list ? std::all_of(list->begin(), list->end(), take) : take(x))
    return {};
  return bad(name, "text in double quotes, or a list of such", "this");
}

caf::error apply_password_file(const std::string& name, const config_value& x,
                               settings& out) {
  auto path = caf::get_if<std::string>(&x);
  if (!path)
    return refuse(name, "a file's name in double quotes", x);
  auto found = read_password_file(*path);
  if (!found)
    return about(name, found.error());
  for (auto& each : *found)
    out.passwords.push_back(std::move(each));
  return {};
}

// -- ranges

caf::error check_name(const settings& x, const std::string& called_so) {
  if (x.name && x.name->is_unknown())
    return make_error(errc::bad_peer_name,
                      called_so + " must not be all zeros");
  return {};
}

caf::error check_nickname(const settings& x, const std::string& called_so) {
  if (x.nickname.size() > longest_nickname)
    return bad(called_so,
               "at most " + std::to_string(longest_nickname) + " bytes long",
               std::to_string(x.nickname.size()));
  return {};
}

caf::error check_host(const settings& x, const std::string& called_so) {
  if (!ip_address::parse(without_zone(x.host)))
    return make_error(errc::bad_address, called_so
                                           + " must be a numeric address, not '"
                                           + x.host + "'");
  return {};
}

caf::error check_peers(const settings& x, const std::string& called_so) {
  for (const auto& peer : x.peers)
    if (auto parsed = host_port::parse(peer); !parsed)
      return about(called_so, parsed.error());
  return {};
}

} // namespace

// -- parts

std::string shown(bool x) {
  return x ? "true" : "false";
}

std::string shown(milliseconds x) {
  using namespace std::chrono_literals;
  if (x % 1min == 0ms && x > 1min)
    return std::to_string(x / 1min) + "min";
  if (x % 1s == 0ms && x > 0ms)
    return std::to_string(x / 1s) + "s";
  return std::to_string(x.count()) + "ms";
}

std::string shown(const std::string& x) {
  return x.empty() ? "empty" : x;
}

std::string shown(const peer_name& x) {
  return x.str();
}

std::string shown(name_flavour x) {
  return to_string(x);
}

std::string option_for(std::string field) {
  std::replace(field.begin(), field.end(), '_', '-');
  return field;
}

caf::expected<std::int64_t>
read_number(const std::string& name, const config_value& x, std::int64_t most) {
  auto found = caf::get_if<config_value::integer>(&x);
  if (!found || *found < 0 || *found > most)
    return refuse(name, "a number from 0 to " + std::to_string(most), x);
  return *found;
}

caf::expected<milliseconds> read_time(const std::string& name,
                                      const config_value& x) {
  auto found = caf::get_if<caf::timespan>(&x);
  if (!found || found->count() < 0
      || *found % milliseconds{1} != caf::timespan{0})
    return refuse(name, "a time in whole milliseconds, such as 50ms or 30s", x);
  return std::chrono::duration_cast<milliseconds>(*found);
}

caf::expected<bool> read_truth(const std::string& name, const config_value& x) {
  auto found = caf::get_if<bool>(&x);
  if (!found)
    return refuse(name, "true or false", x);
  return *found;
}

caf::expected<strings> read_texts(const std::string& name,
                                  const config_value& x) {
  auto found = as_strings(x);
  if (!found)
    return refuse(name, "a list of texts", x);
  return std::move(*found);
}

caf::error check_texts(const std::string& name, const strings& value,
                       std::size_t most, number_range length) {
  if (value.size() > most)
    return bad(name, "at most " + std::to_string(most) + " texts",
               std::to_string(value.size()));
  for (const auto& x : value)
    if (x.size() < length.least || x.size() > length.most)
      return bad(name,
                 "texts of " + std::to_string(length.least) + " to "
                   + std::to_string(length.most) + " bytes",
                 escaped_in_quotes(x));
  return {};
}

caf::error check_number(const std::string& name, std::uint64_t value,
                        number_range range) {
  if (value < range.least || value > range.most)
    return bad(name, words_for(range), std::to_string(value));
  return {};
}

caf::error check_time(const std::string& name, milliseconds value,
                      zero_time zero) {
  auto least = zero == zero_time::allowed ? milliseconds{0} : milliseconds{1};
  if (value < least || value > longest_time)
    return bad(name,
               std::string{zero == zero_time::allowed ? "0 ms or more"
                                                      : "longer than 0 ms"}
                 + " and at most a year",
               std::to_string(value.count()) + " ms");
  return {};
}

// -- rows

setting_row text(std::string settings::*member, std::string field,
                 std::string description) {
  auto result = row_of(member, std::move(field), std::move(description));
  result.type = &option_types::text;
  result.apply = [member](const std::string& name, const config_value& x,
                          settings& out) {
    auto found = caf::get_if<std::string>(&x);
    if (!found)
      return refuse(name, "text in double quotes", x);
    out.*member = *found;
    return caf::error{};
  };
  return result;
}

setting_row flavour(std::string description) {
  auto result =
    with_option_name("name-flavour", row_of(&settings::flavour, "flavour",
                                            std::move(description)));
  result.type = &option_types::text;
  result.apply = apply_flavour;
  return result;
}

setting_row name(std::string description) {
  auto result = with_default_text(
    "random", row_of(&settings::name, "name", std::move(description)));
  result.type = &option_types::text;
  result.apply = apply_name;
  result.check = check_name;
  return result;
}

setting_row nickname(std::string description) {
  auto result = text(&settings::nickname, "nickname", std::move(description));
  result.check = check_nickname;
  return result;
}

setting_row host(std::string description) {
  auto result = text(&settings::host, "host", std::move(description));
  result.check = check_host;
  return result;
}

setting_row peers(std::string description) {
  auto result = row_of(&settings::peers, "peers", std::move(description));
  result.type = &option_types::texts;
  result.apply = apply_peers;
  result.check = check_peers;
  return result;
}

setting_row passwords(std::string description) {
  auto result =
    with_option_name("password", row_of(&settings::passwords, "passwords",
                                        std::move(description)));
  result.type = &option_types::whole_texts;
  result.apply = apply_passwords;
  return result;
}

setting_row trusted_subnets(std::string description) {
  auto result = row_of(&settings::trusted_subnets, "trusted_subnets",
                       std::move(description));
  result.type = &option_types::texts;
  result.apply = apply_subnets;
  return result;
}

setting_row preset_option(std::string description) {
  auto result =
    with_option_name("preset", named_row<settings>("", std::move(description)));
  result.default_text = preset_table().front().name;
  result.type = &option_types::text;
  result.apply = apply_preset;
  return result;
}

setting_row password_file_option(std::string description) {
  auto result = with_option_name(
    "password-file", named_row<settings>("", std::move(description)));
  result.default_text = "none";
  result.type = &option_types::text;
  result.apply = apply_password_file;
  return result;
}

// -- changes

setting_row with_option_name(std::string option, setting_row x) {
  x.option = std::move(option);
  return x;
}

} // namespace cafmesh::setting_kinds
