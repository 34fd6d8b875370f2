#include "actors/caf_version/message_codec.hpp"

#include <algorithm>
#include <exception>
#include <string>
#include <utility>

#include <caf/actor_system.hpp>
#include <caf/detail/dynamic_message_data.hpp>
#include <caf/scoped_execution_unit.hpp>

#include "actors/caf_version/bounded_deserializer.hpp"
#include "actors/caf_version/bounded_serializer.hpp"
#include "actors/caf_version/content_types.hpp"
#include "messages/wire/byte_stream.hpp"
#include <cafmesh/errc.hpp>
#include <cafmesh/escaped.hpp>

namespace cafmesh::caf_version {

namespace {

// Limits on the type names that errors and reports show.
constexpr std::size_t most_names = 16;
constexpr std::size_t longest_name = 200;

// Gives CAF a proxy for each handle in a message. Notes whether a proxy was
// missing: the handle is then null, and an application would dereference it.
class proxy_source : public caf::proxy_registry::backend {
public:
  explicit proxy_source(const handle_source& from) : from_(from) {
  }

  caf::strong_actor_ptr make_proxy(caf::node_id node,
                                   caf::actor_id id) override {
    caf::strong_actor_ptr result;
    if (node && id != caf::invalid_actor_id)
      result = from_.find_remote(node, id);
    missing_ = missing_ || !result;
    return result;
  }
  void set_last_hop(caf::node_id*) override {
  }

  bool missing() const noexcept {
    return missing_;
  }

private:
  const handle_source& from_;
  bool missing_ = false;
};

caf::error read_values(caf::actor_system& system, byte_view from,
                       std::vector<caf::type_erased_value_ptr>& values,
                       const handle_source& handles) {
  // Uses a new execution unit, because the thread's own unit may have the proxy
  // registry of `caf::io`.
  caf::scoped_execution_unit ctx{&system};
  proxy_source source{handles};
  caf::proxy_registry proxies{system, source};
  ctx.proxy_registry_ptr(&proxies);
  bounded_deserializer reader{&ctx, from, handles.may_address};
  for (auto& x : values)
    if (auto err = x->load(reader); err && !reader.first_error())
      return err;
  if (auto err = reader.finish())
    return err;
  if (source.missing())
    return make_error(errc::ended, "the message has a handle of no actor, or "
                                   "of one that was spawned before its actor "
                                   "system had a node ID");
  return {};
}

caf::error read_types(const caf::actor_system& system, wire::byte_reader& from,
                      std::vector<caf::type_erased_value_ptr>& values) {
  auto count = from.number();
  if (from.failed() || count > max_elements)
    return make_error(errc::malformed, "the number of elements");
  values.reserve(count);
  for (std::uint64_t i = 0; i < count; ++i) {
    std::string name{from.run().as_text()};
    if (from.failed())
      return make_error(errc::malformed, "the names of types are cut off");
    auto made = make_element(system, name);
    if (!made)
      return made.error();
    values.push_back(std::move(*made));
  }
  return {};
}

} // namespace

caf::error encode_content(caf::actor_system& system,
                          const caf::type_erased_tuple& content,
                          std::size_t max_size, bytes& out,
                          std::vector<caf::actor_id>& local_actors) {
  if (auto err = check_types(system, content))
    return err;
  auto begin = out.size();
  wire::append_number(out, content.size());
  for (std::size_t i = 0; i < content.size(); ++i)
    wire::append_run(out, byte_view{std::string_view{
                            system.types().portable_name(content.type(i))}});
  caf::scoped_execution_unit ctx{&system};
  caf::error failed;
  if (out.size() - begin <= max_size) {
    bounded_serializer sink{&ctx, out, begin + max_size};
    for (std::size_t i = 0; i < content.size() && !failed; ++i)
      failed = content.save(i, sink);
    if (sink.first_error())
      failed = sink.first_error();
    if (!failed)
      local_actors.insert(local_actors.end(), sink.local_actors().begin(),
                          sink.local_actors().end());
  } else {
    failed = make_error(errc::too_large, "the names of the message's types");
  }
  if (failed)
    out.resize(begin);
  return failed;
}

std::vector<std::string> type_names(const caf::actor_system& system,
                                    const caf::type_erased_tuple& content) {
  std::vector<std::string> result;
  for (std::size_t i = 0; i < std::min(content.size(), most_names); ++i)
    result.push_back(
      escaped(name_of_type(system, content.type(i)), longest_name));
  return result;
}

std::vector<std::string> type_names(byte_view encoded) {
  std::vector<std::string> result;
  wire::byte_reader reader{encoded};
  auto count = reader.number();
  while (!reader.failed() && result.size() < most_names
         && result.size() < count) {
    auto name = reader.run();
    if (!reader.failed())
      result.push_back(escaped(name.as_text(), longest_name));
  }
  return result;
}

caf::error decode_content(caf::actor_system& system, byte_view from,
                          const handle_source& handles, caf::message& out) {
  wire::byte_reader reader{from};
  std::vector<caf::type_erased_value_ptr> values;
  try {
    if (auto err = read_types(system, reader, values))
      return err;
    if (auto err = read_values(system, reader.rest(), values, handles))
      return err;
  } catch (const std::exception& x) {
    return make_error(errc::malformed,
                      std::string{"reading a value threw: "} + x.what());
  }
  if (values.empty()) {
    out.reset();
    return {};
  }
  auto data =
    caf::make_counted<caf::detail::dynamic_message_data>(std::move(values));
  out = caf::message{caf::detail::message_data::cow_ptr{std::move(data)}};
  return {};
}

} // namespace cafmesh::caf_version
