#include "tools/meshctl/commands/all.hpp"
#include "tools/meshctl/session.hpp"
#include "tools/meshctl/text/encodings.hpp"
#include "tools/meshctl/view/mesh_views.hpp"

// The command `actors`: lists the actors that peers publish.
namespace meshctl {

namespace {

void run_actors(session& on, const arguments& with) {
  auto answer = on.meshd().get(
    "/v1/actors?limit=" + std::to_string(with.number("--limit", 1000, 1000))
    + "&prefix=" + percent_encoded(with.maybe("PREFIX").value_or("")));
  on.show(actors_document(answer), render_actors);
}

} // namespace

void add_actors(commands& to) {
  to.push_back({"actors",
                "the actors that C++ programs publish",
                {optional_word("PREFIX", "only names that begin with this"),
                 option("--limit", "N", "at most this many (1000)")},
                run_actors,
                {}});
}

} // namespace meshctl
