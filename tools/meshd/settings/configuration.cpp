#include "tools/meshd/settings/configuration.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>
#include <utility>

#include <caf/config_option.hpp>
#include <caf/config_value.hpp>
#include <caf/pec.hpp>

#include "actors/settings/setting_table.hpp"
#include "tools/meshd/settings/literals.hpp"
#include <cafmesh/errc.hpp>
#include <cafmesh/options.hpp>
#include <cafmesh/scheduling.hpp>

namespace meshd {

namespace {

using caf::config_value;
using texts = std::vector<std::string>;

constexpr char our_section[] = "meshd";
constexpr char mesh_section[] = "mesh";

std::string text_of(const config_value& x) {
  if (auto text = caf::get_if<std::string>(&x))
    return *text;
  return literal_of(x);
}

texts texts_of(const config_value& x) {
  texts result;
  if (auto all = caf::get_if<config_value::list>(&x))
    for (const auto& each : *all)
      result.push_back(text_of(each));
  else
    result.push_back(text_of(x));
  return result;
}

bool is_of_parser(const caf::error& why) {
  return why.category() == caf::atom("parser");
}

/// The reason as text for people. CAF's own text for errors of its parser shows
/// data structures.
std::string reason(const caf::error& why) {
  if (!is_of_parser(why))
    return cafmesh::describe(why);
  const auto code = static_cast<caf::pec>(why.code());
  auto text = code == caf::pec::missing_argument ? "expected a value"
                                                 : caf::to_string(code);
  std::replace(text.begin(), text.end(), '_', ' ');
  return text;
}

/// An error message that says where a file is wrong and what its lines should
/// look like.
std::string unreadable(const std::string& path, const caf::error& why) {
  auto line = std::int64_t{0};
  if (is_of_parser(why) && why.context().match_elements<caf::settings>())
    line = caf::get_or(why.context().get_as<caf::settings>(0), "line", line);
  // If a line ends too early, CAF reports the number of the next line.
  const auto is_cut =
    is_of_parser(why)
    && static_cast<caf::pec>(why.code()) == caf::pec::unexpected_newline;
  return path + (line > 0 ? ":" + std::to_string(line - (is_cut ? 1 : 0)) : "")
         + ": " + reason(why)
         + "; a line is [SECTION], NAME = VALUE or ; COMMENT, and texts stand "
           "in quotes, as in http = \"127.0.0.1:6784\"";
}

bool is_secret(const std::string& name) {
  return name == "password";
}

bool names_a_token(const std::string& option) {
  return option == "token-file" || option == "read-token-file";
}

std::string no_secret(const std::string& called_so) {
  return called_so
         + " is not accepted, because the process list and configuration files "
           "are read by many; write the password to a file and give its path "
           "as password-file";
}

/// Whether there is such a credential. One that cannot be read counts, so that
/// reading it fails: without it, the node would be open to anybody.
bool is_given(const std::string& credential) {
  return access(credential.c_str(), F_OK) == 0 || errno != ENOENT;
}

} // namespace

configuration::configuration() {
  cafmesh::set_scheduling(*this);
  cafmesh::add_options(*this);
  // Makes the section [meshd] known to CAF, so that the library does not take
  // it for a misspelt [mesh].
  custom_options_.add<std::string>(our_section, "config", "configuration file");
}

std::string configuration::canonical(const std::string& option) const {
  if (custom_options_.qualified_name_lookup(mesh_section, option) != nullptr)
    return std::string{mesh_section} + "." + option;
  if (option.find('.') != std::string::npos
      && custom_options_.cli_long_name_lookup(option) != nullptr)
    return option;
  return {};
}

option_kind configuration::kind_of(const std::string& name) const {
  if (name == "config")
    return option_kind::with_value;
  if (const auto* row = find_option(name))
    return row->is_flag ? option_kind::flag : option_kind::with_value;
  auto full = canonical(name);
  if (full.empty())
    return option_kind::unknown;
  auto ours = custom_options_.qualified_name_lookup(full);
  // The type name of the library's own flags.
  return ours != nullptr && ours->type_name() == "true or false"
           ? option_kind::flag
           : option_kind::with_value;
}

std::string configuration::check_section(const std::string& name,
                                         const config_value& given) const {
  if (name == our_section)
    return {};
  auto values = caf::get_if<config_value::dictionary>(&given);
  if (values == nullptr)
    return "'" + name + "' stands outside a section; the sections are [meshd] "
           + "and [mesh]";
  auto is_known = false;
  for (const auto& x : custom_options_)
    is_known =
      is_known || std::string{x.category().begin(), x.category().end()} == name;
  if (!is_known)
    return "there is no section [" + name + "]; the sections are [meshd], "
           + "[mesh] and those of CAF, such as [scheduler]";
  for (const auto& [key, value] : *values) {
    if (name == mesh_section && is_secret(key))
      return no_secret(key);
    if (custom_options_.qualified_name_lookup(name, key) == nullptr)
      return "section [" + name + "] has no option '" + key + "'";
  }
  return {};
}

std::string configuration::read_file(const std::string& path) {
  if (path.empty())
    return {};
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored))
    return "the configuration file " + path + " is a folder";
  errno = 0;
  std::ifstream in{path};
  text_.assign(std::istreambuf_iterator<char>{in}, {});
  if (!in || in.bad())
    return "cannot read the configuration file " + path
           + (errno ? std::string{": "} + std::strerror(errno) : "");
  std::istringstream again{text_};
  auto all_sections = parse_config(again);
  if (!all_sections)
    return unreadable(path, all_sections.error());
  for (const auto& [name, section] : *all_sections)
    if (auto wrong = check_section(name, section); !wrong.empty())
      return path + ": " + wrong;
  if (auto mesh_values =
        caf::get_if<config_value::dictionary>(&*all_sections, mesh_section))
    has_password_file_ = mesh_values->count("password-file") > 0;
  auto ours = all_sections->find(our_section);
  if (ours == all_sections->end())
    return {};
  auto wrong = apply_service_section(ours->second);
  return wrong.empty() ? wrong : path + ": " + wrong;
}

