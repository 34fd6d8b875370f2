#pragma once

namespace meshd {

/// The description of the API, as JSON. Made from openapi.yaml by the build.
extern const char openapi_text[];

} // namespace meshd
