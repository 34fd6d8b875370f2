#pragma once

namespace meshd {

/// The description of the API as JSON. The build makes it from openapi.yaml.
extern const char openapi_text[];

} // namespace meshd
