#include "tools/meshd/mesh/channel_gossiper.hpp"

#include <deque>
#include <iterator>
#include <utility>

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

namespace meshd {

namespace {

using cafmesh::gossip_data_ptr;
using cafmesh::payload;

/// The maximum number of bytes of broadcasts that wait for a slow neighbour.
/// Beyond this limit, the oldest broadcasts are dropped. Each also counts for
/// the memory that an empty one takes.
constexpr std::size_t most_waiting = 4 * 1024 * 1024;
constexpr std::size_t cost_of_each = 128;

class broadcasts : public cafmesh::gossip_data {
public:
  explicit broadcasts(std::deque<payload> xs) : all_(std::move(xs)) {
    for (const auto& x : all_)
      size_ += x.size() + cost_of_each;
  }

  std::vector<payload> encode() const override {
    return {all_.begin(), all_.end()};
  }

  gossip_data_ptr merge(const gossip_data& other) const override {
    auto result = std::make_shared<broadcasts>(all_);
    result->merge_in_place(other);
    return result;
  }

  bool merge_in_place(const gossip_data& other) override {
    const auto& more = static_cast<const broadcasts&>(other);
    all_.insert(all_.end(), more.all_.begin(), more.all_.end());
    size_ += more.size_;
    while (size_ > most_waiting && all_.size() > 1) {
      size_ -= all_.front().size() + cost_of_each;
      all_.pop_front();
    }
    return true;
  }

private:
  std::deque<payload> all_;
  std::size_t size_ = 0;
};

struct is_read {};

using channel_gossiper =
  cafmesh::gossiper_actor::extend<caf::reacts_to<is_read>>;

} // namespace

} // namespace meshd

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(meshd::is_read)

namespace meshd {

namespace {

struct gossiper_state {
  static inline const char* name = "meshd_channel";

  /// Functions that answer the deliveries of messages, oldest first. Each
  /// function is called after the HTTP thread has read the messages of its
  /// delivery.
  std::deque<std::function<void()>> unread;
};

struct hand_over {
  parts_ptr parts;
  std::string channel;
  message_reader reader;

  void operator()(const channel_gossiper& to_tell,
                  std::vector<channel_message> xs) const {
    parts->post([*this, to_tell, xs = std::move(xs)] {
      reader(channel, xs);
      caf::anon_send(to_tell, is_read{});
    });
  }
};

channel_gossiper::behavior_type
gossiper_behavior(channel_gossiper::stateful_pointer<gossiper_state> self,
                  const hand_over& to) {
  return {
    [self, to](const cafmesh::unicasts_arrived& xs) -> caf::result<void> {
      caf::response_promise promise = self->make_response_promise();
      std::vector<channel_message> all;
      for (const auto& x : xs.messages)
        all.push_back({x.source, true, x.data});
      self->state.unread.push_back(
        [promise]() mutable { promise.deliver(caf::unit); });
      to(self, std::move(all));
      return caf::delegated<void>{};
    },
    [self,
     to](const cafmesh::broadcast_arrived& x) -> caf::result<gossip_data_ptr> {
      auto promise = self->make_response_promise<gossip_data_ptr>();
      auto data = make_broadcast({x.data});
      self->state.unread.push_back(
        [promise, data]() mutable { promise.deliver(data); });
      to(self, {{x.source, false, x.data}});
      return promise;
    },
    [](const cafmesh::gossip_arrived&) { return gossip_data_ptr{}; },
    [](cafmesh::get_gossip) { return gossip_data_ptr{}; },
    [self](is_read) {
      auto& unread = self->state.unread;
      if (unread.empty())
        return;
      unread.front()();
      unread.pop_front();
    },
  };
}

} // namespace

gossip_data_ptr make_broadcast(std::vector<payload> xs) {
  return std::make_shared<broadcasts>(std::deque<payload>{
    std::make_move_iterator(xs.begin()), std::make_move_iterator(xs.end())});
}

cafmesh::gossiper_actor spawn_channel_gossiper(const parts_ptr& parts,
                                               std::string name,
                                               message_reader reader) {
  return parts->system.spawn(
    gossiper_behavior, hand_over{parts, std::move(name), std::move(reader)});
}

} // namespace meshd
