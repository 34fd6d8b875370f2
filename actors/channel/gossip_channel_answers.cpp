#include "actors/channel/gossip_channel_state.hpp"

#include <utility>

#include "actors/caf_version/lifetime.hpp"
#include "actors/channel/surrogate.hpp"
#include "actors/context/reason.hpp"
#include <cafmesh/errc.hpp>

// Handles the gossiper's answers, and a gossiper that refuses a message, stalls
// or ends.
namespace cafmesh {

namespace {

// The number of checks within `settings::answer_limit`. Stalls are measured in
// checks and not in time, because a gossiper is not to blame if the whole
// process stood still.
constexpr int checks_per_limit = 4;

// The maximum number of open requests to the gossiper. CAF searches all open
// requests at each answer, so without a limit the time for many messages would
// grow with the square of their number.
constexpr std::size_t most_open_questions = 64;

} // namespace

bool gossip_channel_state::may_ask() const {
  return unanswered.size() < most_open_questions;
}

void gossip_channel_state::ask_more() {
  while (!questions.empty() && may_ask()) {
    auto ask = std::move(questions.front());
    questions.pop_front();
    ask();
  }
}

std::uint64_t gossip_channel_state::open_question(question x) {
  x.asked_at = checks;
  unanswered.emplace(++last_question, std::move(x));
  if (!surrogate && !std::exchange(checking_answers, true))
    schedule_check();
  return last_question;
}

std::optional<gossip_channel_state::question>
gossip_channel_state::take_question(std::uint64_t number) {
  auto i = unanswered.find(number);
  if (i == unanswered.end())
    return std::nullopt;
  auto result = std::move(i->second);
  unanswered.erase(i);
  ask_more();
  return result;
}

void gossip_channel_state::refused(std::uint64_t number, caf::error why) {
  auto x = take_question(number);
  if (!x || caf_version::receiver_has_ended(why))
    return;
  if (!x->neighbour)
    return note(x->answer, std::move(why));
  ++figures.refused;
  if (x->is_to_blame)
    return x->answer->note(std::move(why));
  log_seldom("refused " + x->neighbour->str(),
             "its gossiper refused a message that came through "
               + x->neighbour->str() + ": " + reason_text(why));
}

// Replaces the gossiper with a surrogate if it has left a message unanswered
// for `settings::answer_limit`. The gossiper of the channel `topology` is
// exempt, because it always answers and a node cannot do without it.
void gossip_channel_state::look_for_overdue() {
  checking_answers = false;
  ++checks;
  if (surrogate || is_topology || unanswered.empty())
    return;
  if (checks - unanswered.begin()->second.asked_at > checks_per_limit)
    return gossiper_stalled();
  checking_answers = true;
  schedule_check();
}

void gossip_channel_state::schedule_check() {
  self->delayed_send(self,
                     duration{ctx->config.answer_limit} / checks_per_limit,
                     check_answers{});
}

void gossip_channel_state::gossiper_stalled() {
  self->demonitor(caf::actor_cast<caf::actor_addr>(gossiper));
  auto reason =
    make_error(errc::timed_out,
               "left a message unanswered for "
                 + std::to_string(ctx->config.answer_limit.count()) + " ms");
  relay_as_surrogate(log_level::error, "its gossiper stalled", reason);
}

void gossip_channel_state::gossiper_down(const caf::error& reason) {
  // A channel that is about to end needs no surrogate. It drops the open
  // questions, which the gossiper can no longer answer.
  if (is_topology || draining || end_reason) {
    questions.clear();
    return unanswered.clear();
  }
  auto is_normal = !reason || reason == caf::exit_reason::user_shutdown;
  relay_as_surrogate(is_normal ? log_level::info : log_level::warning,
                     "its gossiper ended", reason);
}

void gossip_channel_state::relay_as_surrogate(log_level level,
                                              const std::string& what,
                                              const caf::error& reason) {
  log(level, what + " (" + reason_text(reason) + "); relaying as a surrogate");
  gossiper = spawn_surrogate(self, ctx, channel);
  self->monitor(gossiper);
  surrogate = true;
  awaiting_state = false;
  receivers_of_state = {};
  receivers_of_next_state = {};
  unanswered.clear();
  if (!usage)
    usage = std::make_shared<channel_usage>(self->clock().now());
  self->send(ctx->router,
             surrogate_began{channel, usage, inner_channel_actor{self}});
  self->send(ctx->topology, gossiper_ended{*channel, reason});
  ask_more();
}

// -- losses

void gossip_channel_state::bypassed(const channel_bypassed& x) {
  figures.overrun += x.messages;
  log_seldom("behind " + x.neighbour.str(),
             "its gossiper does not keep up; dropped messages that came "
             "through "
               + x.neighbour.str());
}

void gossip_channel_state::surplus(const surplus_ignored& x) {
  figures.surplus += x.messages;
  if (!x.neighbour.is_unknown())
    log_seldom("surplus " + x.neighbour.str(),
               "ignored bytes behind the data of a message that came through "
                 + x.neighbour.str());
}

void gossip_channel_state::lost_data(const data_failed& x) {
  figures.broken += x.count;
  log_seldom("data", "its gossip data threw and is lost: "
                       + reason_text(x.latest_reason));
}

void gossip_channel_state::check_faults(data_faults& x) {
  if (auto count = x.take())
    lost_data({count, x.latest()});
}

} // namespace cafmesh
