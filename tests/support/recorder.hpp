#pragma once

#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <caf/fwd.hpp>

#include <cafmesh/gossip_data.hpp>
#include <cafmesh/handles.hpp>
#include <cafmesh/type_ids.hpp>

namespace cafmesh::test {

using texts = std::set<std::string>;

/// A set of words, merged by union. On the wire each word is followed by a
/// blank, so that the empty set is an empty message.
class word_set : public gossip_data {
public:
  explicit word_set(texts xs) : words_(std::move(xs)) {
  }
  static gossip_data_ptr of(texts xs);
  static texts decode(byte_view data);

  std::vector<payload> encode() const override;
  gossip_data_ptr merge(const gossip_data& other) const override;

private:
  texts words_;
};

/// The data that a recorder received, and options for its behaviour. The test
/// uses the same object, in the same thread.
struct record {
  using message = std::pair<peer_name, std::string>;

  std::vector<message> unicasts;
  std::vector<message> broadcasts;
  std::vector<std::string> gossip;
  texts state;
  std::size_t asked_for_everything = 0;
  /// Whether to answer messages with an error.
  bool reject = false;
  /// Whether to record sizes instead of data, for large messages.
  bool sizes_only = false;
  /// Whether to leave unicasts unanswered until `answer_all`.
  bool hold = false;
  std::vector<caf::response_promise> held;

  std::size_t broadcasts_of(const std::string& text) const;
};

using record_ptr = std::shared_ptr<record>;

/// test -> recorder: answer all unicasts that were left unanswered, and answer
/// later unicasts immediately.
struct answer_all {};

using recorder_actor = gossiper_actor::extend<caf::reacts_to<answer_all>>;

/// Spawns a gossiper that records everything. Its state is a set of words.
recorder_actor spawn_recorder(caf::actor_system& system, record_ptr what);

payload text_payload(std::string_view text);

} // namespace cafmesh::test

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::test::answer_all)
