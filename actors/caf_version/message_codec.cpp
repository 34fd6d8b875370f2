#include "actors/caf_version/message_codec.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <exception>
#include <string>
#include <type_traits>
#include <utility>

#include <caf/actor_registry.hpp>
#include <caf/actor_system.hpp>
#include <caf/scoped_execution_unit.hpp>

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
// The types of a message are remembered only if there are at most this many,
// and if their names take at most this many bytes.
constexpr std::size_t most_remembered = 8;
constexpr std::size_t longest_remembered = 256;

// The types of a message, and their names as encoded. Has no destructor: a
// plug-in that contains this code could not be unloaded while a thread has a
// thread-local object with a destructor.
struct named_types {
  types_owner owner = types_owner::none;
  std::size_t count = 0;
  std::array<caf::rtti_pair, most_remembered> types{};
  std::size_t size = 0; // bytes used in `names`
  std::array<std::uint8_t, longest_remembered> names{};

  bool are_those_of(const caf::type_erased_tuple& x) const {
    if (x.size() != count)
      return false;
    for (std::size_t i = 0; i < count; ++i)
      if (x.type(i) != types[i])
        return false;
    return true;
  }
};
static_assert(std::is_trivially_destructible_v<named_types>);

caf::error append_types(const caf::actor_system& system,
                        const caf::type_erased_tuple& content,
                        types_owner owner, bytes& out) {
  // Most messages that a thread encodes have the types of the previous message.
  thread_local named_types latest;
  if (owner != types_owner::none && latest.owner == owner
      && latest.are_those_of(content)) {
    out.insert(out.end(), latest.names.data(),
               latest.names.data() + latest.size);
    return {};
  }
  if (auto err = check_types(system, content))
    return err;
  auto begin = out.size();
  wire::append_number(out, content.size());
  for (std::size_t i = 0; i < content.size(); ++i)
    wire::append_run(out, byte_view{std::string_view{
                            system.types().portable_name(content.type(i))}});
  const auto names = byte_view{out}.sub(begin);
  if (owner == types_owner::none || content.size() > most_remembered
      || names.size() > longest_remembered || may_have_messages(content))
    return {};
  latest.owner = owner;
  latest.count = content.size();
  for (std::size_t i = 0; i < content.size(); ++i)
    latest.types[i] = content.type(i);
  latest.size = names.size();
  std::copy(names.begin(), names.end(), latest.names.begin());
  return {};
}

// The registry has the actors whose handles were just written, unless they have
// ended or a number only looked like a handle. Very rarely, another thread has
// just forgotten such an actor and removes it now: its handle leads nowhere.
void note_living(caf::actor_system& system, bounded_serializer& sink,
                 std::vector<caf::actor_id>& out) {
  for (auto id : sink.take_local_actors())
    if (system.registry().get(id))
      out.push_back(id);
}

// Catches exceptions, because an exception from application code must not end
// one of our actors.
caf::error append_values(caf::actor_system& system,
                         const caf::type_erased_tuple& content,
                         bounded_serializer& sink,
                         std::vector<caf::actor_id>& local_actors) {
  try {
    for (std::size_t i = 0; i < content.size(); ++i) {
      if (content.type(i).first == caf::type_nr<caf::atom_value>::value)
        sink.write_atom(content.get_as<caf::atom_value>(i));
      else if (auto err = content.save(i, sink); err && !sink.first_error())
        return err;
      if (sink.has_local_actors())
        note_living(system, sink, local_actors);
    }
    return sink.finish();
  } catch (const std::exception& x) {
    return make_error(errc::malformed,
                      std::string{"writing a value threw: "} + x.what());
  } catch (...) {
    return make_error(errc::malformed, "writing a value threw");
  }
}

} // namespace

types_owner new_types_owner() noexcept {
  static std::atomic<std::uint64_t> last{0};
  return types_owner{++last};
}

caf::error encode_content(caf::actor_system& system,
                          const caf::type_erased_tuple& content,
                          std::size_t max_size, bytes& out,
                          std::vector<caf::actor_id>& local_actors,
                          types_owner owner) {
  auto begin = out.size();
  if (auto err = append_types(system, content, owner, out))
    return err;
  caf::scoped_execution_unit ctx{&system};
  caf::error failed;
  if (out.size() - begin <= max_size) {
    bounded_serializer sink{&ctx, out, begin + max_size};
    failed = append_values(system, content, sink, local_actors);
    note_living(system, sink, local_actors);
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
  decoded_values values;
  if (auto err = content_decoder{system, handles}.decode(from, values))
    return err;
  out = values.move_to_message();
  return {};
}

} // namespace cafmesh::caf_version
