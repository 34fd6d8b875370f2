#include "tools/meshd/api/followed_values.hpp"

#include <cstdint>
#include <utility>

namespace meshd {

struct followed_values::entry {
  struct waiting_stream {
    call from;
    http::subscription wanted;
  };

  explicit entry(std::size_t most_bytes) : events({{}, most_bytes, SIZE_MAX}) {
  }

  void follow(const call& x, http::subscription wanted) {
    wanted.snapshot = [this](const auto& then) {
      then(what.snapshot());
    };
    x->follow(events, std::move(wanted));
  }

  http::event_source events;
  value what;
  bool is_ready = false;               // whether `what` is set
  std::vector<waiting_stream> waiting; // until then
  std::size_t streams = 0;
  std::optional<deadlines::key> end;
};

void followed_values::open(const call& x, const std::string& name,
                           http::subscription wanted) {
  if (!x->reserve_stream())
    return wanted.on_end();
  auto& found = all_[name];
  auto is_new = !found;
  if (is_new)
    found = std::make_shared<entry>(most_bytes_);
  auto one = found;
  if (auto end = std::exchange(one->end, std::nullopt))
    ends_.remove(*end);
  ++one->streams;
  wanted.on_end = [this, name, weak = std::weak_ptr<entry>{one},
                   told = std::move(wanted.on_end)] {
    told();
    if (auto from = weak.lock())
      left(name, from);
  };
  if (one->is_ready)
    return one->follow(x, std::move(wanted));
  one->waiting.push_back({x, std::move(wanted)});
  if (is_new)
    begin(name, one);
}

void followed_values::begin(const std::string& name, const entry_ptr& x) {
  auto publish = [weak = std::weak_ptr<entry>{x}](std::vector<http::event> xs) {
    if (auto to = weak.lock())
      to->events.publish_all(std::move(xs));
  };
  watch_(name, publish,
         [this, name, x](result<value> y) { begun(name, x, std::move(y)); });
}

void followed_values::begun(const std::string& name, const entry_ptr& x,
                            result<value> y) {
  auto why = std::get_if<problem>(&y);
  if (why && all_.count(name) > 0 && all_[name] == x)
    all_.erase(name);
  if (!why) {
    x->what = std::move(std::get<value>(y));
    x->is_ready = true;
  }
  for (auto& each : std::exchange(x->waiting, {}))
    if (!why) {
      x->follow(each.from, std::move(each.wanted));
    } else {
      each.wanted.on_end();
      each.from.fail(*why);
    }
}

void followed_values::left(const std::string& name, const entry_ptr& x) {
  auto i = all_.find(name);
  if (--x->streams > 0 || i == all_.end() || i->second != x)
    return;
  x->end = ends_.add(kept_for, [this, name, x](deadlines::key) {
    x->end = std::nullopt;
    all_.erase(name);
  });
}

void followed_values::close_all() {
  for (const auto& x : all_)
    x.second->events.close_all();
}

} // namespace meshd
