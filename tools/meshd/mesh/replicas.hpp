#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "actors/storage/sqlite_value_file.hpp"
#include "tools/meshd/mesh/counted.hpp"
#include "tools/meshd/mesh/deadlines.hpp"
#include "tools/meshd/mesh/parts.hpp"
#include "tools/meshd/mesh/text_page.hpp"
#include "tools/meshd/mesh/value_waiter.hpp"
#include "tools/meshd/mesh/value_watcher.hpp"
#include "tools/meshd/mesh/watch_ptr.hpp"
#include <cafmesh/escaped.hpp>
#include <cafmesh/replicated.hpp>

namespace meshd {

/// The time between making a replica and first reading it. Other peers usually
/// send it their values within this time.
constexpr std::chrono::milliseconds time_to_fill{300};

/// The replicas of one kind of value, by name. A replica is made when it is
/// first used, or when the node starts if the value is stored. Beyond the
/// limit, an empty replica that was only read, perhaps because somebody
/// mistyped its name, makes room for another. To be used on the HTTP thread.
template <class V>
class replicas {
public:
  using actor = cafmesh::replicated_actor<V>;
  /// Called with the replica or a problem. `is_fresh` is true if this call of
  /// `with` has made the replica.
  using user = std::function<void(result<actor>, bool is_fresh)>;

  /// @param stored the file with the values; null: none
  replicas(parts_ptr parts, cafmesh::value_file_ptr stored, std::string prefix,
           std::size_t most, V initial)
      : parts_(std::move(parts)), stored_(std::move(stored)),
        prefix_(std::move(prefix)), most_(most), initial_(std::move(initial)),
        ends_(parts_) {
  }

  /// Makes replicas of the stored values, up to the limit. If a replica cannot
  /// join its channel, the error is logged, and the replica is made again when
  /// it is next used.
  /// @param names the names of all values in the file
  /// @param then called when every replica has joined its channel or failed
  void restore(const std::vector<std::string>& names, answer<done> then) {
    auto missing = std::make_shared<std::size_t>(1); // one for the loop below
    auto finish = [missing, then = std::move(then)] {
      if (--*missing == 0)
        then(done{});
    };
    for (const auto& name : names) {
      if (name.rfind(prefix_, 0) != 0 || all_.size() >= most_)
        continue;
      ++*missing;
      with(
        name.substr(prefix_.size()),
        [log = parts_->log, name, finish](const result<actor>& x, bool) {
          if (auto why = std::get_if<problem>(&x))
            log->write(cafmesh::log_level::error,
                       "cannot restore " + cafmesh::escaped_in_quotes(name)
                         + ": " + why->detail);
          finish();
        },
        load_time);
    }
    finish();
  }

  bool holds(const std::string& name) const {
    return all_.count(name) > 0;
  }

  std::size_t size() const {
    return all_.size();
  }

  /// Passes a replica to `use`. Makes it first if there is none.
  /// @param limit how long a new replica may take to join its channel
  /// @param is_read whether `use` only reads the replica, once
  void with(const std::string& name, user use,
            std::chrono::milliseconds limit = answer_time,
            bool is_read = false) {
    if (auto i = all_.find(name); i != all_.end()) {
      i->second.is_used |= !is_read;
      return use(i->second.whom, false);
    }
    if (all_.size() < most_)
      return make(name, std::move(use), limit, is_read);
    make_room(
      [this, name, use = std::move(use), limit, is_read](bool has_room) {
        if (has_room)
          return with(name, use, limit, is_read);
        auto thing = prefix_.substr(0, prefix_.size() - 2); // of `counters/`
        use(problem{507, "too_many",
                    "This node holds " + counted(most_, thing)
                      + ", as many as max-" + thing + "s allows."},
            false);
      });
  }

