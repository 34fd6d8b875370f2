#pragma once

#include "tools/http/assets.hpp"

namespace meshd {

/// The files of the page. The build embeds them from page/dist.
http::asset_table page_assets();

} // namespace meshd
