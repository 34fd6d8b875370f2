#include "actors/settings/option_table.hpp"

#include <algorithm>
#include <limits>
#include <type_traits>
#include <utility>

#include <caf/config_value.hpp>
#include <caf/make_message.hpp>

#include "actors/caf_version/option_types.hpp"
#include "actors/core/addresses/host_port.hpp"
#include "actors/settings/password_file.hpp"
#include <cafmesh/errc.hpp>
#include <cafmesh/escaped.hpp>
#include <cafmesh/presets.hpp>
#include <cafmesh/user_name.hpp>

namespace cafmesh {

namespace {

using caf::config_value;
using std::chrono::milliseconds;
using strings = std::vector<std::string>;

caf::error refuse(const option& self, const std::string& expected,
                  const std::string& got) {
  return make_error(errc::bad_setting,
                    full_name(self) + " must be " + expected + ", not " + got);
}

caf::error refuse(const option& self, const std::string& expected,
                  const config_value& got) {
  auto text = caf::get_if<std::string>(&got);
  return refuse(self, expected,
                text ? escaped_in_quotes(*text) : to_string(got));
}

/// The same error, said of an option.
caf::error said_of(const option& self, const caf::error& why) {
  return make_error(static_cast<errc>(why.code()),
                    full_name(self) + ": " + text_of(why));
}

// -- one value

template <class T>
struct plain {
  using type = T;
};
template <class T>
struct plain<std::optional<T>> {
  using type = T;
};

template <auto Member>
using member_type = typename plain<
  std::decay_t<decltype(std::declval<settings>().*Member)>>::type;

template <auto Member>
caf::error apply_number(const option& self, const config_value& x,
                        settings& out) {
  using type = member_type<Member>;
  constexpr auto limit = std::min<std::uint64_t>(
    std::numeric_limits<type>::max(), std::numeric_limits<std::int64_t>::max());
  auto number = caf::get_if<config_value::integer>(&x);
  if (!number || *number < 0 || static_cast<std::uint64_t>(*number) > limit)
    return refuse(self, "a number from 0 to " + std::to_string(limit), x);
  out.*Member = static_cast<type>(*number);
  return {};
}

template <auto Member>
caf::error apply_time(const option& self, const config_value& x,
                      settings& out) {
  auto time = caf::get_if<caf::timespan>(&x);
  if (!time || time->count() < 0 || *time % milliseconds{1} != caf::timespan{0})
    return refuse(self, "a time in whole milliseconds, such as 50ms or 30s", x);
  out.*Member = std::chrono::duration_cast<milliseconds>(*time);
  return {};
}

template <auto Member>
caf::error apply_text(const option& self, const config_value& x,
                      settings& out) {
  auto text = caf::get_if<std::string>(&x);
  if (!text)
    return refuse(self, "text in double quotes", x);
  out.*Member = *text;
  return {};
}

caf::error apply_preset(const option& self, const config_value& x,
                        settings& out) {
  auto text = caf::get_if<std::string>(&x);
  auto found = preset(text ? *text : to_string(x));
  if (!found)
    return said_of(self, found.error());
  out = std::move(*found);
  return {};
}

caf::error apply_flavour(const option& self, const config_value& x,
                         settings& out) {
  auto text = caf::get_if<std::string>(&x);
  auto flavour = parse_name_flavour(text ? *text : to_string(x));
  if (!flavour)
    return said_of(self, flavour.error());
  out.flavour = *flavour;
  return {};
}

caf::error apply_name(const option& self, const config_value& x,
                      settings& out) {
  auto text = caf::get_if<std::string>(&x);
  if (!text)
    return refuse(self, "text in double quotes", x);
  auto name = name_from_user_input(*text, out.flavour);
  if (!name)
    return said_of(self, name.error());
  if (name->is_unknown())
    return make_error(errc::bad_peer_name,
                      full_name(self) + " must not be all zeros");
  out.name = *name;
  return {};
}

caf::error apply_discovery(const option& self, const config_value& x,
                           settings& out) {
  auto truth = caf::get_if<bool>(&x);
  if (!truth)
    return refuse(self, "true or false", x);
  out.discovery = *truth;
  return {};
}

// -- lists

caf::optional<strings> as_strings(const config_value& x) {
  if (auto one = caf::get_if<std::string>(&x))
    return strings{*one};
  return caf::get_if<strings>(&x);
}

caf::error apply_peers(const option& self, const config_value& x,
                       settings& out) {
  auto texts = as_strings(x);
  if (!texts)
    return refuse(self, "a list of addresses", x);
  for (const auto& text : *texts)
    if (auto parsed = host_port::parse(text); !parsed)
      return said_of(self, parsed.error());
  out.peers = std::move(*texts);
  return {};
}

caf::error apply_subnets(const option& self, const config_value& x,
                         settings& out) {
  auto texts = as_strings(x);
  if (!texts)
    return refuse(self, "a list of subnets", x);
  out.trusted_subnets.clear();
  for (const auto& text : *texts) {
    auto parsed = subnet::parse(text);
    if (!parsed)
      return said_of(self, parsed.error());
    out.trusted_subnets.push_back(*parsed);
  }
  return {};
}

caf::error apply_passwords(const option& self, const config_value& x,
                           settings& out) {
  // Not to be taken for none, with which a node would not encrypt.
  if (option_types::is_wiped(x))
    return make_error(errc::bad_setting,
                      full_name(self)
                        + " has been wiped: get the settings before that");
  // From where they lie: a copy would stay in memory.
  auto take = [&](const config_value& each) {
    auto text = caf::get_if<std::string>(&each);
    if (text)
      out.passwords.emplace_back(*text);
    return text != nullptr;
  };
  auto list = caf::get_if<config_value::list>(&x);
  if (list ? std::all_of(list->begin(), list->end(), take) : take(x))
    return {};
  return refuse(self, "text in double quotes, or a list of such", "this");
}

caf::error apply_password_file(const option& self, const config_value& x,
                               settings& out) {
  auto path = caf::get_if<std::string>(&x);
  if (!path)
    return refuse(self, "a file's name in double quotes", x);
  auto found = read_password_file(*path);
  if (!found)
    return said_of(self, found.error());
  for (auto& each : *found)
    out.passwords.push_back(std::move(each));
  return {};
}

// -- all

} // namespace

const std::vector<option>& option_table() {
  static const std::vector<option> options = {
    {"preset", option_types::text,
     "defaults of the others: original, loopback, lan or wan", apply_preset},
    {"name-flavour", option_types::text,
     "mac or hash, the same in all the mesh; default mac", apply_flavour},
    {"name", option_types::text,
     "unique in the mesh: MAC address, or any text with hash names; default "
     "random",
     apply_name},
    {"nickname", option_types::text, "name for people",
     apply_text<&settings::nickname>},
    {"host", option_types::text,
     "numeric address to listen on; default 0.0.0.0",
     apply_text<&settings::host>},
    {"port", option_types::number,
     "to listen on, and where others are expected to; 0: any; default 6783",
     apply_number<&settings::port>},
    {"peers", option_types::texts, "host[:port] to keep connected, repeatable",
     apply_peers},
    {"discovery", option_types::truth,
     "dial also peers that others are connected to; default true",
     apply_discovery},
    {"password", option_types::whole_texts,
     "encrypt with this, repeatable; the first is dialled with",
     apply_passwords},
    {"password-file", option_types::text, "more passwords, one a line",
     apply_password_file},
    {"min-protocol-version", option_types::number,
     "1 or 2; default 2 with a password, else 1",
     apply_number<&settings::min_protocol_version>},
    {"max-protocol-version", option_types::number, "1 or 2; default 2",
     apply_number<&settings::max_protocol_version>},
    {"trusted-subnets", option_types::texts,
     "whose overlay traffic need not be encrypted, repeatable", apply_subnets},
    {"connection-limit", option_types::number,
     "most connections to have; default 0, any number",
     apply_number<&settings::connection_limit>},
    {"max-strangers", option_types::number,
     "most inbound connections that have not proved themselves; default 128",
     apply_number<&settings::max_strangers>},
    {"accept-burst", option_types::number,
     "connections to accept at once; default 20",
     apply_number<&settings::accept_burst>},
    {"accept-interval", option_types::time, "then one this often; default 50ms",
     apply_time<&settings::accept_interval>},
    {"gossip-interval", option_types::time,
     "between two gossips of all there is; default 30s",
     apply_time<&settings::gossip_interval>},
    {"heartbeat-interval", option_types::time,
     "between two signs of life; default 30s",
     apply_time<&settings::heartbeat_interval>},
    {"patience", option_types::time,
     "a peer silent for so long is dead; default two heartbeats",
     apply_time<&settings::patience>},
    {"header-timeout", option_types::time,
     "for the first bytes of a connection; default 10s",
     apply_time<&settings::header_timeout>},
    {"stall-limit", option_types::time,
     "a peer that takes nothing for so long is stuck; default 60s",
     apply_time<&settings::stall_limit>},
    {"retry-initial", option_types::time,
     "wait before the second try of an address; default 2s",
     apply_time<&settings::retry_initial>},
    {"retry-max", option_types::time,
     "longest wait between two tries; default 6min",
     apply_time<&settings::retry_max>},
    {"announcement-interval", option_types::time,
     "for which changes are gathered before they are announced; default 1s",
     apply_time<&settings::announcement_interval>},
    {"drain-limit", option_types::time,
     "for sending what was accepted when the node stops; default 2s",
     apply_time<&settings::drain_limit>},
    {"max-waiting-bytes", option_types::number,
     "most that waits for one connection on one channel; default 4194304",
     apply_number<&settings::max_waiting_bytes>},
    {"max-surrogate-channels", option_types::number,
     "most channels to relay that are not our own; default 1024",
     apply_number<&settings::max_surrogate_channels>},
    {"seed", option_types::number,
     "of all chance but keys, for runs that can be repeated; default random",
     apply_number<&settings::seed>},
  };
  return options;
}

std::string full_name(const option& self) {
  return "mesh." + self.name;
}

std::string text_of(const caf::error& why) {
  return why.context().match_elements<std::string>()
           ? why.context().get_as<std::string>(0)
           : describe(why);
}

} // namespace cafmesh