std::string configuration::apply_service_section(const config_value& given) {
  auto values = caf::get_if<config_value::dictionary>(&given);
  if (values == nullptr)
    return "meshd is a section: [meshd]";
  for (const auto& [name, value] : *values) {
    const auto* row = find_option(name);
    if (row == nullptr)
      return "section [meshd] has no option '" + name + "'";
    auto xs = texts_of(value);
    if (xs.size() != 1 && !row->is_list)
      return name + " takes one value";
    if (auto wrong = row->apply(xs, service); !wrong.empty())
      return name + ": " + wrong;
  }
  return {};
}

std::string configuration::apply_service(const arguments& from) {
  for (const auto* source : {&from.environment, &from.command_line})
    for (const auto& [name, values] : *source) {
      auto shown =
        source == &from.environment ? variable_of(name) : "--" + name;
      const auto* row = find_option(name);
      if (row == nullptr && canonical(name).empty())
        return shown + " is no option; see --help";
      if (row == nullptr)
        continue;
      if (values.size() > 1 && !row->is_list)
        return shown + " is given twice";
      // Refuses an empty path, because an unset shell variable must not turn
      // tokens off.
      if (values.back().empty() && names_a_token(name))
        return shown + ": expected a path, got nothing";
      if (auto wrong = row->apply(values, service); !wrong.empty())
        return shown + ": " + wrong;
    }
  return {};
}

void configuration::apply_credentials(const arguments& from) {
  auto take = [&](const char* name, std::string& path) {
    auto there = from.credentials + "/" + name;
    if (path.empty() && is_given(there))
      path = there;
  };
  if (from.credentials.empty())
    return;
  take("token", service.token_file);
  take("read-token", service.read_token_file);
  take("http-cert", service.http_cert);
  take("http-key", service.http_key);
}

