#include "tools/meshd/mesh/parts.hpp"

#include <cafmesh/errc.hpp>

// Sends requests on behalf of the HTTP thread, and turns errors into problems.
namespace meshd {

namespace {

struct known_error {
  cafmesh::errc why;
  int status;
  const char* code;
};

constexpr known_error known_errors[] = {
  {cafmesh::errc::no_route, 502, "no_route"},
  {cafmesh::errc::no_connection, 502, "no_connection"},
  {cafmesh::errc::too_large, 413, "too_large"},
  {cafmesh::errc::congested, 429, "congested"},
  {cafmesh::errc::duplicate_channel, 409, "duplicate_channel"},
  {cafmesh::errc::bad_address, 400, "bad_address"},
  {cafmesh::errc::bad_peer_name, 400, "bad_peer_name"},
  {cafmesh::errc::storage_failed, 500, "storage_failed"},
  {cafmesh::errc::bad_setting, 400, "bad_value"},
  {cafmesh::errc::malformed, 400, "malformed"},
  {cafmesh::errc::unknown_name, 404, "unknown_name"},
  {cafmesh::errc::unknown_type, 400, "unknown_type"},
  {cafmesh::errc::timed_out, 504, "timed_out"},
  {cafmesh::errc::lost, 502, "lost"},
  {cafmesh::errc::ended, 502, "ended"},
  {cafmesh::errc::restarted, 502, "restarted"},
  {cafmesh::errc::left, 502, "left"},
  {cafmesh::errc::unreachable, 502, "unreachable"},
};

} // namespace

problem problem_of(const caf::error& why) {
  if (why == caf::sec::request_timeout)
    return {504, "timed_out", "The mesh did not answer in time."};
  if (cafmesh::is(why, cafmesh::errc::stopped))
    return {503, "stopping", "The node is stopping."};
  problem result;
  result.detail = cafmesh::describe(why);
  for (const auto& x : known_errors)
    if (cafmesh::is(why, x.why)) {
      result.status = x.status;
      result.code = x.code;
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
