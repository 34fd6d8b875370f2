#pragma once

#include <cstdint>
#include <string>

#include <caf/actor_system_config.hpp>

#include <cafmesh/settings.hpp>

namespace counter {

/// The program's options, as CAF reads them from the command line.
class options : public caf::actor_system_config {
public:
  options();

  /// Reads the arguments, and overwrites passwords in `argv`. Call it once,
  /// before the program has threads.
  /// @returns an error with one line of text for the user if an argument is not
  ///          an option, if a value does not suit its option, or if settings
  ///          contradict each other.
  caf::error read(int argc, char** argv);

  // The values of the options, set by `read`.
  cafmesh::settings mesh;
  std::string channel = "default";
  std::string http_host; ///< a numeric address or a name
  std::uint16_t http_port = 0;

private:
  /// Reads a password option if `argv` begins with one.
  /// @returns the number of arguments that it has used
  caf::expected<int> take_password(int argc, char** argv);
  caf::error settle();

  std::string hwaddr_;
  std::string nickname_;
  std::string mesh_address_ = "0.0.0.0:6783";
  std::string http_address_ = "127.0.0.1:8080";
  std::string flavour_ = "mac";
  std::size_t min_protocol_version_ = 0;
  caf::timespan gossip_interval_ = std::chrono::seconds{30};
  std::string discovery_ = "true"; // text, because CAF's flags cannot be false
  std::string log_level_ = "info";
};

/// Returns the error for an address on which HTTP cannot listen.
/// @param why the system's error number; 0 if the host is not an address.
caf::error cannot_listen(const std::string& host, std::uint16_t port, int why);

} // namespace counter
