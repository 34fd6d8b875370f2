#pragma once

#include "crypto/frames/sealed_stream.hpp"

namespace cafmesh::test {

/// Seals `plain` as the next frame of the stream.
inline bytes sealed(crypto::sealed_stream& stream, byte_view plain) {
  bytes result(crypto::seal_overhead + plain.size());
  stream.seal({}, plain, result.data());
  return result;
}

} // namespace cafmesh::test
