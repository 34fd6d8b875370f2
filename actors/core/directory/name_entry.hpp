#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <caf/make_message.hpp>

#include <caf/error.hpp>

#include <cafmesh/bytes.hpp>
#include <cafmesh/detail/digest_sum.hpp>
#include <cafmesh/detail/fingerprint.hpp>
#include <cafmesh/detail/persistent_map.hpp>

/// The entries of a document. Each entry describes one name that a peer
/// publishes.
namespace cafmesh::names {

/// The signatures of a typed actor, ascending. Shared by many entries.
using interface_ptr = std::shared_ptr<const std::vector<std::string>>;
using attribute_map = std::map<std::string, std::string>;
using attributes_ptr = std::shared_ptr<const attribute_map>;

/// What a document says about one name, without the name itself.
struct entry {
  std::uint64_t actor = 0;   ///< the ID of the actor at its home
  interface_ptr interface;   ///< null: dynamically typed
  attributes_ptr attributes; ///< null: none
};

bool operator==(const entry& x, const entry& y);

/// The sum of the digests and sizes of several entries.
struct entry_summary {
  struct digest {
    fingerprint content;
    std::size_t bytes = 0;
  };
  entry_summary() = default;
  entry_summary(const entry& x, const digest& of);
  entry_summary& operator+=(const entry_summary& x);
  entry_summary& operator-=(const entry_summary& x);
  void clear_bounds() {
  }
  void widen_bounds(const entry&) {
  }
  static digest digest_of(std::string_view name, const entry& x);

  digest_sum content;
  /// The approximate memory of the entries in bytes. An interface counts in
  /// full for each entry, although entries share it.
  std::size_t bytes = 0;
};

/// Entries by name. Copies are cheap.
using entry_map = persistent_map<entry, entry_summary>;

/// @returns errc::bad_setting or too_large if the name or a part of the entry
///          exceeds its limit.
caf::error check_entry(std::string_view name, const entry& x);

/// Like `make_attributes`, returns null for an empty argument.
interface_ptr make_interface(std::vector<std::string> signatures);
attributes_ptr make_attributes(attribute_map xs);

} // namespace cafmesh::names
