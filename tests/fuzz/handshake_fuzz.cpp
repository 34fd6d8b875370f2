#include "tests/fuzz/fixed_keys.hpp"
#include "tests/fuzz/fuzzing.hpp"
#include "tests/fuzz/handshake_case.hpp"

using namespace cafmesh;
using namespace cafmesh::crypto;
using namespace cafmesh::fuzz;

// Feeds the input to a handshake, once as a whole and once in pieces. Both must
// have the same outcome.
namespace {

struct outcome {
  handshake::stage stage{};
  std::size_t taken = 0;
  bytes said;
  std::uint8_t code = 0;
  std::optional<handshake_result> result;
};

outcome talk(const handshake_case& how, byte_view remote, std::uint8_t pieces) {
  handshake shake{how.config(), our_keys()};
  outcome result;
  bytes waiting;
  auto hear = [&] {
    auto output = shake.take_output();
    result.said.insert(result.said.end(), output.begin(), output.end());
  };
  hear();
  in_pieces(remote, pieces, [&](byte_view piece) {
    waiting.insert(waiting.end(), piece.begin(), piece.end());
    auto taken = shake.feed(waiting);
    hear();
    if (!taken) {
      require(shake.current_stage() == handshake::stage::failed,
              "an error is the end");
      result.code = taken.error().code();
      return false;
    }
    require(*taken <= waiting.size(), "nothing is taken that has not come");
    result.taken += *taken;
    waiting.erase(waiting.begin(),
                  waiting.begin() + static_cast<std::ptrdiff_t>(*taken));
    return shake.current_stage() != handshake::stage::done;
  });
  result.stage = shake.current_stage();
  if (result.stage == handshake::stage::done)
    result.result = shake.take_result();
  return result;
}

void check_result(const handshake_case& how, const handshake_result& x) {
  require(x.version >= how.min_version && x.version <= how.max_version,
          "a version of ours was agreed on");
  require((x.version == 1) == (x.framing == wire::framing::gob),
          "the framing goes with the version");
  auto is_sealed = how.has_password;
  require(x.session_key.has_value() == is_sealed
            && x.to_remote.has_value() == is_sealed
            && x.from_remote.has_value() == is_sealed,
          "with a password all is sealed, without nothing");
  require(x.first_message.has_value() == (is_sealed && x.version == 1),
          "in version 1 the first message is the proof");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  input in{data, size};
  handshake_case how{in.byte()};
  auto pieces = in.byte();
  auto remote = how.is_honest ? how.conversation(in) : in.rest().to_bytes();
  auto at_once = talk(how, remote, 0);
  auto in_parts = talk(how, remote, pieces == 0 ? std::uint8_t{1} : pieces);
  require(at_once.stage == in_parts.stage && at_once.said == in_parts.said
            && at_once.code == in_parts.code,
          "it makes no difference how bytes arrive");
  if (at_once.stage == handshake::stage::done) {
    require(at_once.taken == in_parts.taken
              && at_once.result->features == in_parts.result->features
              && at_once.result->first_message
                   == in_parts.result->first_message,
            "nor to what is agreed on");
    check_result(how, *at_once.result);
  }
  return 0;
}
