#include "tools/meshctl/commands/all.hpp"
#include "tools/meshctl/input.hpp"
#include "tools/meshctl/peer_lookup.hpp"
#include "tools/meshctl/session.hpp"
#include "tools/meshctl/text/encodings.hpp"
#include "tools/meshctl/view/mesh_views.hpp"

// The commands about channels: `channels`, `join`, `leave` and `send`.
namespace meshctl {

namespace {

constexpr std::size_t largest_message = 8 * 1024 * 1024;

std::string path_of(const std::string& channel) {
  return "/v1/channels/" + percent_encoded(channel);
}

void run_channels(session& on, const arguments&) {
  on.show(channels_document(on.meshd().get("/v1/channels")), render_channels);
}

void run_join(session& on, const arguments& with) {
  auto channel = with.text("CHANNEL");
  auto answer = on.meshd().call({"PUT", path_of(channel), {}, {}});
  auto result = document("join");
  result["channel"] = channel;
  result["joined_before"] = answer.status == 200;
  on.show(result, answer.status == 200
                    ? "The node has joined the channel already."
                    : "Joined.");
}

void run_leave(session& on, const arguments& with) {
  auto channel = with.text("CHANNEL");
  on.meshd().call({"DELETE", path_of(channel), {}, {}});
  auto result = document("leave");
  result["channel"] = channel;
  on.show(result, "Left.");
}

void run_send(session& on, const arguments& with) {
  auto channel = with.text("CHANNEL");
  auto target = path_of(channel) + "/messages";
  json peer;
  if (auto to = with.maybe("--to")) {
    peer = find_peer(on.meshd().get("/v1/peers").at("peers"), *to).at("name");
    target += "?to=" + percent_encoded(peer.get<std::string>());
  }
  auto text = with.maybe("TEXT");
  auto data = text ? *text : read_input(largest_message);
  auto size = data.size();
  on.meshd().send_bytes("POST", target, std::move(data));
  if (!on.as_json())
    return;
  auto result = document("send");
  result["channel"] = channel;
  result["to"] = peer;
  result["size_bytes"] = size;
  on.show(result, std::string{});
}

} // namespace

void add_channels(commands& to) {
  to.push_back({"channels",
                "the channels of the node",
                {},
                run_channels,
                "JOINED is \"relays\" for channels that the node only passes "
                "on, and \"by meshd\" for those that it uses itself."});
  to.push_back(
    {"join", "join a channel", {word("CHANNEL", "its name")}, run_join, {}});
  to.push_back({"leave",
                "leave a channel; its streams end",
                {word("CHANNEL", "its name")},
                run_leave,
                {}});
  to.push_back({"send",
                "send a message to one peer or to all",
                {word("CHANNEL", "a channel that the node has joined"),
                 optional_text("TEXT", "the message; standard input if absent"),
                 option("--to", "PEER",
                        "the name or nickname of the peer; all if absent")},
                run_send,
                "Prints nothing. Success means that the next hop has taken the "
                "message, or that a broadcast is on its way; delivery is not "
                "guaranteed. A message has at most 8 MiB."});
}

} // namespace meshctl
