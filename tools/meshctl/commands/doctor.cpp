#include <chrono>

#include "tools/meshctl/commands/all.hpp"
#include "tools/meshctl/health.hpp"
#include "tools/meshctl/session.hpp"
#include "tools/meshctl/text/http_date.hpp"
#include "tools/meshctl/view/findings.hpp"

// The command `doctor`: asks meshd for its state and prints what may be wrong.
namespace meshctl {

namespace {

std::optional<double> clock_ahead(const std::string& date) {
  auto theirs = parse_http_date(date);
  if (!theirs)
    return std::nullopt;
  std::chrono::duration<double> ours =
    std::chrono::system_clock::now().time_since_epoch();
  return *theirs - ours.count();
}

void run_doctor(session& on, const arguments&) {
  auto& meshd = on.meshd();
  auto answer = meshd.call({"GET", "/v1/node", {}, {}});
  symptoms found;
  found.node = parse_answer(answer.body);
  found.clock_ahead_seconds = clock_ahead(answer.date);
  found.health = get_health(meshd);
  found.peers = meshd.get("/v1/peers").at("peers");
  auto connections = meshd.get("/v1/connections");
  found.connections = connections.at("connections");
  found.refused = connections.value("refused", json::array());
  found.targets = meshd.get("/v1/targets").at("targets");
  found.channels = meshd.get("/v1/channels").at("channels");
  auto result = doctor_document(found);
  on.show(result, render_findings);
  if (has_errors(result))
    throw failure{exit_code::failed, "there are errors"};
}

} // namespace

void add_doctor(commands& to) {
  to.push_back({"doctor",
                "look for what is wrong, and say what to do",
                {},
                run_doctor,
                "Prints the warnings of meshd, and judges the reasons that "
                "it gives for its targets, connections, peers and channels. "
                "Compares the clock of meshd's machine with that of this one, "
                "but not with those of other nodes: run it with the --address "
                "of each. Ends with status 1 if a finding is an error."});
}

} // namespace meshctl
