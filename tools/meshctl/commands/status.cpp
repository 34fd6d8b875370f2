#include "tools/meshctl/commands/all.hpp"
#include "tools/meshctl/health.hpp"
#include "tools/meshctl/session.hpp"
#include "tools/meshctl/view/status_view.hpp"

// The command `status`: asks meshd for its state and prints a summary.
namespace meshctl {

namespace {

void run_status(session& on, const arguments&) {
  auto& meshd = on.meshd();
  status_parts parts;
  parts.node = meshd.get("/v1/node");
  parts.health = get_health(meshd);
  parts.peers = meshd.get("/v1/peers");
  parts.connections = meshd.get("/v1/connections");
  parts.targets = meshd.get("/v1/targets");
  parts.channels = meshd.get("/v1/channels");
  on.show(status_document(parts), render_status);
}

} // namespace

void add_status(commands& to) {
  to.push_back({"status",
                "what the node is and how it is",
                {},
                run_status,
                "Prints the identity of the node, whether it is ready, and "
                "how many peers, connections, targets and channels it has."});
}

} // namespace meshctl
