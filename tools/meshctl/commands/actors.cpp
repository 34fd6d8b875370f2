#include "tools/meshctl/commands/all.hpp"
#include "tools/meshctl/paging.hpp"
#include "tools/meshctl/session.hpp"
#include "tools/meshctl/view/mesh_views.hpp"

// The command `actors`: lists the actors that peers publish.
namespace meshctl {

namespace {

void run_actors(session& on, const arguments& with) {
  auto all = read_pages(on.meshd(), "/v1/actors", "actors", with,
                        with.number("--limit", 1000));
  on.show(actors_document(all.items, all.next), render_actors);
}

} // namespace

void add_actors(commands& to) {
  to.push_back({"actors",
                "the actors that C++ programs publish",
                {optional_text("PREFIX", "only names that begin with this"),
                 option("--limit", "N", "at most this many (1000)"),
                 option("--after", "NAME", "only those behind this one")},
                run_actors,
                {}});
}

} // namespace meshctl
