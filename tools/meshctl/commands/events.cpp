#include "tools/meshctl/commands/all.hpp"
#include "tools/meshctl/streaming.hpp"
#include "tools/meshctl/view/stream_views.hpp"

// The command `events`: prints changes in the mesh as they happen.
namespace meshctl {

namespace {

void run_events(session& on, const arguments& with) {
  read_stream(on, "/v1/events", with.number("--count", 0),
              [&](const server_event& x) {
                auto event = event_document(x);
                on.show(event, render_event(event, on.out().current_screen()));
                return true;
              });
}

} // namespace

void add_events(commands& to) {
  to.push_back({"events",
                "print changes of the mesh as they happen",
                {option("--count", "N", "end after this many events")},
                run_events,
                "The first event is a snapshot of the peers."});
}

} // namespace meshctl
