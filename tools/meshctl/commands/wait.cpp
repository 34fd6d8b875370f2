#include <algorithm>

#include "tools/meshctl/commands/all.hpp"
#include "tools/meshctl/health.hpp"
#include "tools/meshctl/session.hpp"
#include "tools/meshctl/text/command_names.hpp"
#include "tools/meshctl/text/units.hpp"

// The command `wait`: waits until the mesh meets the user's conditions.
namespace meshctl {

namespace {

using std::chrono::steady_clock;

struct counts {
  std::size_t peers = 0;
  std::size_t connections = 0;
  bool is_ready = true;
  std::string reasons; // why it is not ready
};

std::size_t count_true(const json& list, const char* field) {
  return static_cast<std::size_t>(
    std::count_if(list.begin(), list.end(),
                  [&](const json& x) { return x.value(field, false); }));
}

bool is_there(session& on, const arguments& with, counts& now) {
  if (with.has("--ready")) {
    auto health = get_health(on.meshd());
    now.is_ready = health.value("ok", false);
    now.reasons.clear();
    for (const auto& x : health.value("reasons", json::array()))
      now.reasons += (now.reasons.empty() ? ": " : "; ")
                     + with_commands(x.get<std::string>());
  }
  now.peers = count_true(on.meshd().get("/v1/peers").at("peers"), "reachable");
  now.connections = count_true(
    on.meshd().get("/v1/connections").at("connections"), "established");
  return now.is_ready && now.peers >= with.number("--peers", 0)
         && now.connections >= with.number("--connections", 0);
}

failure not_in_time(const counts& now, const std::optional<failure>& last) {
  if (last)
    return {exit_code::timed_out, std::string{"not in time: "} + last->what(),
            last->advice()};
  return {exit_code::timed_out,
          "not in time: " + counted(now.peers, "peer") + " and "
            + counted(now.connections, "connection")
            + (now.is_ready ? "" : ", not ready") + now.reasons,
          "meshctl doctor looks for reasons."};
}

void run_wait(session& on, const arguments& with) {
  constexpr std::chrono::milliseconds usual_time{30000};
  constexpr std::chrono::milliseconds interval{200};
  counts now;
  auto start = steady_clock::now();
  std::optional<failure> last;
  if (!poll_until(on.end() ? on.end() : in(usual_time), interval, last,
                  [&] { return is_there(on, with, now); }))
    throw not_in_time(now, last);
  auto result = document("wait");
  result["peers"] = now.peers;
  result["connections"] = now.connections;
  result["waited_seconds"] =
    std::chrono::duration<double>(steady_clock::now() - start).count();
  on.show(result, counted(now.peers, "peer") + ", "
                    + counted(now.connections, "connection") + ".");
}

} // namespace

void add_wait(commands& to) {
  to.push_back(
    {"wait",
     "wait until meshd answers and the mesh is complete",
     {option("--peers", "N", "until N peers are reachable, this node included"),
      option("--connections", "N", "until N connections are established"),
      flag("--ready", "until the node is ready, see /readyz")},
     run_wait,
     "Waits 30 s, or as long as --timeout says, and ends with status 124 if "
     "that was too short. meshd may start later than this command."});
}

} // namespace meshctl
