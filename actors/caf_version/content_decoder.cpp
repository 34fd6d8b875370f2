#include "actors/caf_version/content_decoder.hpp"

#include <algorithm>
#include <exception>
#include <string>
#include <utility>

#include <caf/actor_system_config.hpp>

#include "actors/caf_version/bounded_deserializer.hpp"
#include "actors/caf_version/content_types.hpp"
#include "messages/wire/byte_stream.hpp"
#include <cafmesh/errc.hpp>

namespace cafmesh::caf_version {

caf::strong_actor_ptr
content_decoder::proxy_source::make_proxy(caf::node_id node, caf::actor_id id) {
  caf::strong_actor_ptr result;
  if (++asked <= most_handles && node && id != caf::invalid_actor_id)
    result = from_.find_remote(node, id);
  if (!result && from_.has_room && !from_.has_room(node, id))
    has_no_room = true;
  missing = missing || !result;
  return result;
}

content_decoder::content_decoder(caf::actor_system& system,
                                 const handle_source& handles)
    : system_(system), handles_(handles), source_(handles), unit_(&system),
      proxies_(system, source_) {
  unit_.proxy_registry_ptr(&proxies_);
}

caf::error content_decoder::decode(byte_view from, decoded_values& out) {
  out = decoded_values{};
  caf::error result;
  try {
    std::size_t size = 0;
    if (const auto* types = find_known(from)) {
      for (const auto& x : types->makers)
        add_value(x, out);
      size = types->names.size();
    } else {
      result = read_types(from, size, out);
    }
    if (!result)
      result = read_values(from.sub(size), out);
  } catch (const std::exception& x) {
    result = make_error(errc::malformed,
                        std::string{"reading a value threw: "} + x.what());
  } catch (...) {
    result = make_error(errc::malformed, "reading a value threw");
  }
  // Drops this message's proxies, which the registry would keep.
  if (std::exchange(source_.asked, 0) > 0)
    proxies_.clear();
  source_.missing = source_.has_no_room = false;
  return result;
}

void content_decoder::add_value(const maker& x, decoded_values& to) {
  if (x.number == caf::type_nr<caf::atom_value>::value)
    to.add(caf::atom_value{});
  else
    to.add(x.custom ? (*x.custom)() : system_.types().make_value(x.number));
}

const content_decoder::known_types*
content_decoder::find_known(byte_view from) {
  auto begins_with = [&](const known_types& x) {
    return x.names.size() <= from.size()
           && std::equal(x.names.begin(), x.names.end(), from.begin());
  };
  if (latest_ < known_.size() && begins_with(known_[latest_]))
    return &known_[latest_];
  for (std::size_t i = 0; i < known_.size(); ++i)
    if (begins_with(known_[i]))
      return &known_[latest_ = i];
  return nullptr;
}

// `size` becomes the number of bytes read.
caf::error content_decoder::read_types(byte_view from, std::size_t& size,
                                       decoded_values& out) {
  wire::byte_reader reader{from};
  auto count = reader.number();
  if (reader.failed() || count > max_elements)
    return make_error(errc::malformed, "the number of elements");
  for (std::uint64_t i = 0; i < count; ++i) {
    std::string name{reader.run().as_text()};
    if (reader.failed())
      return make_error(errc::malformed, "the names of types are cut off");
    auto made = make_element(system_, name);
    if (!made)
      return made.error();
    out.add(std::move(*made));
  }
  size = from.size() - reader.rest().size();
  remember(byte_view{from.data(), size}, out);
  return {};
}

void content_decoder::remember(byte_view names, const decoded_values& made) {
  if (names.size() > longest_known)
    return;
  known_types fresh;
  wire::byte_reader reader{names};
  reader.number();
  for (std::size_t i = 0; i < made.size(); ++i) {
    const std::string name{reader.run().as_text()};
    maker x;
    x.number = made.type(i).first;
    if (x.number == 0) {
      const auto& all = system_.config().value_factories_by_name;
      auto found = all.find(name);
      if (found == all.end())
        return;
      x.custom = &found->second;
    }
    fresh.makers.push_back(x);
  }
  fresh.names = names.to_bytes();
  if (known_.size() < most_known) {
    latest_ = known_.size();
    known_.push_back(std::move(fresh));
    return;
  }
  latest_ = replaced_;
  known_[replaced_] = std::move(fresh);
  replaced_ = (replaced_ + 1) % most_known;
}

caf::error content_decoder::read_values(byte_view from, decoded_values& out) {
  bounded_deserializer reader{&unit_, from, handles_.may_address};
  for (std::size_t i = 0; i < out.size(); ++i)
    if (auto* atom = out.atom_at(i))
      reader.read_atom(*atom);
    else if (auto err = out.load(i, reader); err && !reader.first_error())
      return err;
  if (auto err = reader.finish())
    return err;
  if (source_.asked > most_handles)
    return make_error(errc::too_large, "the message has handles of more than "
                                         + std::to_string(most_handles)
                                         + " actors");
  if (source_.has_no_room)
    return make_error(errc::congested, "the message has a handle of a remote "
                                       "actor, and this node may hold no "
                                       "further ones");
  if (source_.missing)
    return make_error(errc::ended, "the message has a handle of no actor, or "
                                   "of one that was spawned before its actor "
                                   "system had a node ID");
  return {};
}

} // namespace cafmesh::caf_version
