#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tools/meshd/mesh/stored_values.hpp"

namespace meshd {

struct mesh_parts;

struct set_page {
  std::vector<std::string> elements;
  std::optional<std::string> next; ///< pass it as `after` to go on
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
  /// @param then called once each replica has joined its channel or failed to
  void restore(answer<done> then);
  /// Whether this node has a replica of the set.
  bool holds(const std::string& name) const;
  std::size_t size() const;
  void page(const std::string& name, const std::string& after,
            std::size_t limit, answer<set_page> then);
  /// Reads a page once `is_known` returns false for it, at the latest after
  /// `time`.
  /// @returns ends the wait; then there is no answer
  std::function<void()>
  await_page(const std::string& name, const std::string& after,
             std::size_t limit, std::function<bool(const set_page&)> is_known,
             std::chrono::milliseconds time, answer<set_page> then);
  void contains(const std::string& name, const std::string& element,
                answer<bool> then);
  /// @param durable whether to answer only once the set is on disk; needs a
  ///        file in `stored`
  void add(const std::string& name, const std::string& element, bool durable,
           answer<done> then);
  void remove(const std::string& name, const std::string& element, bool durable,
              answer<done> then);

private:
  struct state;
  std::unique_ptr<state> state_;
};

} // namespace meshd
