#include "tools/meshd/mesh/parts.hpp"

#include <cafmesh/errc.hpp>

// Sends requests on behalf of the HTTP thread, and turns errors into problems.
namespace meshd {

namespace {

struct known_error {
  cafmesh::errc code;
  problem shown;
};

const known_error known_errors[] = {
  {cafmesh::errc::stopped,
   {503, "stopping", {}, "Use another node, or wait until this one is back."}},
  {cafmesh::errc::no_route,
   {502, "no_route", {}, "GET /v1/peers lists the peers that can be reached."}},
  {cafmesh::errc::no_connection,
   {502,
    "no_connection",
    {},
    "Try again once the mesh has found another way."}},
  {cafmesh::errc::too_large, {413, "too_large", {}, "Split the data."}},
  {cafmesh::errc::congested, {429, "congested", {}, "Send more slowly."}},
  {cafmesh::errc::duplicate_channel,
   {409, "duplicate_channel", {}, "Choose another name."}},
  {cafmesh::errc::bad_address,
   {400, "bad_address", {}, "Write an address as host or host:port."}},
  {cafmesh::errc::bad_peer_name,
   {400, "bad_peer_name", {}, "GET /v1/peers lists the names of peers."}},
  {cafmesh::errc::storage_failed,
   {500,
    "storage_failed",
    {},
    "The change is made, and other nodes have it, but the file of this node "
    "may not; the log says why."}},
  {cafmesh::errc::bad_setting, {400, "bad_value", {}, {}}},
  {cafmesh::errc::malformed, {400, "malformed", {}, {}}},
  {cafmesh::errc::unknown_name,
   {404, "unknown_name", {}, "GET /v1/actors lists the names."}},
  {cafmesh::errc::unknown_type, {400, "unknown_type", {}, {}}},
  {cafmesh::errc::timed_out, {504, "timed_out", {}, "Try again."}},
  {cafmesh::errc::lost, {502, "lost", {}, "Try again."}},
  {cafmesh::errc::ended, {502, "ended", {}, {}}},
  {cafmesh::errc::restarted,
   {502, "restarted", {}, "The request may have been carried out."}},
  {cafmesh::errc::left,
   {502, "left", {}, "The request may have been carried out."}},
  {cafmesh::errc::unreachable,
   {502, "unreachable", {}, "The request may have been carried out."}},
};

} // namespace

problem problem_of(const caf::error& why) {
  problem result;
  result.detail = cafmesh::describe(why);
  if (why == caf::sec::request_timeout)
    return {504, "timed_out", "The mesh did not answer in time.", "Try again."};
  for (const auto& x : known_errors)
    if (cafmesh::is(why, x.code)) {
      auto detail = std::move(result.detail);
      result = x.shown;
      result.detail = std::move(detail);
      return result;
    }
  return result;
}

caf::actor spawn_agent(caf::actor_system& system) {
  return system.spawn([](caf::event_based_actor* self) -> caf::behavior {
    return {[self](const task& x) {
      x.run(self);
    }};
  });
}

void after(const parts_ptr& parts, std::chrono::milliseconds time,
           std::function<void()> f) {
  caf::anon_send(parts->agent,
                 task{[parts, time, f = std::move(f)](auto* self) {
                   self->delayed_send(self, time, task{[parts, f](auto*) {
                                        parts->post(f);
                                      }});
                 }});
}

} // namespace meshd
