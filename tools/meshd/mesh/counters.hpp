#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "tools/meshd/mesh/stored_values.hpp"
#include "tools/meshd/mesh/text_page.hpp"
#include "tools/meshd/mesh/watch_ptr.hpp"

namespace meshd {

struct mesh_parts;

/// Counters that all nodes of the mesh share, by name. Each uses the channel
/// `counters/NAME`. To be used on the HTTP thread.
class counters {
public:
  /// @param stored where the counters are kept on disk
  /// @param most the maximum number of counters
  counters(std::shared_ptr<const mesh_parts> parts, const stored_values& stored,
           std::size_t most);
  ~counters();
  counters(const counters&) = delete;
  counters& operator=(const counters&) = delete;

  /// Makes a replica of each stored counter.
  /// @param then called when every replica has joined its channel or failed
  void restore(answer<done> then);
  /// Whether this node has a replica of the counter.
  bool holds(const std::string& name) const;
  std::size_t size() const;
  /// The names of the counters of which this node has replicas. Lists those
  /// that sort after `after` and begin with `prefix`.
  text_page names(const std::string& prefix, const std::string& after,
                  std::size_t limit) const;
  /// Reads a counter. Makes a replica first if there is none.
  void get(const std::string& name, answer<std::int64_t> then);
  /// Waits until `is_known` returns false for the counter, for at most `time`,
  /// and then answers with its value.
  /// @returns a function that ends the wait without an answer
  std::function<void()> await(const std::string& name,
                              std::function<bool(const std::int64_t&)> is_known,
                              std::chrono::milliseconds time,
                              answer<std::int64_t> then);
  /// Watches a counter.
  /// @param on_value called with the present value, and then with each new
  ///        value
  void watch(const std::string& name,
             std::function<void(std::int64_t)> on_value,
             answer<watch_ptr> then);
  /// @param durable whether the answer waits until the sum is on disk; this
  ///        needs a file in `stored`
  void add(const std::string& name, std::uint64_t by, bool durable,
           answer<std::int64_t> then);

private:
  struct state;
  std::unique_ptr<state> state_;
};

} // namespace meshd
