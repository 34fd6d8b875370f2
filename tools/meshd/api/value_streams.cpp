#include <utility>

#include "tools/meshd/api/followed_values.hpp"
#include "tools/meshd/api/streams.hpp"

// Part of `streams`: the streams of counters and sets.
namespace meshd {

namespace {

constexpr std::size_t kept_of_counter = 64 * 1024; // in bytes
constexpr std::size_t kept_of_set = 512 * 1024;

using value = followed_values::value;

/// Adapts a callback for a `value` to the result of starting a watch.
/// `value_of` makes the `value` from that result.
template <class T, class F>
answer<T> then_value(answer<value> then, F value_of) {
  return [then = std::move(then), value_of](result<T> x) {
    auto why = std::get_if<problem>(&x);
    then(why ? result<value>{std::move(*why)} : value_of(std::get<T>(x)));
  };
}

http::event counter_event(std::int64_t before, std::int64_t now) {
  return {"change", {}, 2 * sizeof(now), [before, now](unsigned) {
            return text_of({{"value", now}, {"old_value", before}});
          }};
}

void watch_counter(counters& all, const std::string& name,
                   const followed_values::publisher& to, answer<value> then) {
  auto last = std::make_shared<std::optional<std::int64_t>>();
  auto take = [last, to](std::int64_t now) {
    auto before = std::exchange(*last, now);
    if (before && *before != now)
      to({counter_event(*before, now)});
  };
  auto snapshot = [last] {
    return http::one_part(text_of({{"value", last->value_or(0)}}));
  };
  all.watch(name, take,
            then_value<watch_ptr>(std::move(then), [snapshot](auto watch) {
              return value{std::move(watch), snapshot};
            }));
}

http::snapshot_parts set_snapshot(const watched_set& all) {
  return [page_of = all.page,
          after = std::string{}]() mutable -> http::snapshot_part {
    constexpr std::size_t elements_in_part = 500;
    auto page = page_of(after, elements_in_part);
    auto has_more = page.next.has_value();
    after = page.next.value_or("");
    return {text_of({{"elements", page.texts}, {"more", has_more}}), !has_more};
  };
}

http::event set_event(const set_change& x) {
  return {x.is_there ? "add" : "remove",
          {},
          x.element.size(),
          [element = x.element](unsigned) {
            return text_of({{"element", element}});
          }};
}

void watch_set(sets& all, const std::string& name,
               const followed_values::publisher& to, answer<value> then) {
  auto take = [to](const std::vector<set_change>& xs) {
    std::vector<http::event> events;
    for (const auto& x : xs)
      events.push_back(set_event(x));
    to(std::move(events));
  };
  all.watch(name, take,
            then_value<watched_set>(std::move(then), [](const auto& x) {
              return value{x.watch, [x] {
                             return set_snapshot(x);
                           }};
            }));
}

} // namespace

void streams::begin_values(routes& to, context& ctx) {
  counters_ = std::make_unique<followed_values>(
    ctx.mesh.parts(), kept_of_counter,
    [&all = ctx.counts](const auto& name, const auto& publish, auto then) {
      watch_counter(all, name, publish, std::move(then));
    });
  sets_ = std::make_unique<followed_values>(
    ctx.mesh.parts(), kept_of_set,
    [&all = ctx.all_sets](const auto& name, const auto& publish, auto then) {
      watch_set(all, name, publish, std::move(then));
    });
  to.add("GET", "/v1/counter-events/{counter}", [this](const call& x) {
    auto name = readable_name(x, ctx_->counts, "counter");
    counters_->open(x, name, begin_stream(x));
  });
  to.add("GET", "/v1/set-events/{set}", [this](const call& x) {
    auto name = readable_name(x, ctx_->all_sets, "set");
    sets_->open(x, name, begin_stream(x));
  });
}

} // namespace meshd
