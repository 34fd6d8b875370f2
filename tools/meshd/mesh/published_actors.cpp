#include "tools/meshd/mesh/published_actors.hpp"

#include <caf/message.hpp>
#include <caf/message_builder.hpp>
#include <caf/sec.hpp>

#include "actors/caf_version/any_request.hpp"
#include "actors/caf_version/lifetime.hpp"
#include "tools/meshd/mesh/deadlines.hpp"
#include "tools/meshd/mesh/known_errors.hpp"
#include "tools/meshd/mesh/parts.hpp"
#include <cafmesh/errc.hpp>
#include <cafmesh/remote_actors.hpp>

namespace meshd {

namespace {

using values = std::vector<basic_value>;
using values_answer = answer<values>;

} // namespace

struct published_actors::state : std::enable_shared_from_this<state> {
  explicit state(parts_ptr x) : parts(std::move(x)), ends(parts) {
  }

  parts_ptr parts;
  cafmesh::directory_actor directory;
  caf::actor watcher;
  // used only on the HTTP thread:
  std::map<key, cafmesh::published_name> names;
  std::map<deadlines::key, values_answer> requests; // not answered yet
  deadlines ends;                                   // of requests

  void changed(const cafmesh::names_changed& x) {
    if (x.is_snapshot)
      names.clear();
    for (const auto& each : x.gone)
      names.erase({each.name, each.peer});
    for (const auto& each : x.published)
      names[{each.name, each.peer}] = each;
  }

  /// Answers a request, unless it has an answer already.
  void finish(deadlines::key id, const result<values>& x) {
    auto one = requests.extract(id);
    if (one.empty())
      return;
    ends.remove(id);
    one.mapped()(x);
  }
};

namespace {

template <std::size_t I = 0>
bool take_value(const caf::message& from, std::size_t at, values& to) {
  if constexpr (I == std::variant_size_v<basic_value>) {
    return false;
  } else {
    using type = std::variant_alternative_t<I, basic_value>;
    if (!from.match_element<type>(at))
      return take_value<I + 1>(from, at, to);
    to.emplace_back(from.get_as<type>(at));
    return true;
  }
}

problem problem_of_request(const caf::error& why) {
  if (can_arise_in_transit(why))
    return problem_of(why);
  if (why == caf::sec::unexpected_message)
    return {400, "no_handler",
            "The actor has no handler for a message of these types."};
  if (cafmesh::caf_version::receiver_has_ended(why))
    return {502, "ended", "The actor ended before it answered."};
  return {502, "actor_failed",
          "The actor answered with an error: " + cafmesh::describe(why)};
}

result<values> values_of(const caf::message& x) {
  if (x.match_elements<caf::error>())
    return problem_of_request(x.get_as<caf::error>(0));
  values all;
  for (std::size_t i = 0; i < x.size(); ++i)
    if (!take_value(x, i, all))
      return problem{502, "no_basic_value",
                     "The actor's answer has elements other than booleans, "
                     "numbers and texts."};
  return all;
}

caf::message message_of(const values& xs) {
  caf::message_builder result;
  for (const auto& x : xs)
    std::visit([&](const auto& value) { result.append(value); }, x);
  return result.to_message();
}

void send_request(caf::event_based_actor* self,
                  const cafmesh::resolved_actors& found, const values& message,
                  const values_answer& deliver) {
  cafmesh::caf_version::request_any(
    self, found.all.front().actor, message_of(message),
    [deliver](const caf::message& x) { deliver(values_of(x)); });
}

} // namespace

published_actors::published_actors(parts_ptr parts)
    : state_(std::make_shared<state>(std::move(parts))) {
}

published_actors::~published_actors() {
  if (state_->watcher)
    caf::anon_send_exit(state_->watcher, caf::exit_reason::user_shutdown);
}

std::string published_actors::join() {
  auto& st = *state_;
  auto found =
    cafmesh::join_actors(st.parts->system, st.parts->router, {}, st.parts->log);
  if (!found)
    return cafmesh::describe(found.error());
  st.directory = *found;
  st.watcher = st.parts->system.spawn(
    [weak = std::weak_ptr<state>{state_},
     post = st.parts->post](caf::event_based_actor*) -> caf::behavior {
      return {[weak, post](const cafmesh::names_changed& x) {
        post([weak, x] {
          if (auto strong = weak.lock())
            strong->changed(x);
        });
      }};
    });
  caf::anon_send(
    st.directory,
    cafmesh::watch_names{
      {}, true, caf::actor_cast<cafmesh::name_watcher_actor>(st.watcher)});
  return {};
}

const std::map<published_actors::key, cafmesh::published_name>&
published_actors::all() const {
  return state_->names;
}

void published_actors::request(const std::string& name, values message,
                               std::chrono::milliseconds limit,
                               values_answer then) {
  auto& st = *state_;
  auto id = st.ends.add(limit, [&st](deadlines::key x) {
    st.finish(x,
              problem{504, "timed_out", "The actor did not answer in time.",
                      "The request may have been carried out; repeat it only "
                      "if that does no harm. A higher timeout_seconds "
                      "waits longer."});
  });
  st.requests.emplace(id, std::move(then));
  values_answer deliver = [weak = std::weak_ptr<state>{state_},
                           post = st.parts->post, id](result<values> x) {
    post([weak, id, x = std::move(x)] {
      if (auto strong = weak.lock())
        strong->finish(id, x);
    });
  };
  caf::anon_send(
    st.parts->agent,
    task{[directory = st.directory, name, message = std::move(message),
          deliver](caf::event_based_actor* self) {
      self
        ->request(
          directory, answer_time,
          cafmesh::resolve_name{name, cafmesh::which_actor::nearest, {}, {}})
        .then(
          [=](const cafmesh::resolved_actors& found) {
            send_request(self, found, message, deliver);
          },
          [=](const caf::error& why) { deliver(problem_of(why)); });
    }});
}

} // namespace meshd
