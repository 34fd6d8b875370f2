#include "tools/meshctl/commands/all.hpp"
#include "tools/meshctl/commands/changes.hpp"
#include "tools/meshctl/text/encodings.hpp"

// The command `kv watch`: prints changes to keys as they happen.
namespace meshctl {

namespace {

void run_watch(session& on, const arguments& with) {
  print_changes(on,
                "/v1/kv-events?prefix="
                  + percent_encoded(with.maybe("PREFIX").value_or("")),
                "kv_change", with.number("--count", 0));
}

} // namespace

void add_kv_watch(commands& to) {
  to.push_back({"kv watch",
                "print changes of keys as they happen",
                {optional_text("PREFIX", "only keys that begin with this"),
                 option("--count", "N", "end after this many changes")},
                run_watch,
                "First come the keys that exist. They do not count for "
                "--count."});
}

} // namespace meshctl
