#pragma once

#include <functional>
#include <string>
#include <vector>

#include <caf/error.hpp>
#include <caf/expected.hpp>
#include <caf/fwd.hpp>

#include "actors/caf_version/option_types.hpp"
#include <cafmesh/remote_actors.hpp>
#include <cafmesh/settings.hpp>

/// The tables of settings. Each row describes one setting: its option, its
/// default and its range.
namespace cafmesh {

/// The section of the configuration file that has the options for `Settings`,
/// and the prefix that errors put before the names of its fields.
template <class Settings>
struct section_of;

template <>
struct section_of<settings> {
  static constexpr const char* name = "mesh";
  static constexpr const char* field_prefix = "";
};

template <>
struct section_of<actor_settings> {
  static constexpr const char* name = "actors";
  static constexpr const char* field_prefix = "actors.";
};

/// One field of `Settings`: its option, its default and its range. The options
/// `preset` and `password-file` have rows too, but no field of their own.
template <class Settings>
struct basic_setting_row {
  std::string field;  ///< for example `gossip_interval`; may be empty
  std::string option; ///< for example `gossip-interval`
  std::string description;
  /// The default as it is written on the command line, or in words if there is
  /// no single value.
  std::string default_text;
  const option_types::option_type* type = nullptr;
  /// Copies the option's value into the settings.
  /// @param name the option's name, for the error
  /// @returns an error if the value is bad, after which `out` must not be used
  std::function<caf::error(const std::string& name, const caf::config_value& x,
                           Settings& out)>
    apply;
  /// Checks this field on its own.
  /// @param name the field's name, for the error.
  std::function<caf::error(const Settings& x, const std::string& name)> check;
  /// The field's value as it is written on the command line; `none` if it has
  /// no single value, `empty` for an empty text.
  std::function<std::string(const Settings& x)> value_text;
  /// The field's address in `x`; null if the row has no field.
  std::function<const void*(const Settings& x)> address;
};

using setting_row = basic_setting_row<settings>;
using actor_setting_row = basic_setting_row<actor_settings>;

/// The rows in the order in which their options are applied. A preset comes
/// before the fields that it changes, and the flavour before the name, which
/// depends on it.
const std::vector<setting_row>& setting_table();

const std::vector<actor_setting_row>& actor_setting_table();

template <class Settings>
std::string help_text(const basic_setting_row<Settings>& self) {
  return self.description + "; default " + self.default_text;
}

/// What errors call a setting.
template <class Settings>
using setting_names =
  std::function<std::string(const basic_setting_row<Settings>& of)>;

/// For example `gossip_interval`.
template <class Settings>
std::string field_name(const basic_setting_row<Settings>& of) {
  return section_of<Settings>::field_prefix + of.field;
}

/// For example `mesh.gossip-interval`.
template <class Settings>
std::string option_name(const basic_setting_row<Settings>& of) {
  return section_of<Settings>::name + std::string{"."} + of.option;
}

/// The name of the setting whose field is at the address `field` in `x`.
template <class Settings>
std::string name_of(const std::vector<basic_setting_row<Settings>>& rows,
                    const Settings& x, const void* field,
                    const setting_names<Settings>& names) {
  for (const auto& row : rows)
    if (row.address(x) == field)
      return names(row);
  return "a setting";
}

template <class Settings>
caf::error check_fields(const std::vector<basic_setting_row<Settings>>& rows,
                        const Settings& x,
                        const setting_names<Settings>& names) {
  for (const auto& row : rows)
    if (auto err = row.check(x, names(row)))
      return err;
  return {};
}

/// Like the public functions of these names, but the caller chooses what errors
/// call the settings.
caf::error check(const settings& x, const setting_names<settings>& names);
caf::error check(const actor_settings& x,
                 const setting_names<actor_settings>& names);
caf::expected<settings> get_settings(const caf::actor_system_config& config,
                                     const setting_names<settings>& names);

/// An error's own text, without its code.
std::string text_of(const caf::error& why);

} // namespace cafmesh
