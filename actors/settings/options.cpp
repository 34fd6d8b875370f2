#include <cafmesh/options.hpp>

#include <algorithm>
#include <cstring>
#include <memory>
#include <utility>

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/config_value.hpp>
#include <caf/make_message.hpp>

#include "actors/caf_version/configuration.hpp"
#include "actors/settings/option_table.hpp"
#include <cafmesh/errc.hpp>

namespace cafmesh {

namespace {

using caf::config_value;
using strings = std::vector<std::string>;

constexpr char category[] = "mesh";

/// What the command line has said so far of lists.
struct repeated_texts {
  strings peers;
  strings passwords;
  strings subnets;

  strings* storage_for(const std::string& name) {
    return name == "peers"             ? &peers
           : name == "password"        ? &passwords
           : name == "trusted-subnets" ? &subnets
                                       : nullptr;
  }
};

/// `retry_max must be …` -> `mesh.retry-max must be …`
std::string in_option_names(std::string text) {
  for (const auto& x : option_table()) {
    std::string member = x.name;
    std::replace(member.begin(), member.end(), '-', '_');
    auto is_word = member.find('_') != std::string::npos;
    for (auto i = text.find(member); i != std::string::npos;
         i = text.find(member, i + full_name(x).size()))
      if (is_word || (i == 0 && text[member.size()] == ' '))
        text.replace(i, member.size(), full_name(x));
      else
        break;
  }
  return text;
}

caf::error check_names(const caf::actor_system_config& config,
                       const config_value::dictionary& values) {
  const auto& known = caf_version::options_of(config);
  for (const auto& [name, value] : values) {
    const auto& options = option_table();
    auto is_ours =
      std::any_of(options.begin(), options.end(),
                  [&name = name](const option& x) { return name == x.name; });
    if (!is_ours && !known.qualified_name_lookup(category, name))
      return make_error(errc::bad_setting, "mesh." + name + " is no option");
  }
  return {};
}

} // namespace

void add_options(caf::actor_system_config& config) {
  auto& all = caf_version::options_of(config);
  if (all.qualified_name_lookup(category, option_table().front().name))
    return;
  auto texts = std::make_shared<repeated_texts>();
  for (const auto& x : option_table())
    all.add(caf::config_option{category, x.name, x.description, &x.type,
                               texts->storage_for(x.name)});
  config.add_message_types<caf::id_block::cafmesh>();
  // CAF's options do not own their storage; this lives as long as they.
  caf_version::render_errors(config, texts);
}

caf::expected<settings> get_settings(const caf::actor_system_config& config) {
  settings result;
  const auto& all = content(config);
  auto found = all.find(category);
  if (found == all.end())
    return result;
  auto values = caf::get_if<config_value::dictionary>(&found->second);
  if (!values)
    return make_error(errc::bad_setting, "mesh is a group of options");
  if (auto err = check_names(config, *values))
    return err;
  for (const auto& x : option_table())
    if (auto i = values->find(x.name); i != values->end())
      if (auto err = x.apply(x, i->second, result))
        return err;
  if (auto err = check(result))
    return make_error(static_cast<errc>(err.code()),
                      in_option_names(text_of(err)));
  return result;
}

void wipe_passwords(caf::actor_system_config& config, int argc, char** argv) {
  const std::string name = "password";
  if (auto group = config.content.find(category); group != config.content.end())
    if (auto values = caf::get_if<config_value::dictionary>(&group->second))
      if (auto found = values->find(name); found != values->end()) {
        option_types::wipe(found->second);
        if (auto ours = caf_version::options_of(config).qualified_name_lookup(
              category, name))
          ours->store(found->second);
      }
  for (int i = 1; i < argc; ++i)
    for (const auto* option : {"--mesh.password=", "--caf#mesh.password="})
      if (auto size = std::strlen(option);
          std::strncmp(argv[i], option, size) == 0)
        std::memset(argv[i] + size, '*', std::strlen(argv[i] + size));
}

caf::expected<router_actor>
spawn_router(caf::actor_system& system, caf::expected<settings> config,
             transport_ptr sockets, log_sink_ptr log, overlay_actor overlay) {
  if (!config)
    return std::move(config.error());
  return spawn_router(system, std::move(*config), std::move(sockets),
                      std::move(log), std::move(overlay));
}

} // namespace cafmesh
