#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

#include <cafmesh/instant.hpp>

/// The limits of the directory of names. A peer refuses to publish anything
/// that exceeds a limit. If a document, the list of names that a peer
/// publishes, exceeds a limit, other peers ignore and count the document.
namespace cafmesh::names {

// -- one name

constexpr std::size_t max_name = 255; ///< in bytes, at least 1
/// The maximum number of signatures of a typed actor, and the maximum size of
/// all of them together in bytes.
constexpr std::size_t max_signatures = 256;
constexpr std::size_t max_interface = 8 * 1024;
constexpr std::size_t max_attributes = 16;
constexpr std::size_t max_attribute_key = 64;
constexpr std::size_t max_attribute_value = 255;

// -- one document

constexpr std::size_t max_names = 16 * 1024;
/// The maximum size of a document in bytes, see `entry_summary::bytes`.
constexpr std::size_t max_document = 16 * 1024 * 1024;
constexpr std::size_t max_node_id = 64;

/// The maximum rate, averaged since 2020, at which honest peers raise the
/// version of a document. Versions that would need a higher rate are refused.
/// So the real writer can exceed any forged version one second later.
constexpr std::uint64_t max_versions_per_second = 1'000'000;

// -- all messages

constexpr std::size_t max_message = 64 * 1024;

// -- all documents of other peers

/// The maximum size in bytes of all documents of other peers together. Above
/// this size, hidden documents (see `max_hidden`) are dropped first, then the
/// entries of large documents, then the entries of the newest documents. So a
/// member that makes up peers does not displace older documents.
constexpr std::size_t max_all_documents = 128 * 1024 * 1024;
constexpr std::size_t large_document = max_all_documents / 32;
/// The maximum number of hidden documents, and how long each is kept. A
/// document is hidden while the topology does not know its writer's UID. A peer
/// draws a new UID at each start.
constexpr std::size_t max_hidden = 256;
constexpr duration hidden_for = std::chrono::minutes{5};

} // namespace cafmesh::names
