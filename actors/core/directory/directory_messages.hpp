#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <caf/make_message.hpp>

#include <caf/expected.hpp>

#include "actors/core/directory/directory_limits.hpp"
#include "actors/core/directory/document_header.hpp"
#include "actors/core/directory/name_entry.hpp"
#include "messages/wire/gob.hpp"
#include <cafmesh/bytes.hpp>
#include <cafmesh/payload.hpp>

/// The messages of the channel `cafmesh/names`, except outlines, which
/// crdt/outline.hpp defines. See messages/wire/NAMES.md. The functions
/// `decode_…` return errc::malformed or too_large if the message cannot be
/// decoded.
namespace cafmesh::names {

/// The first byte of a message.
enum class kind : std::uint8_t {
  headers = 3,
  pull = 4,
  part = 5,
  outline = 6, ///< of the headers that the sender knows
};

/// The kind of a message; `kind{0}` if the message is empty.
kind kind_of(byte_view message) noexcept;

// -- headers

void append_header(bytes& out, const header& x);
/// Reads a header. If there is none, `in.ok()` is false afterwards.
header read_header(wire::gob_cursor& in);

caf::expected<std::vector<header>> decode_headers(byte_view message);

// -- pulls

/// How much of a document a peer has received.
struct progress {
  std::uint64_t version = 0;
  fingerprint content; ///< of all entries of that version
  /// If present, only the names below this one have arrived; if absent, all
  /// names have.
  std::optional<std::string> below;
};

/// Asks for those entries of a document that the sender still lacks.
struct pull {
  life of;
  progress have;
};

payload encode(const pull& x);
caf::expected<pull> decode_pull(byte_view message);

// -- parts

struct change {
  std::string name;
  std::optional<entry> now; ///< absent: no longer published
};

/// A message with changes of a document, a range of its entries, or both.
/// Brings the receiver's document to the version of `head`, or nearer to that
/// version.
struct part {
  /// Entries that the receiver does not have yet: all names from `first` up to
  /// but not including `next`.
  struct range {
    std::string first;
    std::optional<std::string> next; ///< name after the range; absent: no end
    std::vector<std::pair<std::string, entry>> entries; ///< ascending
  };

  header head;
  std::uint64_t base = 0;      ///< the version to which the changes apply
  std::vector<change> changes; ///< ascending
  std::optional<range> more;
};

caf::expected<part> decode_part(byte_view message);

/// Writes a `part` message of at most `max_message` bytes.
class part_writer {
public:
  part_writer(const header& head, std::uint64_t base);

  /// Adds a change, in ascending order of names.
  /// @param now null if the name is no longer published
  /// @returns false, with nothing added, if there is no room
  bool add_change(std::string_view name, const entry* now);
  /// Adds an entry of the range, after all changes and in ascending order.
  /// @returns false, with nothing added, if there is no room
  bool add_entry(std::string_view name, const entry& x);

  /// Returns the message. Without arguments, it has only the changes. With
  /// arguments, it also has the entries, as a range from `first` up to but not
  /// including `next`.
  payload finish();
  payload finish(std::string_view first,
                 const std::optional<std::string>& next);

private:
  std::size_t number_of(const interface_ptr& x);
  bool append(bytes& to, std::string_view name, const entry* x, bool is_change);
  bytes assemble() const;

  bytes start_; // kind, header and base
  bytes interfaces_, changes_, entries_, scratch_;
  std::vector<interface_ptr> known_;
  std::size_t change_count_ = 0;
  std::size_t entry_count_ = 0;
};

/// A `part` message without content, which only announces a version.
payload encode_announcement(const header& head);

} // namespace cafmesh::names
