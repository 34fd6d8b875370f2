#include "tools/meshd/mesh/pings.hpp"

#include <cstring>
#include <utility>

#include "actors/context/random_number.hpp"
#include "tools/meshd/mesh/channel_names.hpp"
#include "tools/meshd/mesh/parts.hpp"

namespace meshd {

namespace {

using std::chrono::steady_clock;

const std::string channel_name = ping_channel;

// A message consists of one of these bytes and the number of the ping.
constexpr char question = '?';
constexpr char reply = '!';
constexpr std::size_t message_size = 1 + sizeof(std::uint64_t);

cafmesh::payload make_message(char kind, std::uint64_t number) {
  std::string result(message_size, kind);
  std::memcpy(&result[1], &number, sizeof number);
  return cafmesh::payload::copy_of(cafmesh::byte_view{result});
}

std::uint64_t number_of(std::string_view message) {
  std::uint64_t result = 0;
  std::memcpy(&result, message.data() + 1, sizeof result);
  return result;
}

problem no_answer(std::chrono::milliseconds limit) {
  return {504, "no_answer",
          "The peer did not answer within " + std::to_string(limit.count())
            + " ms."};
}

} // namespace

pings::pings(std::shared_ptr<const mesh_parts> parts)
    : ends_(parts),
      channel_(std::move(parts), 1, [this](const auto&, const auto& xs) {
        for (const auto& x : xs)
          arrived(x);
      }) {
}

void pings::join(answer<done> then) {
  channel_.join(channel_name,
                [then = std::move(then)](const result<bool>& outcome) {
                  if (auto why = std::get_if<problem>(&outcome))
                    then(*why);
                  else
                    then(done{});
                });
}

void pings::ping(cafmesh::peer_name to, std::chrono::milliseconds limit,
                 answer<duration> then) {
  if (waiting_.size() >= most)
    return then(
      problem{429, "too_many_pings", "As many pings as may wait are waiting."});
  auto number = cafmesh::random_number();
  auto due = ends_.add(limit, [this, number, limit](deadlines::key) {
    finish(number, no_answer(limit));
  });
  waiting_[number] = {to, due, steady_clock::now(), std::move(then)};
  channel_.send(channel_name, to, make_message(question, number),
                [this, number](const result<done>& outcome) {
                  if (auto why = std::get_if<problem>(&outcome))
                    finish(number, *why);
                });
}

void pings::arrived(const channel_message& x) {
  auto message = x.data.view().as_text();
  if (!x.is_unicast || message.size() != message_size)
    return;
  if (message[0] == question)
    return answer_to(x);
  auto i = waiting_.find(number_of(message));
  if (message[0] == reply && i != waiting_.end() && i->second.to == x.from)
    finish(i->first, steady_clock::now() - i->second.since);
}

void pings::answer_to(const channel_message& x) {
  if (answers_ >= most)
    return;
  ++answers_;
  auto number = number_of(x.data.view().as_text());
  channel_.send(channel_name, x.from, make_message(reply, number),
                [this](const result<done>&) { --answers_; });
}

void pings::finish(std::uint64_t number, result<duration> outcome) {
  auto i = waiting_.find(number);
  if (i == waiting_.end())
    return;
  auto then = std::move(i->second.then);
  ends_.remove(i->second.due);
  waiting_.erase(i);
  then(std::move(outcome));
}

} // namespace meshd
