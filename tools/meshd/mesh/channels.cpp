#include "tools/meshd/mesh/channels.hpp"

#include <utility>

#include "tools/meshd/mesh/channel_gossiper.hpp"
#include "tools/meshd/mesh/channel_names.hpp"
#include "tools/meshd/mesh/counted.hpp"
#include "tools/meshd/mesh/parts.hpp"

namespace meshd {

struct channels::channel {
  cafmesh::gossiper_actor gossiper;
  cafmesh::gossip_channel_actor handle;
  bool is_joined = false;
};

problem not_joined(const std::string& name) {
  return {404, "not_joined",
          "This node has not joined the channel " + name + ".",
          "PUT /v1/channels/" + name + " joins it."};
}

channels::channels(std::shared_ptr<const mesh_parts> parts, std::size_t most,
                   message_reader reader)
    : parts_(std::move(parts)), most_(most), reader_(std::move(reader)),
      ends_(parts_) {
}

channels::~channels() {
  for (auto& x : all_)
    caf::anon_send_exit(x.second->gossiper, caf::exit_reason::user_shutdown);
}

channels::channel_ptr channels::find(const std::string& name) const {
  auto i = all_.find(name);
  return i == all_.end() || !i->second->is_joined ? nullptr : i->second;
}

bool channels::is_joined(const std::string& name) const {
  return find(name) != nullptr;
}

void channels::join(const std::string& name, answer<bool> then) {
  if (is_reserved(name))
    return then(problem{409, "reserved_channel",
                        "The channels " + std::string{counter_channels}
                          + "... and " + set_channels
                          + "... are those of counters and sets."});
  if (find(name))
    return then(false);
  if (all_.count(name) > 0)
    return then(problem{409, "joining", "The channel is being joined."});
  if (all_.size() >= most_)
    return then(problem{507, "too_many_channels",
                        "This node has joined " + counted(most_, "channel")
                          + ", as many as max-channels allows."});
  auto x = std::make_shared<channel>();
  x->gossiper = spawn_channel_gossiper(parts_, name, reader_);
  all_[name] = x;
  ask<cafmesh::gossip_channel_actor, done>(
    parts_, parts_->router, cafmesh::join_channel{name, x->gossiper},
    [this, name, x, then = std::move(then)](result<done> outcome) {
      joined(name, x, then, std::move(outcome));
    },
    [x](cafmesh::gossip_channel_actor& handle) {
      x->handle = handle;
      return done{};
    });
}

void channels::joined(const std::string& name, const channel_ptr& x,
                      const answer<bool>& then, result<done> outcome) {
  if (auto why = std::get_if<problem>(&outcome)) {
    all_.erase(name);
    caf::anon_send_exit(x->gossiper, caf::exit_reason::user_shutdown);
    return then(std::move(*why));
  }
  x->is_joined = true;
  then(true);
}

void channels::leave(const std::string& name, answer<done> then) {
  auto x = find(name);
  if (!x) {
    auto why = not_joined(name);
    why.hint = "GET /v1/channels lists those that it has joined.";
    return then(std::move(why));
  }
  all_.erase(name);
  leaving_[name].push_back(std::move(then));
  caf::anon_send_exit(x->gossiper, caf::exit_reason::user_shutdown);
}

void channels::ended(const std::string& name) {
  auto i = leaving_.find(name);
  if (i == leaving_.end()) {
    all_.erase(name);
    return;
  }
  auto waiting = std::move(i->second);
  leaving_.erase(i);
  for (auto& x : waiting)
    x(done{});
}

template <class Message>
void channels::pass(const channel& to, Message what, answer<done> then) {
  auto first = std::make_shared<answer<done>>(std::move(then));
  auto finish = [first](const result<done>& x) {
    if (auto f = std::exchange(*first, nullptr))
      f(x);
  };
  auto due = ends_.add(answer_time, [finish](deadlines::key) {
    finish(problem_of(caf::make_error(caf::sec::request_timeout)));
  });
  auto answered = [this, due, finish](const result<done>& x) {
    ends_.remove(due);
    finish(x);
  };
  tell(parts_, to.handle, std::move(what), answered, caf::infinite);
}

void channels::send(const std::string& name, cafmesh::peer_name to,
                    cafmesh::payload data, answer<done> then) {
  if (auto x = find(name))
    pass(*x, cafmesh::unicast{to, std::move(data)}, std::move(then));
  else
    then(not_joined(name));
}

void channels::broadcast(const std::string& name, cafmesh::payload data) {
  if (auto x = find(name))
    caf::anon_send(x->handle,
                   cafmesh::broadcast{make_broadcast({std::move(data)})});
}

void channels::broadcast(const std::string& name, cafmesh::payload data,
                         answer<done> then) {
  if (auto x = find(name))
    pass(*x, cafmesh::broadcast{make_broadcast({std::move(data)})},
         std::move(then));
  else
    then(not_joined(name));
}

} // namespace meshd
