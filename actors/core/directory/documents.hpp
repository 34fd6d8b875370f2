#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "actors/core/directory/document.hpp"
#include "actors/core/directory/node_claims.hpp"
#include <cafmesh/instant.hpp>

/// Keeps all documents (the peers' lists of names), and chooses which to show.
namespace cafmesh::names {

/// How the visible entries of one document have changed.
struct shown_change {
  life of;
  entry_map before, after;
  /// The names whose entries may differ; nullopt: all names.
  std::optional<std::vector<std::string>> names;
};

/// An actor system in the mesh.
struct home {
  life of;
  std::string node; ///< not empty
};

/// The actor systems that have joined or changed their node ID, and those that
/// have left.
struct home_changes {
  std::vector<home> came;
  std::vector<life> gone;
};

struct found_entry {
  life of;
  std::string node; ///< may be empty
  entry what;
};

/// The documents of all peers. For each peer, shows only the document with the
/// UID that the topology knows. Documents with other UIDs are hidden, and
/// dropped after `hidden_for`.
///
/// If several lives of peers claim the same node ID, `node_claims` decides
/// which life holds it. The names of the other lives are not shown, so that no
/// member can attract the messages for another member's actors.
class documents {
public:
  documents(life self, std::string node);
  documents(const documents&) = delete;
  documents& operator=(const documents&) = delete;

  const life& self() const noexcept {
    return self_;
  }
  /// Our own document. After `own().seal`, call `own_sealed`.
  document& own() {
    return all_.at(self_).doc;
  }
  void own_sealed(std::vector<std::string> names);

  /// The document of a life; null if there is none.
  const document* find(const life& x) const;
  bool is_known_life(const life& x) const;

  // -- topology

  void life_appeared(const life& x, instant now);
  void peer_left(peer_name who, instant now);

  // -- content

  /// Applies a part to the document of the same life, or to an empty document
  /// if we keep none. Drops the entries if they exceed `max_document`.
  /// @returns the outcome of `document::apply`; does_not_fit also if the result
  ///          would be incomplete
  document::outcome apply(const part& x, instant now);
  /// Replaces a document.
  /// @pre `x` is complete and supersedes the document that is kept
  void replace(document x, instant now);
  /// Takes over a header that describes the entries that we have. Does nothing
  /// if we do not keep the document.
  void adopt(const header& x);
  void strip(const header& x, instant now);

  /// Drops documents that have been hidden for `hidden_for`. Node IDs that are
  /// no longer kept for a peer are given to other lives that claim them.
  /// Returns whether documents were dropped.
  bool tick(instant now);
  std::optional<instant> wake_at() const;

  // -- reading

  /// The headers of all documents that are not hidden.
  const header_map& headers() const noexcept {
    return headers_;
  }
  std::vector<found_entry> lookup(const std::string& name) const;
  std::vector<home> homes() const;
  /// The entries that a life publishes; null if its document is not shown.
  const entry_map* shown(const life& x) const {
    auto i = all_.find(x);
    return i == all_.end() || !is_visible(i->second) ? nullptr
                                                     : &i->second.doc.entries();
  }
  /// Calls `f(life, node, entries)` for each document that is shown.
  template <class F>
  void visit(F f) const {
    for (const auto& [of, x] : all_)
      if (is_visible(x))
        f(of, x.doc.head().node, x.doc.entries());
  }
  /// Calls `f(life, entries)` for each document that is shown. Leaves out
  /// changes to our own document that are not in a version yet. `take_changes`
  /// returns these changes when a version has them.
  template <class F>
  void visit_announced(F f) const {
    for (const auto& [of, x] : all_)
      if (is_visible(x))
        f(of, of == self_ ? own_before_ : x.doc.entries());
  }

  /// The approximate memory of all documents except our own, in bytes.
  std::size_t bytes() const noexcept {
    return bytes_;
  }
  std::size_t size() const noexcept {
    return all_.size();
  }
  std::size_t hidden() const noexcept {
    return hidden_.size();
  }
  /// The headers of documents whose entries were dropped, and for which there
  /// is room again.
  std::vector<header> stripped() const;
  bool has_room(const header& x) const noexcept;

  // -- what has changed since the last call

  std::vector<shown_change> take_changes() {
    return std::exchange(changes_, {});
  }
  home_changes take_home_changes();

private:
  struct kept {
    document doc;
    std::optional<instant> hidden_since; // absent: not hidden
    bool holds_node = false;             // whether its life holds its node ID
    std::uint64_t age = 0; // lower for a document that arrived earlier
  };
  using iterator = std::map<life, kept>::iterator;

  static bool is_visible(const kept& x) {
    return !x.hidden_since && (x.holds_node || x.doc.head().node.empty());
  }
  static bool is_home(const kept& x) {
    return !x.hidden_since && x.holds_node;
  }
  entry_map visible_entries(const kept& x) const;
  iterator keep(const life& x, instant now);
  template <class F>
  void change(iterator i, std::optional<std::vector<std::string>> names, F f);
  void claim(const std::string& node, iterator i);
  void unclaim(const std::string& node, iterator i);
  void expire_claims(instant now);
  void hide(iterator i, instant now);
  void drop(iterator i); ///< @pre the document is hidden
  void make_room();
  void note_droppable(iterator i);

  life self_;
  std::map<life, kept> all_;
  header_map headers_;
  std::map<peer_name, peer_uid> lives_;
  std::set<std::pair<instant, life>> hidden_;
  node_claims nodes_;
  instant now_{}; // the latest time passed by a caller
  entry_map own_before_;
  std::size_t bytes_ = 0;
  std::uint64_t last_age_ = 0;
  // Documents of other peers whose entries `make_room` may drop: `large_` has
  // the large documents, and `by_age_` has all of them, oldest first.
  std::set<life> large_;
  std::map<std::uint64_t, life> by_age_;
  std::vector<shown_change> changes_;
  std::set<life> touched_homes_; // lives whose homes may have changed
};

} // namespace cafmesh::names
