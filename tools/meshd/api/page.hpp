#pragma once

#include "tools/http/assets.hpp"

namespace meshd {

/// The files of the page. Made from page/dist by the build.
http::asset_table page_assets();

} // namespace meshd
