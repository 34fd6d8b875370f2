#pragma once

#include <cstdint>
#include <string>

#include <caf/actor_system_config.hpp>

#include <cafmesh/settings.hpp>

namespace counter {

/// What the program was told, as CAF reads it from the command line.
class options : public caf::actor_system_config {
public:
  options();

  /// Overwrites passwords in `argv`.
  /// @returns an error with one line for the user, for whatever is no option,
  ///          no value of its option, or not possible.
  caf::error read(int argc, char** argv);

  cafmesh::settings mesh; ///< what it comes to
  std::string channel = "default";
  std::string http_host;
  std::uint16_t http_port = 0;

private:
  /// @returns how many arguments it has used.
  caf::expected<int> take_password(int argc, char** argv);
  caf::error settle();

  std::string hwaddr_;
  std::string nickname_;
  std::string mesh_address_ = "0.0.0.0:6783";
  std::string http_address_ = ":8080";
  std::string flavour_ = "mac";
  std::size_t min_protocol_version_ = 0;
  caf::timespan gossip_interval_ = std::chrono::seconds{30};
  std::string discovery_ = "true"; // CAF's flags cannot be set to false
  std::string log_level_ = "info";
};

} // namespace counter
