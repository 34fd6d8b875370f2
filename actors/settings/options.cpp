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
#include "actors/caf_version/node_identity.hpp"
#include "actors/settings/resembles.hpp"
#include "actors/settings/setting_table.hpp"
#include <cafmesh/errc.hpp>
#include <cafmesh/escaped.hpp>
#include <cafmesh/log.hpp>

// Reads settings from CAF's options: from the command line and the
// configuration file.
namespace cafmesh {

namespace {

using caf::config_value;

const std::string category = section_of<settings>::name;

template <class S>
using table = std::vector<basic_setting_row<S>>;

template <class S>
caf::error check_names(const caf::actor_system_config& config,
                       const table<S>& rows,
                       const config_value::dictionary& values) {
  const std::string section = section_of<S>::name;
  const auto& known = caf_version::options_of(config);
  for (const auto& [name, value] : values) {
    auto is_ours =
      std::any_of(rows.begin(), rows.end(),
                  [&name = name](const auto& x) { return name == x.option; });
    if (!is_ours && !known.qualified_name_lookup(section, name))
      return make_error(errc::bad_setting,
                        section + "." + name + " is no option");
  }
  return {};
}

// Returns an error if a file gives an option more than one value. CAF silently
// keeps one of them and drops the others.
template <class S>
caf::error check_repetitions(const caf::actor_system_config& config,
                             const table<S>& rows,
                             const setting_names<S>& names) {
  const std::string section = section_of<S>::name;
  const auto& known = caf_version::options_of(config);
  for (const auto& x : rows)
    if (auto ours = known.qualified_name_lookup(section, std::string{x.option});
        ours && option_types::contradicts_itself(*ours))
      return make_error(
        errc::bad_setting,
        names(x)
          + " has two values in the configuration file: give "
            "it once; several texts are a list, [\"a\", \"b\"]");
  return {};
}

bool has_options(const caf::actor_system_config& config,
                 const std::string& section) {
  const auto& known = caf_version::options_of(config);
  return std::any_of(known.begin(), known.end(),
                     [&](const caf::config_option& x) {
                       auto name = x.category();
                       return std::string{name.begin(), name.end()} == section;
                     });
}

template <class S>
void add_table(caf::config_option_set& all, const table<S>& rows,
               option_types::storage* given) {
  for (const auto& x : rows)
    all.add(caf::config_option{std::string{section_of<S>::name},
                               std::string{x.option}, help_text(x), x.type,
                               given++});
}

template <class S>
caf::expected<S> read_section(const caf::actor_system_config& config,
                              const table<S>& rows,
                              const setting_names<S>& names) {
  const std::string section = section_of<S>::name;
  if (auto err = check_repetitions(config, rows, names))
    return err;
  S result;
  const auto& all = content(config);
  auto found = all.find(section);
  if (found == all.end())
    return result;
  auto values = caf::get_if<config_value::dictionary>(&found->second);
  if (!values)
    return make_error(errc::bad_setting, section + " is a group of options");
  if (auto err = check_names(config, rows, *values))
    return err;
  for (const auto& x : rows)
    if (auto i = values->find(x.option); i != values->end())
      if (auto err = x.apply(names(x), i->second, result))
        return err;
  if (auto err = check(result, names))
    return err;
  return result;
}

} // namespace

// Finds sections of the configuration file whose names are probably misspelt. A
// node whose password is in such a section would start without encryption, and
// nobody would notice.
std::vector<std::string>
misspelt_sections(const caf::actor_system_config& config) {
  std::vector<std::string> result;
  for (const auto& x : content(config))
    if (x.first != category && resembles(x.first, category)
        && !has_options(config, x.first))
      result.push_back("the configuration has a section [" + escaped(x.first)
                       + "], which nobody reads; the node reads [" + category
                       + "]");
  return result;
}

void add_options(caf::actor_system_config& config) {
  auto& all = caf_version::options_of(config);
  const auto& rows = setting_table();
  const auto& actor_rows = actor_setting_table();
  if (all.qualified_name_lookup(category, std::string{rows.front().option}))
    return;
  auto given = std::make_shared<std::vector<option_types::storage>>(
    rows.size() + actor_rows.size());
  add_table(all, rows, given->data());
  add_table(all, actor_rows, given->data() + rows.size());
  config.add_message_types<caf::id_block::cafmesh>();
  caf_version::give_identity(config);
  // Passes on `given`, which keeps the storage of the options alive: CAF's
  // options refer to this storage without owning it.
  caf_version::render_errors(config, given);
}

caf::expected<settings> get_settings(const caf::actor_system_config& config) {
  return get_settings(config, option_name<settings>);
}

caf::expected<settings> get_settings(const caf::actor_system_config& config,
                                     const setting_names<settings>& names) {
  for (const auto& warning : misspelt_sections(config))
    make_spdlog_sink()->write(log_level::warning, warning);
  return read_section(config, setting_table(), names);
}

caf::expected<actor_settings>
get_actor_settings(const caf::actor_system_config& config) {
  return read_section<actor_settings>(config, actor_setting_table(),
                                      option_name<actor_settings>);
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