  /// Reads a replica.
  /// @param convert makes a `T` from the value
  template <class T, class Convert>
  void read(const std::string& name, answer<T> then, Convert convert) {
    auto question = [this, name, then, convert](const actor& whom) {
      if (auto i = all_.find(name); i != all_.end())
        ++i->second.readers;
      auto finish = [this, name, whom, then](result<T> x) {
        if (auto i = all_.find(name); i != all_.end() && i->second.whom == whom)
          --i->second.readers, i->second.was_read = true;
        then(std::move(x));
      };
      ask<cafmesh::snapshot<V>, T>(
        parts_, whom, cafmesh::get_value<V>{}, finish,
        [convert](cafmesh::snapshot<V>& value) { return convert(*value); });
    };
    with_filled(name, then, std::move(question), true);
  }

  /// Waits until `is_known` returns false for the replica, for at most `time`,
  /// and then answers with its value.
  /// @returns a function that ends the wait without an answer and leaves
  ///          nothing behind
  template <class T, class Convert>
  std::function<void()> await(const std::string& name,
                              std::chrono::milliseconds time,
                              std::function<bool(const T&)> is_known,
                              answer<T> then, Convert convert) {
    auto wait = std::make_shared<open_wait>();
    auto end = [this, wait] {
      wait->is_over = true;
      if (auto due = std::exchange(wait->due, std::nullopt))
        ends_.remove(*due);
      if (auto waiter = std::exchange(wait->waiter, nullptr))
        caf::anon_send_exit(waiter, caf::exit_reason::user_shutdown);
    };
    auto start = [this, wait, time, is_known = std::move(is_known), then, end,
                  convert](const actor& whom) {
      if (wait->is_over)
        return;
      wait->waiter = spawn_value_waiter<V, T>(
        parts_, whom, is_known,
        [then, end](result<T> x) {
          end();
          then(std::move(x));
        },
        convert);
      wait->due = ends_.add(time, [wait](deadlines::key) {
        wait->due = std::nullopt;
        caf::anon_send(wait->waiter, wait_is_over{});
      });
    };
    with_filled(name, then, std::move(start));
    return end;
  }

  /// Watches a replica. In an actor, `convert` makes a report of the value, and
  /// later of each change. `take` gets these reports on the HTTP thread. After
  /// the first report, `then` gets the watch. Destroying the watch ends it.
  template <class Report, class Convert>
  void watch(const std::string& name, Convert convert,
             std::function<void(Report)> take, answer<watch_ptr> then) {
    auto start = [parts = parts_, convert, take = std::move(take),
                  then](const actor& whom) {
      auto first = std::make_shared<answer<done>>();
      auto changed = [parts, convert, take,
                      first](const cafmesh::value_changed<V>& x, auto go_on) {
        parts->post([take, first, report = convert(x),
                     go_on = std::move(go_on)]() mutable {
          take(std::move(report));
          if (auto f = std::exchange(*first, nullptr))
            f(done{});
          go_on();
        });
      };
      auto watcher = spawn_value_watcher<V>(parts, changed);
      auto watch = std::make_shared<watch_end>(watcher);
      *first = [then, watch](result<done> x) {
        auto why = std::get_if<problem>(&x);
        then(why ? result<watch_ptr>{std::move(*why)} : watch_ptr{watch});
      };
      end_with<V>(watcher, whom, [parts, first](const caf::error& why) {
        parts->post([first, failure = problem_of(why)] {
          if (auto f = std::exchange(*first, nullptr))
            f(failure);
        });
      });
      send_changes<V>(whom, watcher);
    };
    with_filled(name, then, std::move(start));
  }

  /// The names of the replicas. Lists those that sort after `after` and begin
  /// with `prefix`.
  text_page names(const std::string& prefix, const std::string& after,
                  std::size_t limit) const {
    return page_of(
      all_, prefix, after, limit,
      [](const auto& x) -> const auto& { return x.first; });
  }

