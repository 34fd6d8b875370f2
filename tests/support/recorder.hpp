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

/// Words; both together is the union. On the wire each word is followed by a
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

/// What a gossiper was given, and how it is to behave. Shared with the test,
/// which runs in the same thread.
struct record {
  using message = std::pair<peer_name, std::string>;

  std::vector<message> unicasts;
  std::vector<message> broadcasts;
  std::vector<std::string> gossip;
  texts state;
  std::size_t asked_for_everything = 0;
  /// Answer what arrives with an error.
  bool reject = false;
  /// Keep only the size of a message, for large ones.
  bool sizes_only = false;
  /// Stop answering unicasts, until `answer_all`.
  bool hold = false;
  std::vector<caf::response_promise> held;

  /// How often this broadcast came.
  std::size_t broadcasts_of(const std::string& text) const;
};

using record_ptr = std::shared_ptr<record>;

/// test -> recorder: answer what was held back, and hold no more.
struct answer_all {};

using recorder_actor = gossiper_actor::extend<caf::reacts_to<answer_all>>;

/// A gossiper whose state is a set of words, and that writes everything down.
recorder_actor spawn_recorder(caf::actor_system& system, record_ptr what);

payload text_payload(std::string_view text);

} // namespace cafmesh::test

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cafmesh::test::answer_all)
