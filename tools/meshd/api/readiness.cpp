#include "tools/meshd/api/readiness.hpp"

#include <algorithm>
#include <utility>

namespace meshd {

namespace {

using std::chrono::steady_clock;

constexpr std::size_t most_waiting = 64;
constexpr std::chrono::milliseconds between_checks{100};

// If CAF's threads hang, so does its clock. Then the time limit of the request
// to the router never expires, but this one does.
constexpr std::chrono::seconds time_to_answer{3};

json health(const std::vector<std::string>& reasons) {
  return {{"ok", reasons.empty()}, {"reasons", reasons}};
}

} // namespace

void reply_health(const call& x, const std::vector<std::string>& reasons) {
  x.json_reply(reasons.empty() ? 200 : 503, health(reasons));
}

void limit_health(const call& x, const std::string& reason,
                  std::chrono::milliseconds wait) {
  x.json_reply_after(wait + time_to_answer, 503, health({reason}));
}

void readiness::answer(const call& x, std::chrono::milliseconds wait) {
  limit_health(x, "the router does not answer", wait);
  auto deadline = steady_clock::now() + wait;
  auto self = shared_from_this();
  ctx_.mesh.get_status([self, x, deadline](const auto& now) {
    auto found = self->why_not(now);
    auto may_wait = steady_clock::now() < deadline && !self->ctx_.is_stopping
                    && self->waiting_.size() < most_waiting;
    if (found.empty() || !may_wait)
      return reply_health(x, found);
    auto one = std::make_shared<waiter>(waiter{x, deadline});
    self->waiting_.push_back(one);
    x->on_gone([weak = std::weak_ptr<waiter>{one}] {
      if (auto strong = weak.lock())
        strong->is_gone = true;
    });
    if (!std::exchange(self->check_is_due_, true))
      self->check_later();
  });
}

void readiness::check_later() {
  ctx_.mesh.after(between_checks,
                  [self = shared_from_this()] { self->check(); });
}

void readiness::check() {
  ctx_.mesh.get_status([self = shared_from_this()](const auto& now) {
    self->checked(self->why_not(now));
  });
}

void readiness::checked(const reasons& found) {
  auto now = steady_clock::now();
  auto rest = std::exchange(waiting_, {});
  for (auto& x : rest)
    if (x->is_gone || found.empty() || ctx_.is_stopping
        || now + between_checks > x->deadline)
      reply_health(x->client, found);
    else
      waiting_.push_back(std::move(x));
  check_is_due_ = !waiting_.empty();
  if (check_is_due_)
    check_later();
}

readiness::reasons
readiness::why_not(const result<cafmesh::mesh_status>& now) const {
  if (auto why = std::get_if<problem>(&now))
    return {why->detail};
  const auto& status = std::get<cafmesh::mesh_status>(now);
  reasons result;
  if (ctx_.is_stopping)
    result.emplace_back("the node is stopping");
  if (!ctx_.kv.is_loaded())
    result.emplace_back("the stored keys are being read");
  auto has_neighbour =
    std::any_of(status.connections.begin(), status.connections.end(),
                [](const auto& each) { return each.established; });
  if (!status.dialling.wanted.empty() && !has_neighbour)
    result.emplace_back("no peer is connected; GET /v1/targets says why");
  return result;
}

} // namespace meshd
