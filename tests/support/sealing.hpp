#pragma once

#include "crypto/frames/sealed_stream.hpp"

namespace cafmesh::test {

inline bytes sealed(crypto::sealed_stream& stream, byte_view plain) {
  bytes result(crypto::seal_overhead + plain.size());
  stream.seal({}, plain, result.data());
  return result;
}

} // namespace cafmesh::test
