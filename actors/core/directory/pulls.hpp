#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "actors/core/directory/document.hpp"
#include <cafmesh/instant.hpp>

namespace cafmesh::names {

/// Which documents to ask for, of whom. The answers come page by page, and each
/// is asked for: so nobody can be flooded with what it has not asked for, and
/// whoever answers keeps nothing.
class pulls {
public:
  /// Documents that are wanted, and those that are under way. One neighbour's
  /// messages may cause a part of them only; sources can be forged.
  static constexpr std::size_t max_wanted = 4096;
  static constexpr std::size_t max_wanted_per_neighbour = 1024;
  static constexpr std::size_t max_active = 16;
  static constexpr std::size_t max_active_per_neighbour = 8;
  /// A question that is not answered for this long is asked again.
  static constexpr duration patience = std::chrono::seconds{2};
  static constexpr unsigned max_tries = 3;
  /// A document that has not arrived by then is given up.
  static constexpr duration most_time = std::chrono::minutes{1};

  struct one {
    header wanted;
    peer_name source;
    peer_name via; // the neighbour through which the news came
    std::optional<document> partial; // what has arrived
    bool from_scratch = false;       // what we have has the wrong content
    bool is_active = false;
    unsigned tries = 0;
    instant began{};
    instant asked{};
  };

  /// The source has, or soon will have, this version or a later one.
  void want(const header& x, peer_name source, peer_name via);
  void want_from_scratch(const header& x, peer_name source, peer_name via);

  /// Null if the document is not wanted.
  one* find(const life& x);
  /// It has arrived, or is not wanted any more.
  void done(const life& x);
  /// The source has nothing newer: asks the owner instead, once.
  void source_failed(const life& x);

  /// The documents to ask for now, as there is room for them.
  std::vector<std::pair<life, peer_name>> start(instant now);
  /// The same, for those whose answer is late; forgets those that were asked
  /// for too often.
  std::vector<std::pair<life, peer_name>> repeat(instant now);
  /// A page has arrived, and the next one is asked for.
  void goes_on(const life& x, instant now);

  std::optional<instant> wake_at() const;
  std::size_t size() const noexcept {
    return all_.size();
  }

private:
  struct use {
    std::size_t wanted = 0;
    std::size_t active = 0;
  };
  void stop(one& x);

  std::map<life, one> all_;
  std::size_t active_ = 0;
  std::map<peer_name, use> by_neighbour_;
};

} // namespace cafmesh::names
