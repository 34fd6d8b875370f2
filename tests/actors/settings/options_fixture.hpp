#pragma once

#include <fstream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <caf/actor_system_config.hpp>

#include <cafmesh/errc.hpp>
#include <cafmesh/options.hpp>

namespace cafmesh::test {

/// A program that has an option of its own in addition to those of cafmesh.
struct application : caf::actor_system_config {
  application() {
    opt_group{custom_options_, "mesh"}.add<std::string>("own", "not cafmesh's");
    add_options(*this);
  }
};

using texts = std::vector<std::string>;

/// Reads settings from command lines and configuration files.
struct options_fixture {
  /// Returns the settings of a program with these arguments, and with this text
  /// below `[mesh]` in its configuration file.
  caf::expected<settings> read(std::vector<std::string> arguments,
                               const std::string& file = "") {
    application config;
    std::istringstream in{file.empty() ? "" : "[mesh]\n" + file + "\n"};
    if (auto err = config.parse(std::move(arguments), in))
      return err;
    return get_settings(config);
  }

  settings good(std::vector<std::string> arguments,
                const std::string& file = "") {
    auto result = read(std::move(arguments), file);
    if (!result)
      BOOST_FAIL(describe(result.error()));
    return std::move(*result);
  }

  std::string refusal(std::vector<std::string> arguments,
                      const std::string& file = "") {
    auto result = read(std::move(arguments), file);
    return result ? "accepted" : describe(result.error());
  }

  std::vector<std::string> passwords(const settings& x) {
    std::vector<std::string> result;
    for (const auto& password : x.passwords)
      result.emplace_back(password.view().as_text());
    return result;
  }

  std::string file_with(const std::string& text) {
    auto path = "/tmp/cafmesh_options_tests." + std::to_string(getpid());
    std::ofstream{path} << text;
    files.push_back(path);
    return path;
  }

  ~options_fixture() {
    for (const auto& path : files)
      unlink(path.c_str());
  }

  texts files;
};

} // namespace cafmesh::test
