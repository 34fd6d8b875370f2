#pragma once

#include <functional>
#include <string>
#include <vector>

#include <caf/error.hpp>
#include <caf/fwd.hpp>

#include "actors/caf_version/option_types.hpp"
#include <cafmesh/remote_actors.hpp>
#include <cafmesh/settings.hpp>

/// The tables of settings.
namespace cafmesh {

/// Names the section of the configuration file for `Settings`, and the prefix
/// of its fields in errors.
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
  /// The default as written on the command line, or in words if it is not a
  /// single value.
  std::string default_text;
  const option_types::option_type* type = nullptr;
  /// Copies the option's value into the settings.
  /// @returns an error that names the option if the value is bad. After an
  ///          error, `out` must not be used
  std::function<caf::error(const basic_setting_row& self,
                           const caf::config_value& x, Settings& out)>
    apply;
  /// Checks this field on its own.
  /// @param name the field's name, for the error.
  std::function<caf::error(const Settings& x, const std::string& name)> check;
  /// The field's value as written on the command line; `none` if it is not a
  /// single value, `empty` for an empty text.
  std::function<std::string(const Settings& x)> value_text;
  /// The field's address in `x`; null if the row has no field.
  std::function<const void*(const Settings& x)> address;
};

using setting_row = basic_setting_row<settings>;
using actor_setting_row = basic_setting_row<actor_settings>;

/// The rows in the order in which their options are applied. A preset comes
/// before the fields that it changes, and the flavour before the name that
/// depends on the flavour.
const std::vector<setting_row>& setting_table();

const std::vector<actor_setting_row>& actor_setting_table();

template <class Settings>
std::string help_text(const basic_setting_row<Settings>& self) {
  return self.description + "; default " + self.default_text;
}

/// Whether errors refer to settings by their fields or by their options.
enum class naming { fields, options };

/// The name of a setting: `gossip_interval` or `mesh.gossip-interval`.
template <class Settings>
std::string name_of(const basic_setting_row<Settings>& self, naming names) {
  using section = section_of<Settings>;
  return names == naming::fields
           ? section::field_prefix + self.field
           : section::name + std::string{"."} + self.option;
}

/// Like `name_of` above, for the setting at the address `field` in `x`.
template <class Settings>
std::string name_of(const std::vector<basic_setting_row<Settings>>& rows,
                    const Settings& x, const void* field, naming names) {
  for (const auto& row : rows)
    if (row.address(x) == field)
      return name_of(row, names);
  return "a setting";
}
inline std::string name_of(const settings& x, const void* field, naming names) {
  return name_of(setting_table(), x, field, names);
}
inline std::string name_of(const actor_settings& x, const void* field,
                           naming names) {
  return name_of(actor_setting_table(), x, field, names);
}

template <class Settings>
caf::error check_fields(const std::vector<basic_setting_row<Settings>>& rows,
                        const Settings& x, naming names) {
  for (const auto& row : rows)
    if (auto err = row.check(x, name_of(row, names)))
      return err;
  return {};
}

/// Like the public `check`, but errors refer to fields or to options.
caf::error check(const settings& x, naming names);
caf::error check(const actor_settings& x, naming names);

/// An error's own text, without its code.
std::string text_of(const caf::error& why);

} // namespace cafmesh