/// Gathers what the command line, the environment and systemd give, so that
/// later ones take precedence.
std::string configuration::take_mesh_arguments(const arguments& from) {
  std::set<std::string> on_command_line;
  for (const auto& x : from.command_line)
    on_command_line.insert(canonical(x.first));
  for (const auto* source : {&from.environment, &from.command_line})
    for (const auto& [name, values] : *source) {
      auto option = canonical(name);
      auto is_variable = source == &from.environment;
      if (find_option(name) != nullptr
          || (is_variable && on_command_line.count(option) > 0))
        continue;
      auto shown = is_variable ? variable_of(name) : "--" + name;
      if (option == "mesh.password")
        return no_secret(shown);
      called_[option] = shown;
      for (const auto& x : values)
        args_.push_back("--" + option + "=" + x);
    }
  const std::string option = "mesh.password-file";
  auto password = from.credentials + "/password";
  auto is_set = has_password_file_ || called_.count(option) > 0;
  if (!from.credentials.empty() && !is_set && is_given(password)) {
    args_.push_back("--" + option + "=" + password);
    called_[option] = "the credential 'password'";
  }
  return {};
}

std::string configuration::parse_all() {
  std::istringstream file{text_};
  auto why = parse(args_, file);
  if (!why)
    return {};
  auto text = caf::to_string(why);
  for (const auto& x : args_)
    if (text.find(x) != std::string::npos)
      return called_.at(x.substr(2, x.find('=') - 2)) + ": " + reason(why);
  return reason(why);
}

std::string configuration::get_mesh(const std::string& file) {
  auto found =
    cafmesh::get_settings(*this, [this](const cafmesh::setting_row& row) {
      auto i = called_.find(std::string{mesh_section} + "." + row.option);
      return i == called_.end() ? row.option : i->second;
    });
  if (found) {
    mesh = std::move(*found);
    return {};
  }
  auto text = cafmesh::text_of(found.error());
  const auto* given = mesh_dictionary();
  auto is_in_file =
    given != nullptr
    && given->count(text.substr(0, text.find_first_of(" :"))) > 0;
  return is_in_file ? file + ": " + text : text;
}

std::string configuration::apply_mesh(const arguments& from) {
  if (auto wrong = take_mesh_arguments(from); !wrong.empty())
    return wrong;
  if (auto wrong = parse_all(); !wrong.empty())
    return wrong;
  // Leaves out our own section, because the library would warn that the node
  // does not read it.
  caf::settings others;
  for (auto& [name, value] : content)
    if (name != our_section)
      others.emplace(name, std::move(value));
  content = std::move(others);
  return get_mesh(from.file);
}

std::string configuration::load(const arguments& from) {
  if (auto wrong = read_file(from.file); !wrong.empty())
    return wrong;
  if (auto wrong = apply_service(from); !wrong.empty())
    return wrong;
  apply_credentials(from);
  if (auto wrong = apply_mesh(from); !wrong.empty())
    return wrong;
  if (service.state.empty())
    if (auto folder = std::getenv("STATE_DIRECTORY"))
      service.state = folder;
  return check(service);
}

const config_value::dictionary* configuration::mesh_dictionary() const {
  auto section = content.find(mesh_section);
  return section == content.end()
           ? nullptr
           : caf::get_if<config_value::dictionary>(&section->second);
}

std::vector<std::string> configuration::given_mesh_settings() const {
  texts result;
  if (const auto* values = mesh_dictionary())
    for (const auto& [name, value] : *values)
      result.push_back(
        name + " = " + (is_secret(name) ? "\"********\"" : literal_of(value)));
  return result;
}

std::vector<std::string> configuration::mesh_settings() const {
  texts result;
  const auto given = given_mesh_settings();
  for (const auto& row : cafmesh::setting_table()) {
    auto begin = row.option + " = ";
    auto found =
      std::find_if(given.begin(), given.end(), [&](const std::string& x) {
        return x.compare(0, begin.size(), begin) == 0;
      });
    auto text = row.value_text(mesh);
    if (found != given.end())
      result.push_back(*found);
    else if (text != "none" && text != "empty")
      result.push_back(begin
                       + (row.type == &cafmesh::option_types::text
                            ? meshd::quoted(text)
                            : literal_of(*config_value::parse(text))));
  }
  return result;
}

std::vector<std::pair<std::string, std::string>>
configuration::mesh_options() const {
  std::vector<std::pair<std::string, std::string>> result;
  auto text = [](caf::string_view x) {
    return std::string{x.begin(), x.end()};
  };
  for (const auto& x : custom_options_)
    if (text(x.category()) == mesh_section && !is_secret(text(x.long_name())))
      result.emplace_back(text(x.long_name()), text(x.description()));
  return result;
}

} // namespace meshd
