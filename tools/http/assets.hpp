#pragma once

#include <cstddef>
#include <string_view>

#include "tools/http/router.hpp"

namespace http {

/// A file that is built into the program by `embed_assets.cmake`. All views
/// have static storage.
struct asset {
  std::string_view path; ///< such as `/assets/page.js`
  std::string_view content_type;
  std::string_view etag;     ///< quoted
  std::string_view identity; ///< the content, uncompressed
  std::string_view gzip;     ///< empty if compression does not make it smaller
};

/// The table that `embed_assets.cmake` generates.
struct asset_table {
  const asset* begin;
  std::size_t size;
};

/// Adds a route for each asset. The routes need no token. `/index.html` is also
/// served as `/`. Clients must revalidate an asset at each use, unless its name
/// contains a digest, as in `name-0123abcd.js`.
void add_assets(router& to, asset_table assets);

} // namespace http
