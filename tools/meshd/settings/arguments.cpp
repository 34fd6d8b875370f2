#include <cstdlib>
#include <cstring>

#include "tools/meshd/settings/configuration.hpp"

// Reads the command line and the environment as text.
namespace meshd {

namespace {

constexpr char prefix[] = "MESHD_";

/// Returns the option for an environment variable without its prefix, such as
/// `http-cert` for `HTTP_CERT`.
std::string option_of(std::string variable) {
  for (auto& x : variable)
    x = x == '_' ? '-'
                 : static_cast<char>(x >= 'A' && x <= 'Z' ? x - 'A' + 'a' : x);
  return variable;
}

std::string read_environment(char** environment, arguments& result) {
  constexpr auto size = sizeof(prefix) - 1;
  for (auto each = environment; *each != nullptr; ++each) {
    if (std::strncmp(*each, prefix, size) != 0)
      continue;
    std::string text = *each + size;
    auto equals = text.find('=');
    if (equals == std::string::npos)
      continue;
    auto name = option_of(text.substr(0, equals));
    auto value = text.substr(equals + 1);
    if (name == "config") {
      result.file = value;
      continue;
    }
    if (name == "password" || name == "token" || name == "read-token")
      return prefix + text.substr(0, equals)
             + " is not accepted, because other programs can read the "
               "environment; write it to a file and set "
             + prefix + text.substr(0, equals) + "_FILE";
    result.environment[name].push_back(std::move(value));
  }
  if (auto folder = std::getenv("CREDENTIALS_DIRECTORY"))
    result.credentials = folder;
  return {};
}

/// Takes an argument such as `--help`, which is a command rather than an
/// option.
bool take_command(const std::string& name, arguments& result) {
  if (name == "help" || name == "long-help")
    return result.help = true;
  if (name == "version")
    return result.version = true;
  if (name == "check-config")
    return result.check_only = true;
  if (name == "print-config")
    return result.print = true;
  return false;
}

} // namespace

std::string variable_of(const std::string& option) {
  std::string result = prefix;
  for (auto x : option)
    result += x == '-'
                ? '_'
                : static_cast<char>(x >= 'a' && x <= 'z' ? x - 'a' + 'A' : x);
  return result;
}

std::string read_arguments(int argc, char** argv, char** environment,
                           const configuration& known, arguments& result) {
  if (auto wrong = read_environment(environment, result); !wrong.empty())
    return wrong;
  for (int i = 1; i < argc; ++i) {
    std::string text = argv[i];
    if (text == "-h")
      text = "--help";
    if (text.rfind("--", 0) != 0 || text.size() < 3)
      return "'" + text + "' is no option; see --help";
    auto equals = text.find('=');
    auto name =
      text.substr(2, equals == std::string::npos ? equals : equals - 2);
    if (equals == std::string::npos && take_command(name, result))
      continue;
    auto kind = known.kind_of(name);
    if (kind == option_kind::unknown)
      return "--" + name + " is no option; see --help";
    std::string value = "true";
    if (equals != std::string::npos)
      value = text.substr(equals + 1);
    else if (kind == option_kind::with_value) {
      if (i + 1 == argc)
        return "--" + name + " needs a value: --" + name + "=VALUE";
      value = argv[++i];
    }
    if (name == "config")
      result.file = value;
    else
      result.command_line[name].push_back(std::move(value));
  }
  return {};
}

} // namespace meshd
