#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>

#include "tools/meshd/mesh/lives.hpp"
#include "tools/meshd/mesh/warnings.hpp"
#include "tools/meshd/process/state_folder.hpp"
#include "tools/meshd/settings/configuration.hpp"
#include <cafmesh/log.hpp>

namespace meshd {

/// The node and its API. To be used on the main thread.
class service {
public:
  /// @param config must outlive this object
  /// @param noticed the warnings that the API shows
  service(configuration& config, cafmesh::log_sink_ptr log,
          warnings_ptr noticed);
  ~service();
  service(const service&) = delete;
  service& operator=(const service&) = delete;

  /// Starts everything. Returns once the API answers.
  /// @param on_end called on the HTTP thread if the node ends on its own
  /// @returns what is wrong; empty if nothing is
  std::string start(std::function<void()> on_end);

  /// Applies the peers, passwords, tokens and certificate of a new
  /// configuration. If a file cannot be read or a setting cannot change while
  /// the node runs, nothing changes.
  /// @returns what is wrong; empty if nothing is
  std::string reload(configuration& config);

  /// Checks that the HTTP thread and the router are alive. Calls `f` on the
  /// HTTP thread once the router has answered a request from that thread.
  void when_alive(std::function<void()> f);

  /// Calls `f` on the HTTP thread with one line of text about the node.
  void when_described(std::function<void(const std::string&)> f);

  /// Ends the node and the API, within a bounded time.
  /// @param how recorded in the history of the peer's lives
  void stop(life_end how);

private:
  struct state;
  std::unique_ptr<state> state_;
};

} // namespace meshd
