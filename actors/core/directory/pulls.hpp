#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "actors/core/directory/document.hpp"
#include <cafmesh/instant.hpp>

namespace cafmesh::names {

/// Decides which documents (document.hpp) to fetch, and from which peer. A
/// document is fetched in parts, and each question brings one part. So no peer
/// gets more than it has asked for, and a peer that answers keeps no state.
class pulls {
public:
  /// The maximum numbers of wanted documents, and of active ones, which are
  /// being fetched. The limits per neighbour count the documents that one
  /// neighbour's messages have named. There is no limit per source, because the
  /// source of a message can be forged.
  static constexpr std::size_t max_wanted = 4096;
  static constexpr std::size_t max_wanted_per_neighbour = 1024;
  static constexpr std::size_t max_active = 16;
  static constexpr std::size_t max_active_per_neighbour = 8;
  /// A question that is not answered after this time is asked again.
  static constexpr duration patience = std::chrono::seconds{2};
  static constexpr unsigned max_tries = 3;
  /// The peer that is asked (the source) counts as failed if the document has
  /// not arrived after this time.
  static constexpr duration most_time = std::chrono::minutes{1};

  struct one {
    header wanted;
    peer_name source;
    peer_name via; // the neighbour whose message named the document
    std::optional<document> partial; // the pages that have arrived
    bool from_scratch = false;       // whether to ask for the whole document
    bool is_active = false;
    unsigned tries = 0;
    instant began{};
    instant asked{};
  };

  /// Adds the document with this header to the wanted documents. The peer
  /// `source` has this version or a later one, or soon will.
  /// @param via the neighbour whose message named the document
  void want(const header& x, peer_name source, peer_name via);
  /// Like `want`, but asks for the whole document, because the entries that we
  /// have do not match their header.
  void want_from_scratch(const header& x, peer_name source, peer_name via);

  /// The state of a wanted document; null if the document is not wanted.
  one* find(const life& x);
  /// To be called when the document has arrived or is not wanted any more.
  void done(const life& x);
  /// To be called when the source cannot provide the document. `start` then
  /// asks the document's writer instead. If the writer was the source, the
  /// document is no longer wanted.
  void source_failed(const life& x);

  /// Begins to fetch as many wanted documents as the limits allow.
  /// @returns these documents, each with the peer to ask
  std::vector<std::pair<life, peer_name>> start(instant now);
  /// Returns the documents whose answers are late, each with the peer to ask
  /// again. A source that was asked `max_tries` times counts as failed.
  std::vector<std::pair<life, peer_name>> repeat(instant now);
  /// To be called when a part has arrived and the next one is asked for.
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
