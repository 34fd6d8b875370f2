#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "actors/core/directory/change_log.hpp"
#include "actors/core/directory/directory_messages.hpp"
#include "actors/core/directory/document_header.hpp"
#include "actors/core/directory/name_entry.hpp"
#include <cafmesh/payload.hpp>

namespace cafmesh::names {

/// One version of a document, which lists the names that a peer publishes from
/// one start to the next. A document that is being fetched has only some of the
/// names.
class document {
public:
  /// Makes an empty document, which is complete at version 0.
  explicit document(life of, std::string node = {});

  const header& head() const noexcept {
    return head_;
  }
  const entry_map& entries() const noexcept {
    return entries_;
  }
  bool is_complete() const noexcept {
    return !below_;
  }
  bool is_stripped() const noexcept {
    return stripped_;
  }
  /// The approximate memory of the document in bytes.
  std::size_t bytes() const noexcept {
    return entries_.summary().bytes + log_.bytes();
  }
  progress have() const {
    return {head_.version, head_.content, below_};
  }

  // -- the writer

  /// Sets or removes an entry. `seal` puts the change into the next version.
  void edit(const std::string& name, std::optional<entry> now);
  bool has_edits() const noexcept {
    return !edited_.empty();
  }
  /// Makes a version with all edits since the previous version.
  /// @param version higher than that of `head`
  /// @returns the names that have changed
  std::vector<std::string> seal(std::uint64_t version);

  // -- readers

  enum class outcome {
    applied,
    does_not_fit, ///< the part applies to a different version
    broken,       ///< the result is not what the header says
  };
  /// Applies a part. Changes nothing unless the result is `applied`.
  /// @pre the header of the part supersedes the header of this document
  outcome apply(const part& x);

  /// Takes over the header of a different version that has the same content.
  void adopt(const header& x);

  /// Drops the entries to save memory, and takes over a header.
  void strip(const header& x);

  /// The next part for a peer that has received `theirs`: the changes since
  /// then and, if the peer still lacks entries, more entries. If we no longer
  /// have the changes, or if they do not fit into one message, the part begins
  /// again with the entries of the first names.
  /// @pre the document is complete, not stripped and without edits
  payload part_for(const progress& theirs) const;
  /// The approximate size in bytes of the part that `part_for` returns. Takes
  /// less time than `part_for`.
  std::size_t size_of_part_for(const progress& theirs) const;
  /// Like `part_for`, but nullopt if the part would begin again with the first
  /// names.
  std::optional<payload> changes_for(const progress& theirs) const;

private:
  std::optional<payload> page(part_writer& out, const std::string& first) const;
  void remember(std::vector<std::string> names);

  header head_;
  entry_map entries_;
  std::optional<std::string> below_;
  bool stripped_ = false;
  std::vector<std::string> edited_;
  change_log log_;
};

} // namespace cafmesh::names
