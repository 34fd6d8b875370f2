#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <caf/actor_system_config.hpp>

#include "tools/meshd/settings/service_options.hpp"
#include <cafmesh/settings.hpp>

namespace meshd {

/// Settings as text, by source. Names are those of the options without the
/// leading dashes.
struct arguments {
  std::map<std::string, std::vector<std::string>> command_line;
  std::map<std::string, std::vector<std::string>> environment;
  std::string file; ///< path; empty: none
  /// Folder of systemd's credentials; empty: none.
  std::string credentials;
  bool help = false;
  bool version = false;
  bool check_only = false;
  bool print = false;
};

/// The environment variable of an option: `MESHD_HTTP_CERT` for `http-cert`.
std::string variable_of(const std::string& option);

enum class option_kind : std::uint8_t { unknown, flag, with_value };

/// The settings in use. The command line takes precedence over the
/// environment, and the environment over the file.
class configuration : public caf::actor_system_config {
public:
  configuration();

  /// Reads the settings from all sources.
  /// @returns what is wrong; empty if nothing is
  std::string load(const arguments& from);

  /// The kind of the option `--NAME`. A flag means `true` if it is given
  /// without a value.
  option_kind kind_of(const std::string& name) const;

  /// The mesh settings that any source gives, each as `NAME = VALUE`.
  std::vector<std::string> given_mesh_settings() const;
  /// The mesh settings in use, each as `NAME = VALUE`. Settings without a value
  /// are left out.
  std::vector<std::string> mesh_settings() const;
  /// The name and description of each mesh option.
  std::vector<std::pair<std::string, std::string>> mesh_options() const;

  service_options service;
  cafmesh::settings mesh;

private:
  std::string read_file(const std::string& path);
  std::string check_section(const std::string& name,
                            const caf::config_value& given) const;
  std::string apply_service_section(const caf::config_value& given);
  std::string apply_service(const arguments& from);
  void apply_credentials(const arguments& from);
  std::string apply_mesh(const arguments& from);
  std::string take_mesh_arguments(const arguments& from);
  std::string parse_all();
  std::string get_mesh(const std::string& file);
  std::string canonical(const std::string& option) const;
  const caf::config_value::dictionary* mesh_dictionary() const;

  std::string text_;               // the content of the file
  bool has_password_file_ = false; // whether the file sets password-file
  // The options of the mesh and of CAF that do not come from the file, and what
  // the user has called them.
  std::vector<std::string> args_;
  std::map<std::string, std::string> called_;
};

/// Reads the command line and the environment.
/// @param environment `NAME=VALUE` texts, up to a null pointer
/// @param known supplies the kinds of the options
/// @returns what is wrong; empty if nothing is
std::string read_arguments(int argc, char** argv, char** environment,
                           const configuration& known, arguments& result);

/// The settings as a configuration file with the same effect.
std::string to_text(const configuration& x);

/// The names of the settings that differ between `x` and `y` and that a reload
/// does not change.
std::vector<std::string> fixed_differences(const configuration& x,
                                           const configuration& y);

std::string help_text(const configuration& x);

} // namespace meshd
