#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include <caf/actor_system.hpp>
#include <caf/error.hpp>
#include <caf/proxy_registry.hpp>
#include <caf/scoped_execution_unit.hpp>
#include <caf/type_erased_value.hpp>

#include "actors/caf_version/decoded_values.hpp"
#include <cafmesh/bytes.hpp>

namespace cafmesh::caf_version {

/// Finds the actors whose IDs a message contains.
struct handle_source {
  /// Returns the proxy of an actor on another node; null if there is none. The
  /// proxy must be a `caf::actor_proxy`.
  std::function<caf::strong_actor_ptr(const caf::node_id&, caf::actor_id)>
    find_remote;
  /// Whether peers may address the local actor with this ID.
  std::function<bool(caf::actor_id)> may_address;
  /// Whether there is room for a new proxy of this actor. If the function is
  /// empty, there is always room.
  std::function<bool(const caf::node_id&, caf::actor_id)> has_room{};
};

/// Decodes messages. Remembers the types of the latest messages, because most
/// messages have the same types as an earlier one.
class content_decoder {
public:
  /// `system` and `handles` must outlive this object.
  content_decoder(caf::actor_system& system, const handle_source& handles);

  /// Does what `decode_content` does. On error, `out` has unspecified elements.
  caf::error decode(byte_view from, decoded_values& out);

private:
  // The maximum number of type lists to remember, and the maximum size of each
  // in bytes.
  static constexpr std::size_t most_known = 16;
  static constexpr std::size_t longest_known = 256;
  // The maximum number of remote actors whose handles a message may contain.
  static constexpr std::size_t most_handles = 64 * 1024;

  // Gives CAF a proxy for each handle in a message. Without a proxy, CAF makes
  // a null handle, which an application would dereference. So this class notes
  // whether a proxy was missing.
  class proxy_source : public caf::proxy_registry::backend {
  public:
    explicit proxy_source(const handle_source& from) : from_(from) {
    }
    caf::strong_actor_ptr make_proxy(caf::node_id node,
                                     caf::actor_id id) override;
    void set_last_hop(caf::node_id*) override {
    }

    bool missing = false;
    bool has_no_room = false; // a proxy is missing because of a limit
    std::size_t asked = 0;    // the number of remote actors in this message

  private:
    const handle_source& from_;
  };

  struct maker {
    std::uint16_t number = 0; // CAF's type number; 0 if custom
    const std::function<caf::type_erased_value_ptr()>* custom = nullptr;
  };
  struct known_types {
    bytes names; // as encoded
    std::vector<maker> makers;
  };

  void add_value(const maker& x, decoded_values& to);
  const known_types* find_known(byte_view from);
  caf::error read_types(byte_view from, std::size_t& size, decoded_values& out);
  void remember(byte_view names, const decoded_values& made);
  caf::error read_values(byte_view from, decoded_values& out);

  caf::actor_system& system_;
  const handle_source& handles_;
  proxy_source source_;
  // A separate unit, because the thread's own unit may have the proxy registry
  // of `caf::io`.
  caf::scoped_execution_unit unit_;
  caf::proxy_registry proxies_;
  std::vector<known_types> known_;
  std::size_t latest_ = 0;   // the index of the list used last
  std::size_t replaced_ = 0; // the index of the list to replace
};

} // namespace cafmesh::caf_version
