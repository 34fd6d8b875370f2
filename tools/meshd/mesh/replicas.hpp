#pragma once

#include <map>
#include <string>
#include <utility>

#include "tools/meshd/mesh/parts.hpp"
#include <cafmesh/replicated.hpp>

/// The replicas of counters or sets that clients use.
namespace meshd {

/// The wait before a new replica is read for the first time. The answers of
/// other peers usually arrive in it.
constexpr std::chrono::milliseconds time_to_fill{300};

/// Replicated values of one type, by name. Each is made when it is used first.
/// To be used on the HTTP loop.
template <class V>
class replicas {
public:
  using actor = cafmesh::replicated_actor<V>;
  /// Receives the replica, or a problem, and whether the replica has just been
  /// made.
  using user = std::function<void(result<actor>, bool is_fresh)>;

  replicas(parts_ptr parts, std::string prefix, std::size_t most, V initial)
      : parts_(std::move(parts)), prefix_(std::move(prefix)), most_(most),
        initial_(std::move(initial)) {
  }

  bool holds(const std::string& name) const {
    return all_.count(name) > 0;
  }

  std::size_t size() const {
    return all_.size();
  }

  void with(const std::string& name, user use) {
    if (auto i = all_.find(name); i != all_.end())
      return use(i->second, false);
    if (all_.size() >= most_)
      return use(problem{507, "too_many",
                         "This node holds " + std::to_string(most_)
                           + " of these, as many as its settings allow.",
                         "Restart it with a higher limit."},
                 false);
    auto made = cafmesh::spawn_replicated(parts_->system, parts_->router,
                                          prefix_ + name, initial_);
    all_[name] = made;
    ask<cafmesh::gossip_channel_actor, done>(
      parts_, made, cafmesh::get_channel{},
      [this, name, made, use = std::move(use)](result<done> x) {
        if (auto why = std::get_if<problem>(&x)) {
          all_.erase(name);
          return use(std::move(*why), true);
        }
        use(made, true);
      },
      [](cafmesh::gossip_channel_actor&) { return done{}; });
  }

  /// Reads a replica.
  /// @param convert makes a `T` from the value
  template <class T, class Convert>
  void read(const std::string& name, answer<T> then, Convert convert) {
    with(name, [this, then = std::move(then), convert](result<actor> x,
                                                       bool is_fresh) {
      if (auto why = std::get_if<problem>(&x))
        return then(std::move(*why));
      auto question = [parts = parts_, whom = std::get<actor>(x), then,
                       convert] {
        ask<cafmesh::snapshot<V>, T>(
          parts, whom, cafmesh::get_value<V>{}, then,
          [convert](cafmesh::snapshot<V>& value) { return convert(*value); });
      };
      if (is_fresh)
        after(parts_, time_to_fill, question);
      else
        question();
    });
  }

  template <class T, class Change, class Convert>
  void change(const std::string& name, Change how, answer<T> then,
              Convert convert) {
    with(name, [this, how, then = std::move(then), convert](result<actor> x,
                                                            bool) {
      if (auto why = std::get_if<problem>(&x))
        return then(std::move(*why));
      ask<cafmesh::snapshot<V>, T>(
        parts_, std::get<actor>(x), cafmesh::update<V>{how}, then,
        [convert](cafmesh::snapshot<V>& value) { return convert(*value); });
    });
  }

private:
  parts_ptr parts_;
  std::string prefix_;
  std::size_t most_;
  V initial_;
  std::map<std::string, actor> all_;
};

} // namespace meshd
