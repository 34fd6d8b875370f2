#pragma once

#include <string>

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "tests/support/overlaid_mesh.hpp"
#include <cafmesh/status_json.hpp>

namespace cafmesh::test {

using nlohmann::ordered_json;

/// A mesh whose nodes are asked for their status.
struct reporting : overlaid_mesh {
  mesh_status status(char letter) {
    auto asked =
      ask_later<mesh_status>(system(), at(letter).router(), get_status{});
    // The status may take 2 s if parts of the node do not answer.
    run_for(seconds{2});
    BOOST_TEST_REQUIRE(asked->value.has_value(), describe(asked->why));
    return *asked->value;
  }
  ordered_json document(char letter) {
    return ordered_json::parse(to_json(status(letter)));
  }
  ordered_json connection(char letter) {
    auto all = document(letter)["Connections"];
    BOOST_TEST_REQUIRE(!all.empty());
    return all[0];
  }
  ordered_json figures(char letter) {
    return connection(letter)["Figures"];
  }
  ordered_json channel(char letter, const std::string& name) {
    auto all = document(letter)["Channels"];
    for (const auto& x : all)
      if (x["Name"] == name)
        return x;
    return nullptr;
  }
  ordered_json target(char letter, const std::string& address) {
    auto all = document(letter)["DialTargets"];
    for (const auto& x : all)
      if (x["Address"] == address)
        return x;
    return nullptr;
  }
  void connect_encrypted(bool trusting) {
    for (char letter : {'a', 'b'}) {
      auto setup = settings_for(letter);
      setup.passwords = {"wfvAwt7sj"};
      if (trusting)
        setup.trusted_subnets.push_back(*subnet::parse("10.0.0.0/8"));
      add_overlaid(letter, setup);
    }
    at('a').connect_to(at('b'));
    settle();
  }
};

} // namespace cafmesh::test
