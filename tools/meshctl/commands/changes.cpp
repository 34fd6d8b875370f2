#include "tools/meshctl/commands/changes.hpp"

#include "tools/meshctl/streaming.hpp"
#include "tools/meshctl/view/stream_views.hpp"

namespace meshctl {

void print_changes(session& on, const std::string& target, const char* kind,
                   std::uint64_t count) {
  read_stream(on, target, count, [&](const server_event& x) {
    auto change = change_document(kind, x);
    auto text = render_change(change, on.out().current_screen());
    if (on.as_json() || !text.empty())
      on.show(change, text);
    return x.type != "snapshot" && x.type != "reset";
  });
}

} // namespace meshctl
