#include "counter.hpp"

#include <limits>
#include <utility>

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "../../messages/wire/counter_state.hpp"

namespace counter {

namespace {

using cafmesh::gossip_data;
using cafmesh::gossip_data_ptr;
using cafmesh::name_flavour;
using cafmesh::payload;
using cafmesh::peer_name;
using cafmesh::wire::counter_map;

// Takes over what is greater; returns just that.
counter_map merge_into(counter_map& state, const counter_map& other) {
  counter_map news;
  for (const auto& [peer, number] : other) {
    auto& mine = state[peer];
    if (number > mine) {
      mine = number;
      news.emplace(peer, number);
    } else if (mine == 0) {
      state.erase(peer);
    }
  }
  return news;
}

class counter_data : public gossip_data {
public:
  counter_data(counter_map numbers, name_flavour flavour)
      : numbers_(std::move(numbers)), flavour_(flavour) {
  }

  std::vector<payload> encode() const override {
    cafmesh::bytes out;
    cafmesh::wire::append_counters(out, numbers_, flavour_);
    return {payload{std::move(out)}};
  }

  gossip_data_ptr merge(const gossip_data& other) const override {
    auto both = numbers_;
    merge_into(both, static_cast<const counter_data&>(other).numbers_);
    return std::make_shared<counter_data>(std::move(both), flavour_);
  }

private:
  counter_map numbers_;
  name_flavour flavour_;
};

struct counter_state {
  static inline const char* name = "counter";

  std::int64_t sum() const {
    std::int64_t result = 0;
    for (const auto& x : numbers)
      if (__builtin_add_overflow(result, x.second, &result))
        return std::numeric_limits<std::int64_t>::max();
    return result;
  }

  gossip_data_ptr data(counter_map xs) const {
    return std::make_shared<counter_data>(std::move(xs), self.flavour());
  }

  // What was new of an encoded state; null for nothing.
  caf::result<gossip_data_ptr> absorb(const payload& bytes) {
    auto theirs = cafmesh::wire::read_counters(bytes.view(), self.flavour());
    if (!theirs)
      return std::move(theirs.error());
    auto news = merge_into(numbers, *theirs);
    return news.empty() ? gossip_data_ptr{} : data(std::move(news));
  }

  peer_name self;
  counter_map numbers;
  cafmesh::gossip_channel_actor channel;
};

counter_actor::behavior_type
counter_behavior(counter_actor::stateful_pointer<counter_state> self,
                 peer_name name) {
  auto st = &self->state;
  st->self = name;
  return {
      [st](const cafmesh::unicasts_arrived& x) -> caf::result<void> {
        for (const auto& message : x.messages)
          if (auto absorbed = st->absorb(message.data); absorbed.err)
            return std::move(absorbed.err);
        return caf::unit;
      },
      [st](const cafmesh::broadcast_arrived& x) { return st->absorb(x.data); },
      [st](const cafmesh::gossip_arrived& x) { return st->absorb(x.data); },
      [st](cafmesh::get_gossip) { return st->data(st->numbers); },
      [st](get_count) { return st->sum(); },
      [st, self](increment) {
        auto& mine = st->numbers[st->self];
        if (mine < std::numeric_limits<std::int64_t>::max())
          ++mine;
        if (st->channel)
          self->send(st->channel,
                     cafmesh::broadcast{st->data({{st->self, mine}})});
        return st->sum();
      },
      [st](broadcast_through& x) { st->channel = std::move(x.channel); },
  };
}

} // namespace

counter_actor spawn_counter(caf::actor_system& system, peer_name self) {
  return system.spawn(counter_behavior, self);
}

} // namespace counter
