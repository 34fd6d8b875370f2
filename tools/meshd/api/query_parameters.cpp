#include "tools/meshd/api/query_parameters.hpp"

#include <algorithm>

#include "tools/meshd/api/openapi.hpp"
#include "tools/meshd/mesh/problem.hpp"

namespace meshd {

std::vector<std::string> query_parameters(const std::string& method,
                                          std::string path) {
  // The description of the API does not mark a parameter that stands for the
  // rest of a path.
  if (auto rest = path.find("...}"); rest != path.npos)
    path.erase(rest, 3);
  std::vector<std::string> result;
  for (const auto* x = openapi_queries; x->method; ++x)
    if (x->method == method && x->path == path)
      result.emplace_back(x->name);
  return result;
}

void check_query(const http::request& x,
                 const std::vector<std::string>& known) {
  for (const auto& name : x.query_names()) {
    if (std::find(known.begin(), known.end(), name) != known.end())
      continue;
    std::string all;
    for (const auto& each : known)
      all += (all.empty() ? "" : ", ") + each;
    throw problem{400, "bad_query",
                  "This path has no query parameter " + name + ".",
                  known.empty() ? "It has none at all."
                                : "Those that it has are: " + all + "."};
  }
}

} // namespace meshd
