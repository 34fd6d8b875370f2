#include "tools/meshctl/commands/all.hpp"
#include "tools/meshctl/streaming.hpp"
#include "tools/meshctl/text/encodings.hpp"
#include "tools/meshctl/view/stream_views.hpp"

// The command `kv watch`: prints changes of keys as they happen.
namespace meshctl {

namespace {

bool print_change(session& on, const server_event& x) {
  auto change = kv_change_document(x);
  auto text = render_kv_change(change, on.out().current_screen());
  if (on.as_json() || !text.empty())
    on.show(change, text);
  return x.type == "put" || x.type == "delete";
}

void run_watch(session& on, const arguments& with) {
  read_stream(on,
              "/v1/kv-events?prefix="
                + percent_encoded(with.maybe("PREFIX").value_or("")),
              with.number("--count", 0),
              [&](const server_event& x) { return print_change(on, x); });
}

} // namespace

void add_kv_watch(commands& to) {
  to.push_back({"kv watch",
                "print changes of keys as they happen",
                {optional_word("PREFIX", "only keys that begin with this"),
                 option("--count", "N", "end after this many changes")},
                run_watch,
                "First come the keys that exist. They do not count for "
                "--count."});
}

} // namespace meshctl
