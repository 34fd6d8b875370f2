#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tools/meshd/mesh/set_change.hpp"
#include "tools/meshd/mesh/stored_values.hpp"
#include "tools/meshd/mesh/text_page.hpp"
#include "tools/meshd/mesh/watch_ptr.hpp"

namespace meshd {

struct mesh_parts;

struct watched_set {
  watch_ptr watch;
  /// Lists the present elements. They may reflect changes that the watch has
  /// not reported yet.
  std::function<text_page(const std::string& after, std::size_t limit)> page;
};

/// Sets that all nodes of the mesh share, by name. Each uses the channel
/// `sets/NAME`. To be used on the HTTP thread.
class sets {
public:
  /// @param stored where the sets are kept on disk
  /// @param most the maximum number of sets
  sets(std::shared_ptr<const mesh_parts> parts, const stored_values& stored,
       std::size_t most);
  ~sets();
  sets(const sets&) = delete;
  sets& operator=(const sets&) = delete;

  /// Makes a replica of each stored set.
  /// @param then called when every replica has joined its channel or failed
  void restore(answer<done> then);
  /// Whether this node has a replica of the set.
  bool holds(const std::string& name) const;
  std::size_t size() const;
  /// The names of the sets of which this node has replicas. Lists those that
  /// sort after `after` and begin with `prefix`.
  text_page names(const std::string& prefix, const std::string& after,
                  std::size_t limit) const;
  void page(const std::string& name, const std::string& after,
            std::size_t limit, answer<text_page> then);
  /// Waits until `is_known` returns false for the page, for at most `time`, and
  /// then answers with the page.
  /// @returns a function that ends the wait without an answer
  std::function<void()>
  await_page(const std::string& name, const std::string& after,
             std::size_t limit, std::function<bool(const text_page&)> is_known,
             std::chrono::milliseconds time, answer<text_page> then);
  void watch(const std::string& name,
             std::function<void(const std::vector<set_change>&)> on_changes,
             answer<watched_set> then);
  void contains(const std::string& name, const std::string& element,
                answer<bool> then);
  /// @param durable whether the answer waits until the set is on disk; this
  ///        needs a file in `stored`
  void add(const std::string& name, const std::string& element, bool durable,
           answer<done> then);
  void remove(const std::string& name, const std::string& element, bool durable,
              answer<done> then);

private:
  struct state;
  std::unique_ptr<state> state_;
};

} // namespace meshd
