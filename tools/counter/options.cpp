#include "tools/counter/options.hpp"

#include <limits.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <sstream>

#include <caf/config_option.hpp>
#include <caf/config_option_adder.hpp>
#include <caf/pec.hpp>
#include <spdlog/spdlog.h>

#include "actors/core/addresses/host_port.hpp"
#include "actors/settings/password_file.hpp"
#include "tools/counter/network_cards.hpp"
#include <cafmesh/errc.hpp>
#include <cafmesh/escaped.hpp>
#include <cafmesh/scheduling.hpp>
#include <cafmesh/user_name.hpp>

// Reads the counter's options: passwords here, all other options through CAF.
namespace counter {

namespace {

using caf::config_option;
using caf::config_value;
using texts = std::vector<std::string>;
using cafmesh::errc;

// Appends the literal value to a list, so that the option can be repeated.
// CAF's own lists need brackets and quotes, and its strings cannot be empty.
caf::expected<config_value> append_text(void* storage, caf::string_view text) {
  std::string value{text.begin(), text.end()};
  static_cast<texts*>(storage)->push_back(value);
  return config_value{std::move(value)};
}

const config_option::meta_state repeatable_text{
  [](const config_value&) { return caf::error{}; },
  [](void*, const config_value&) {},
  [](const void*) { return config_value{}; },
  append_text,
  "string",
};

// This is never called. `take_password` removes passwords before CAF reads the
// arguments, because copies that CAF made could not be wiped.
caf::expected<config_value> refuse_text(void*, caf::string_view) {
  return make_error(caf::pec::illegal_argument);
}

const config_option::meta_state text_for_help{
  [](const config_value&) { return caf::error{}; },
  [](void*, const config_value&) {},
  [](const void*) { return config_value{}; },
  refuse_text,
  "string",
};

// The rest of the argument after `--name`; null if the argument is not this
// option.
char* value_of(const char* name, char* argument) {
  if (std::strncmp(argument, "--", 2) != 0)
    return nullptr;
  argument += 2;
  if (std::strncmp(argument, "global.", 7) == 0)
    argument += 7;
  const auto size = std::strlen(name);
  if (std::strncmp(argument, name, size) != 0)
    return nullptr;
  argument += size;
  return *argument == '=' || *argument == '\0' ? argument : nullptr;
}

caf::error bad(const std::string& option, const std::string& why) {
  return make_error(errc::bad_setting, "--" + option + ": " + why);
}

// Parses `HOST:PORT`, or `:PORT` for all addresses.
caf::expected<cafmesh::host_port> listening_address(const std::string& text) {
  // `::1` and `::` are hosts, not ports.
  auto is_port_alone = text.rfind(':', 0) == 0 && text.rfind("::", 0) != 0;
  auto result =
    cafmesh::host_port::parse(is_port_alone ? "0.0.0.0" + text : text);
  if (!result)
    return make_error(errc::bad_address, "expected HOST:PORT or :PORT, got "
                                           + cafmesh::escaped_in_quotes(text));
  if (result->port == 0)
    return make_error(errc::bad_address,
                      cafmesh::escaped_in_quotes(text) + " has no port");
  return result;
}

std::string host_name() {
  char buffer[HOST_NAME_MAX + 1] = {};
  return gethostname(buffer, HOST_NAME_MAX) == 0 ? buffer : "";
}

std::string without_value(const std::string& argument) {
  return argument.substr(0, argument.find('='));
}

// Makes an error's text readable for users, because CAF's text for an error
// shows its data structures.
caf::error readable(const caf::error& why) {
  auto text = caf::to_string(why);
  const std::string mark = "\"argument\" = \"";
  auto start = text.find(mark);
  if (why.category() != caf::atom("parser") || start == std::string::npos)
    return make_error(errc::bad_setting, text);
  start += mark.size();
  auto argument = text.substr(start, text.rfind('"') - start);
  // Leaves out the value, which may be a password if the user has misspelt the
  // option's name.
  if (why == caf::pec::not_an_option)
    argument = without_value(argument);
  return make_error(errc::bad_setting,
                    argument + ": "
                      + caf::to_string(static_cast<caf::pec>(why.code())));
}

} // namespace

options::options() {
  opt_group{custom_options_, "global"}
    .add(hwaddr_, "hwaddr",
         "peer name: MAC address, or any text with hash names")
    .add(nickname_, "nickname", "peer's name for people")
    .add(mesh_address_, "mesh", "HOST:PORT to listen on for the mesh")
    .add(http_address_, "http",
         "HOST:PORT to listen on for HTTP; :PORT: on all addresses")
    .add(channel, "channel", "gossip channel")
    .add(discovery_, "discovery",
         "dial peers that other peers are connected to: true or false")
    .add(gossip_interval_, "gossip-interval", "time between two gossips")
    .add(flavour_, "name-flavour", "mac or hash")
    .add(min_protocol_version_, "min-protocol-version",
         "1 or 2; by default 2 with a password, else 1")
    .add(log_level_, "log-level", "debug, info, warning, error or off");
  custom_options_.add(config_option{"global", "peer",
                                    "HOST[:PORT] to keep connected, repeatable",
                                    &repeatable_text, &mesh.peers});
  custom_options_.add(config_option{"global", "password",
                                    "encrypt with this, which may be empty; "
                                    "repeatable, the node dials with the first",
                                    &text_for_help});
  custom_options_.add(config_option{"global", "password-file",
                                    "file with passwords, one per line",
                                    &text_for_help});
  cafmesh::set_scheduling(*this);
}

caf::expected<int> options::take_password(int argc, char** argv) {
  const auto file = value_of("password-file", *argv);
  auto value = file ? file : value_of("password", *argv);
  if (!value)
    return 0;
  int used = 1;
  if (*value == '=')
    ++value;
  else if (argc > 1)
    value = argv[used++];
  else
    return 0; // CAF then reports the missing value
  if (file) {
    auto found = cafmesh::read_password_file(value);
    if (!found)
      return bad("password-file", cafmesh::describe(found.error()));
    for (auto& each : *found)
      mesh.passwords.push_back(std::move(each));
  } else {
    mesh.passwords.emplace_back(value);
    // Overwrites the password, because the system's list of processes shows the
    // arguments.
    std::memset(value, '*', std::strlen(value));
  }
  return used;
}

caf::error options::read(int argc, char** argv) {
  std::vector<std::string> args;
  caf::error first_failure;
  for (int i = 1; i < argc; ++i) {
    auto taken = take_password(argc - i, argv + i);
    if (!taken) { // goes on, to hide later passwords too
      if (!first_failure)
        first_failure = std::move(taken.error());
      continue;
    }
    if (*taken > 0) {
      i += *taken - 1;
      continue;
    }
    std::string arg = argv[i];
    // Appends the value to the name, because CAF accepts only `--name=value`.
    auto is_bare = arg.rfind("--", 0) == 0 && arg.size() > 2
                   && arg.find('=') == std::string::npos && arg != "--help"
                   && arg != "--long-help" && arg != "--dump-config";
    if (is_bare && i + 1 < argc)
      arg += std::string{"="} + argv[++i];
    args.push_back(std::move(arg));
  }
  if (first_failure)
    return first_failure;
  std::istringstream no_file;
  if (auto err = parse(args, no_file))
    return readable(err);
  if (!remainder.empty())
    return make_error(errc::bad_setting, "'" + without_value(remainder.front())
                                           + "' is no option");
  return cli_helptext_printed ? caf::error{} : settle();
}

caf::error options::settle() {
  auto flavour = cafmesh::parse_name_flavour(flavour_);
  if (!flavour)
    return bad("name-flavour", cafmesh::describe(flavour.error()));
  mesh.flavour = *flavour;
  if (hwaddr_.empty())
    hwaddr_ = default_hardware_address(network_cards());
  if (!hwaddr_.empty()) {
    auto name = cafmesh::name_from_user_input(hwaddr_, *flavour);
    if (!name)
      return bad("hwaddr", cafmesh::describe(name.error()));
    mesh.name = *name;
  }
  mesh.nickname = nickname_.empty() ? host_name() : nickname_;
  auto listen = listening_address(mesh_address_);
  if (!listen)
    return bad("mesh", cafmesh::describe(listen.error()));
  mesh.host = listen->host;
  mesh.port = listen->port;
  auto http = listening_address(http_address_);
  if (!http)
    return bad("http", cafmesh::describe(http.error()));
  http_host = http->host;
  http_port = http->port;
  if (min_protocol_version_ > 2)
    return bad("min-protocol-version",
               "1 or 2, not " + std::to_string(min_protocol_version_));
  if (min_protocol_version_ > 0)
    mesh.min_protocol_version =
      static_cast<std::uint8_t>(min_protocol_version_);
  if (discovery_ != "true" && discovery_ != "false")
    return bad("discovery", "true or false, not '" + discovery_ + "'");
  mesh.discovery = discovery_ == "true";
  mesh.gossip_interval =
    std::chrono::duration_cast<std::chrono::milliseconds>(gossip_interval_);
  auto level = spdlog::level::from_str(log_level_);
  if (level == spdlog::level::off && log_level_ != "off")
    return bad("log-level",
               "debug, info, warning, error or off, not '" + log_level_ + "'");
  spdlog::set_level(level);
  return check(mesh);
}

caf::error cannot_listen(const std::string& host, std::uint16_t port, int why) {
  auto where =
    "cannot listen on " + cafmesh::host_port{host, port}.str() + " for HTTP: ";
  if (why == 0)
    return make_error(errc::bad_address, where + "not an address of this host");
  return make_error(why == EADDRINUSE ? errc::address_in_use
                                      : errc::socket_failed,
                    where + std::strerror(why));
}

} // namespace counter
