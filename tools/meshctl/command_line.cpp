#include "tools/meshctl/command_line.hpp"

#include <cstdlib>
#include <memory>
#include <sstream>

#include <CLI/CLI.hpp>

#include "tools/meshctl/text/units.hpp"

namespace meshctl {

namespace {

/// A command with the values that CLI11 reads for it.
struct filled_command {
  const command* what = nullptr;
  CLI::App* parser = nullptr;
  std::vector<std::unique_ptr<std::vector<std::string>>> values;
};

std::string from_environment(const char* name, const std::string& otherwise) {
  auto value = std::getenv(name);
  return value && *value ? value : otherwise;
}

void add_parameter(CLI::App& to, const parameter& x,
                   std::vector<std::string>& value) {
  if (x.is_flag()) {
    to.add_flag(x.name)->description(x.help);
    return;
  }
  auto made = to.add_option(x.name, value, x.help);
  made->type_name(x.value)->allow_extra_args(x.most > 1);
  if (x.is_word())
    made->expected(static_cast<int>(x.most == 1 ? 1 : x.least),
                   static_cast<int>(x.most));
  else
    made->expected(1);
  if (x.least > 0)
    made->required();
}

std::string help_of_group(const std::string& name) {
  return name == "kv" ? "read and change the key-value map"
                      : "read and change sets";
}

// Makes the parser of a command. To CLI11, `kv get` is the subcommand `get` of
// `kv`.
CLI::App* parser_of(CLI::App& root, const command& x) {
  auto space = x.name.find(' ');
  if (space == x.name.npos)
    return root.add_subcommand(x.name, x.help);
  auto first = x.name.substr(0, space);
  auto groups = root.get_subcommands(
    [&](const CLI::App* each) { return each->get_name() == first; });
  auto group = groups.empty() ? nullptr : groups.front();
  if (!group) {
    group = root.add_subcommand(first, help_of_group(first));
    group->require_subcommand(1)->fallthrough();
  }
  return group->add_subcommand(x.name.substr(space + 1), x.help);
}

std::vector<filled_command> add_commands(CLI::App& root, const commands& all) {
  std::vector<filled_command> result;
  for (const auto& x : all) {
    filled_command filled;
    filled.what = &x;
    filled.parser = parser_of(root, x);
    filled.parser->fallthrough();
    for (const auto& each : x.parameters) {
      filled.values.push_back(std::make_unique<std::vector<std::string>>());
      add_parameter(*filled.parser, each, *filled.values.back());
    }
    result.push_back(std::move(filled));
  }
  return result;
}

void add_globals(CLI::App& root, global_options& to, std::string& timeout) {
  to.address = from_environment("MESHCTL_ADDRESS", to.address);
  to.token_file = from_environment("MESHCTL_TOKEN_FILE", {});
  for (const auto& x : global_parameters()) {
    if (x.name == "--json")
      root.add_flag(x.name, to.as_json, x.help);
    else
      root
        .add_option(x.name,
                    x.name == "--address"      ? to.address
                    : x.name == "--token-file" ? to.token_file
                    : x.name == "--ca-file"    ? to.ca_file
                                               : timeout,
                    x.help)
        ->type_name(x.value);
  }
}

arguments arguments_of(const filled_command& from) {
  arguments::values result;
  for (std::size_t i = 0; i < from.values.size(); ++i) {
    const auto& x = from.what->parameters[i];
    if (from.parser->get_option(x.name)->count() == 0)
      continue;
    for (const auto& value : *from.values[i])
      if (x.is_word() && !x.may_be_empty && value.empty())
        throw failure{exit_code::usage, x.name + " is empty"};
    result.emplace(x.name, *from.values[i]);
  }
  return arguments{std::move(result)};
}

// Explains a parse error. For a command that is missing or unknown, CLI11
// itself says only that a subcommand is required.
std::string what_is_wrong(const CLI::App& root, const CLI::ParseError& x) {
  if (x.get_name() != "RequiredError"
      || std::string{x.what()}.find("subcommand") == std::string::npos)
    return x.what();
  const auto groups = root.get_subcommands();
  const auto before = groups.empty() ? "" : groups.front()->get_name() + " ";
  const auto rest = root.remaining(true);
  if (!rest.empty() && rest[0][0] != '-')
    return "there is no command '" + before + rest[0] + "'";
  if (groups.empty())
    return "the command is missing";
  std::string names;
  for (const auto* each : groups.front()->get_subcommands({}))
    names += (names.empty() ? "" : ", ") + each->get_name();
  return "after '" + groups.front()->get_name() + "' comes one of " + names;
}

void take_timeout(global_options& to, const std::string& text) {
  if (text.empty())
    return;
  to.timeout = parse_time(text);
  if (!to.timeout || to.timeout->count() == 0)
    throw failure{exit_code::usage, "--timeout: " + text + " is not a time",
                  "Times are written as 30s, 500ms or 2m."};
}

} // namespace

const std::vector<parameter>& global_parameters() {
  static const std::vector<parameter> all = {
    option("--address", "ADDRESS",
           "where meshd serves its API: HOST:PORT, https://HOST or unix:/path "
           "(127.0.0.1:6784, or $MESHCTL_ADDRESS)"),
    option("--token-file", "FILE",
           "file with a token in its first line (or $MESHCTL_TOKEN_FILE)"),
    option("--ca-file", "FILE", "certificates to trust with https://, in PEM"),
    flag("--json", "print JSON instead of text"),
    option("--timeout", "TIME",
           "limit of the command, such as 500ms or 30s (10s for each request; "
           "streams have none)"),
  };
  return all;
}

invocation parse_command_line(const commands& all, int argc,
                              const char* const* argv) {
  invocation result;
  std::string timeout;
  CLI::App root{"Asks and controls meshd, a node of a mesh.", "meshctl"};
  root.set_version_flag("--version", "meshctl " MESHCTL_VERSION);
  root.require_subcommand(1);
  add_globals(root, result.options, timeout);
  auto filled = add_commands(root, all);
  try {
    root.parse(argc, argv);
  } catch (const CLI::ParseError& x) {
    std::ostringstream text;
    if (root.exit(x, text, text) != 0)
      throw failure{exit_code::usage, what_is_wrong(root, x),
                    "meshctl --help lists commands, meshctl COMMAND --help "
                    "its options."};
    result.text = text.str();
    return result;
  }
  take_timeout(result.options, timeout);
  for (const auto& x : filled) {
    if (!x.parser->parsed())
      continue;
    result.what = x.what;
    result.with = arguments_of(x);
  }
  return result;
}

} // namespace meshctl
