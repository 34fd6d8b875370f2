#pragma once

#include <string>
#include <vector>

#include "tools/http/request.hpp"

namespace meshd {

/// The query parameters that the description of the API has for an operation.
/// @param path as in `routes::add`
std::vector<std::string> query_parameters(const std::string& method,
                                          std::string path);

/// Throws a `problem` if the query has a parameter other than these. Without
/// this check, a typing error such as `?prefx=` would go unnoticed.
void check_query(const http::request& x, const std::vector<std::string>& known);

} // namespace meshd
