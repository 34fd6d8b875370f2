#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tools/http/event_source.hpp"
#include "tools/meshd/api/call.hpp"
#include "tools/meshd/mesh/deadlines.hpp"
#include "tools/meshd/mesh/watch_ptr.hpp"

namespace meshd {

/// The streams of values that have names, such as counters. A value is watched
/// from its first stream until a minute after its last one, so that clients can
/// reconnect. After that minute, its events are forgotten, and clients that
/// resume get `reset`. To be used on the HTTP thread.
class followed_values {
public:
  static constexpr std::chrono::minutes kept_for{1};

  struct value {
    watch_ptr watch;
    std::function<http::snapshot_parts()> snapshot;
  };
  using publisher = std::function<void(std::vector<http::event>)>;
  /// Begins to watch a value. Calls `then` first, and after that publishes each
  /// change to the value.
  using watcher = std::function<void(const std::string& name,
                                     const publisher& to, answer<value> then)>;

  /// @param most_bytes the maximum size of the latest events that are kept for
  ///        each value
  followed_values(std::shared_ptr<const mesh_parts> parts,
                  std::size_t most_bytes, watcher watch)
      : ends_(std::move(parts)), most_bytes_(most_bytes),
        watch_(std::move(watch)) {
  }

  /// Answers a request with a stream of the value's changes. The stream counts
  /// towards the client's limit from now on, even while it waits for the value.
  /// @param wanted its `snapshot` is set by this function. Its `on_end` must
  ///        not be null, and is called even if no stream is opened.
  void open(const call& x, const std::string& name, http::subscription wanted);

  void close_all();

private:
  struct entry;
  using entry_ptr = std::shared_ptr<entry>;

  void begin(const std::string& name, const entry_ptr& x);
  void begun(const std::string& name, const entry_ptr& x, result<value> y);
  void left(const std::string& name, const entry_ptr& x);

  deadlines ends_;
  std::size_t most_bytes_;
  watcher watch_;
  std::map<std::string, entry_ptr> all_;
};

} // namespace meshd
