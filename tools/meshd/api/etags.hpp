#pragma once

#include <string>
#include <vector>

namespace meshd {

/// Splits a header into its ETags. Weak ones keep their prefix `W/`, so they
/// match nothing of ours.
std::vector<std::string> etags_of(const std::string& header);

/// Whether `If-None-Match` is `*` or names the ETag.
bool names_etag(const std::string& header, const std::string& etag);

} // namespace meshd
