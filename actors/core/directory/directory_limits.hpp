#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

#include <cafmesh/instant.hpp>

/// Bounds of the directory of names. The writer of a document is refused what
/// exceeds them; a reader ignores documents that do, and counts them.
namespace cafmesh::names {

// -- one name

constexpr std::size_t max_name = 255; ///< in bytes, at least 1
/// The signatures of a typed actor, and their bytes together.
constexpr std::size_t max_signatures = 256;
constexpr std::size_t max_interface = 8 * 1024;
constexpr std::size_t max_attributes = 16;
constexpr std::size_t max_attribute_key = 64;
constexpr std::size_t max_attribute_value = 255;

// -- one document

constexpr std::size_t max_names = 16 * 1024;
/// The bytes of a document as `entry_summary::bytes` counts them.
constexpr std::size_t max_document = 16 * 1024 * 1024;
constexpr std::size_t max_node_id = 64;

/// The rate, averaged since 2020, at which honest writers raise versions at
/// most: a second later, greater versions than any forged one are accepted.
constexpr std::uint64_t max_versions_per_second = 1'000'000;

// -- all messages

constexpr std::size_t max_message = 64 * 1024;

// -- all documents of other peers

/// The sum of their bytes. Beyond it, hidden documents are dropped; then, until
/// the rest fits, the content of large documents, and of those of the lives
/// that were heard of last. So a member that makes up peers takes the place of
/// none that were there before.
constexpr std::size_t max_all_documents = 128 * 1024 * 1024;
constexpr std::size_t large_document = max_all_documents / 32;
/// Documents of lives that the topology does not know, and for how long they
/// are kept after their peer has left.
constexpr std::size_t max_hidden = 256;
constexpr duration hidden_for = std::chrono::minutes{5};

} // namespace cafmesh::names
