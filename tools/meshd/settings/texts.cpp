#include <algorithm>
#include <iterator>
#include <set>
#include <sstream>

#include "tools/meshd/settings/configuration.hpp"
#include "tools/meshd/settings/literals.hpp"

// The settings as a file, and the help text.
namespace meshd {

namespace {

std::string value_of(const option_row& row, const service_options& x) {
  auto values = row.values(x);
  std::string result = row.is_list ? "[" : "";
  for (std::size_t i = 0; i < values.size(); ++i)
    result +=
      (i > 0 ? ", " : "") + (row.is_bare ? values[i] : quoted(values[i]));
  return result + (row.is_list ? "]" : "");
}

void add_row(std::ostream& out, const std::string& name,
             const std::string& description) {
  constexpr std::size_t width = 30;
  auto option = "  --" + name;
  out << option
      << std::string(option.size() < width ? width - option.size() : 1, ' ')
      << description << '\n';
}

} // namespace

std::string to_text(const configuration& x) {
  std::ostringstream out;
  out << "[meshd]\n";
  for (const auto& row : option_table())
    out << row.name << " = " << value_of(row, x.service) << '\n';
  out << "\n[mesh]\n";
  for (const auto& line : x.mesh_settings())
    out << line << '\n';
  return out.str();
}

std::vector<std::string> fixed_differences(const configuration& x,
                                           const configuration& y) {
  static const std::set<std::string> reloaded = {
    "token-file", "read-token-file", "http-cert",
    "http-key",   "peers",           "password-file"};
  std::set<std::string> result;
  for (const auto& row : option_table())
    if (row.values(x.service) != row.values(y.service))
      result.insert(row.name);
  auto before = x.given_mesh_settings(), after = y.given_mesh_settings();
  std::sort(before.begin(), before.end());
  std::sort(after.begin(), after.end());
  std::vector<std::string> lines;
  std::set_symmetric_difference(before.begin(), before.end(), after.begin(),
                                after.end(), std::back_inserter(lines));
  for (const auto& line : lines)
    result.insert(line.substr(0, line.find(' ')));
  std::vector<std::string> names;
  std::set_difference(result.begin(), result.end(), reloaded.begin(),
                      reloaded.end(), std::back_inserter(names));
  return names;
}

std::string help_text(const configuration& x) {
  std::ostringstream out;
  out << "meshd joins this machine to a mesh and serves an HTTP API.\n\n"
         "  meshd --peers=a.example,b.example --state=/var/lib/meshd\n"
         "  curl http://127.0.0.1:6784/v1/peers\n\n"
         "Each option can be given as --NAME=VALUE, as MESHD_NAME in the "
         "environment\n(upper case, _ for -), or in the file of --config, "
         "below [meshd] or [mesh].\nThe command line takes precedence over "
         "the environment, and the environment\nover the file.\n\n";
  add_row(out, "config=FILE", "configuration file");
  add_row(out, "check-config", "check all settings and exit");
  add_row(out, "print-config", "print the settings in use and exit");
  add_row(out, "version", "print the version and exit");
  add_row(out, "help", "print this text and exit");
  out << "\nThe service, [meshd]:\n\n";
  const service_options defaults;
  for (const auto& row : option_table()) {
    auto value = value_of(row, defaults);
    auto shows = value != "\"\"" && value != "[]" && !row.is_flag;
    add_row(out, row.name,
            row.description + (shows ? "; default " + value : ""));
  }
  out << "\nThe mesh, [mesh]:\n\n";
  for (const auto& [name, description] : x.mesh_options())
    add_row(out, name, description);
  out << "\nSignals: SIGTERM and SIGINT stop; SIGHUP reads peers, passwords, "
         "tokens and\nthe certificate again.\nExit status: 0 stopped, 1 "
         "failed, 2 bad usage.\n";
  return out.str();
}

} // namespace meshd
