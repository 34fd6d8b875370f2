#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "actors/core/directory/documents.hpp"

/// The names that an actor watches, and the changes that the actor has not
/// received yet.
namespace cafmesh::names {

/// One name, or all names that begin with `text`.
struct name_pattern {
  std::string text;
  bool is_prefix = false;

  bool matches(std::string_view name) const {
    return is_prefix ? name.substr(0, text.size()) == text : name == text;
  }
};

struct name_update {
  std::string name;
  life of;
  std::optional<entry> now; ///< absent: no longer published
};

/// The changes that wait for one actor that watches names. A later change of an
/// entry replaces an earlier one. Beyond `max_waiting` changes, the watcher
/// gets a snapshot of all entries instead.
class name_watch {
public:
  static constexpr std::size_t max_waiting = 4096;

  explicit name_watch(name_pattern what) : what_(std::move(what)) {
  }

  void add(const shown_change& x);
  bool has_news() const noexcept {
    return wants_snapshot_ || !waiting_.empty();
  }
  std::size_t waiting() const noexcept {
    return waiting_.size();
  }

  struct news {
    bool is_snapshot = false; ///< all entries, instead of changes
    std::vector<name_update> updates;
  };
  news take(const documents& all);

private:
  void compare(const shown_change& x, const std::string& name);
  void compare_ranges(const shown_change& x);
  void add(const std::string& name, life of, const entry* now);

  name_pattern what_;
  bool wants_snapshot_ = true;
  std::map<std::pair<std::string, life>, std::optional<entry>> waiting_;
};

} // namespace cafmesh::names
