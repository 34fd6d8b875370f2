#pragma once

namespace meshd {

/// The description of the API as JSON. The build makes it from openapi.yaml.
extern const char openapi_text[];

/// A query parameter of an operation.
struct openapi_query {
  const char* method;
  const char* path;
  const char* name;
};

/// The query parameters in the description of the API. The last element is
/// empty.
extern const openapi_query openapi_queries[];

} // namespace meshd
