#pragma once

#include <string>

#include <cafmesh/detail/storage_actor.hpp>
#include <cafmesh/log.hpp>
#include <cafmesh/storage.hpp>

namespace cafmesh::replication {

/// The status of a replicated value's storage. Logs when the storage is
/// unusable, begins to fail or works again, but logs no further failures in
/// between.
class storage_health {
public:
  /// Must be called before the storage is loaded. `channel` is the name of the
  /// replicated value's channel.
  void begin(std::string channel, std::string place, log_sink_ptr log);
  /// Takes the result of opening and reading the storage.
  void opened(storage_report x);
  /// Takes the result of an attempt to write changes.
  void wrote(storage_report x);

  bool is_usable() const noexcept {
    return status_.is != storage_status::condition::none
           && status_.is != storage_status::condition::unusable;
  }
  bool is_loading() const noexcept {
    return status_.is == storage_status::condition::loading;
  }
  bool is_failing() const noexcept {
    return status_.is == storage_status::condition::failing;
  }
  const storage_status& status() const noexcept {
    return status_;
  }

private:
  void write(log_level level, const std::string& text) const;

  storage_status status_;
  std::string channel_;
  log_sink_ptr log_;
};

} // namespace cafmesh::replication