  /// Changes a replica.
  /// @param durable whether to answer only once the change is on disk
  template <class T, class Change, class Convert>
  void change(const std::string& name, Change how, bool durable, answer<T> then,
              Convert convert) {
    with(name, [this, how, durable, then = std::move(then),
                convert](result<actor> x, bool) {
      if (auto why = std::get_if<problem>(&x))
        return then(std::move(*why));
      ask<cafmesh::snapshot<V>, T>(
        parts_, std::get<actor>(x), cafmesh::update<V>{how, durable}, then,
        [convert](cafmesh::snapshot<V>& value) { return convert(*value); });
    });
  }

private:
  struct open_wait {
    caf::actor waiter; // null before it is spawned and after it has answered
    std::optional<deadlines::key> due;
    bool is_over = false;
  };

  struct replica {
    actor whom;
    bool is_used = false;  // written, watched, awaited or stored
    bool was_read = false; // a read has completed
    unsigned readers = 0;  // that have no answer yet

    bool may_go() const {
      return was_read && !is_used && readers == 0;
    }
  };

  void make(const std::string& name, user use, std::chrono::milliseconds limit,
            bool is_read) {
    cafmesh::replicated_options storage;
    if (stored_)
      storage.storage = stored_->storage_of(prefix_ + name);
    storage.log = parts_->log;
    auto made = cafmesh::spawn_replicated(parts_->system, parts_->router,
                                          prefix_ + name, initial_, storage);
    all_[name] = {made, !is_read};
    ask<cafmesh::gossip_channel_actor, done>(
      parts_, made, cafmesh::get_channel{},
      [this, name, made, use = std::move(use)](result<done> x) {
        if (auto why = std::get_if<problem>(&x)) {
          all_.erase(name);
          return use(std::move(*why), true);
        }
        use(made, true);
      },
      [](cafmesh::gossip_channel_actor&) { return done{}; }, limit);
  }

  /// Ends a replica that was only read and is empty.
  /// @param then receives whether a replica was ended
  void make_room(std::function<void(bool)> then) {
    auto i = std::find_if(all_.begin(), all_.end(),
                          [](const auto& x) { return x.second.may_go(); });
    if (i == all_.end())
      return then(false);
    auto finish = [this, name = i->first, whom = i->second.whom,
                   then = std::move(then)](const result<bool>& is_empty) {
      auto j = all_.find(name);
      if (j == all_.end() || j->second.whom != whom || !j->second.may_go())
        return make_room(then);
      if (auto x = std::get_if<bool>(&is_empty); !x || !*x) {
        j->second.is_used = true;
        return make_room(then);
      }
      all_.erase(j);
      caf::anon_send_exit(whom, caf::exit_reason::user_shutdown);
      then(true);
    };
    ask<cafmesh::snapshot<V>, bool>(
      parts_, i->second.whom, cafmesh::get_value<V>{}, std::move(finish),
      [initial = initial_](cafmesh::snapshot<V>& value) {
        return *value == initial;
      });
  }

  /// Calls `use` with the replica, after `time_to_fill` if the replica is new.
  /// If there is a problem, calls `fail` instead.
  void with_filled(const std::string& name, std::function<void(problem)> fail,
                   std::function<void(const actor&)> use,
                   bool is_read = false) {
    with(
      name,
      [this, fail = std::move(fail), use = std::move(use)](result<actor> x,
                                                           bool is_fresh) {
        if (auto why = std::get_if<problem>(&x))
          return fail(std::move(*why));
        auto go_on = [use, whom = std::get<actor>(x)] {
          use(whom);
        };
        if (is_fresh)
          after(parts_, time_to_fill, go_on);
        else
          go_on();
      },
      answer_time, is_read);
  }

  parts_ptr parts_;
  cafmesh::value_file_ptr stored_;
  std::string prefix_;
  std::size_t most_;
  V initial_;
  std::map<std::string, replica> all_;
  deadlines ends_;
};

} // namespace meshd
