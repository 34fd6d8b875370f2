#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "tests/scenarios/lies.hpp"
#include "tests/support/stranger.hpp"

namespace cafmesh::test {

/// A hostile member of the mesh. It dials some of the honest nodes and sends
/// them forged messages of its own making.
class liar {
public:
  static constexpr char letter = 's';

  /// @param honest the letters of the honest nodes, which are in `world`
  liar(mesh& world, std::string honest, std::uint64_t seed);

  /// Does one of the acts listed below, chosen at random.
  void act();
  /// Sends heartbeats. Also reads everything that has arrived, unless the liar
  /// has stopped reading for now.
  void listen();
  void leave();

  const std::string& what() const noexcept {
    return what_;
  }
  /// An upper bound on the number of peers that the honest nodes know through
  /// the liar, including the liar itself.
  std::size_t names() const {
    return 1 + told_.invented();
  }
  std::size_t dials() const noexcept {
    return dials_;
  }
  std::size_t messages() const noexcept {
    return messages_;
  }
  std::size_t bytes_sent() const noexcept {
    return bytes_;
  }
  /// The number of digests sent on the channel `topology`.
  std::size_t digests() const noexcept {
    return digests_;
  }
  /// The number of outlines and questions sent on the channel `map`.
  std::size_t outlines() const noexcept {
    return outlines_;
  }
  /// The host that the liar dials from, unless it poses as another peer.
  static std::string host();

private:
  using tag = wire::message_tag;

  // -- acts
  void forge_records();
  void make_up_peers();
  void flood();
  void say_junk();
  void forge_values();
  void ask_as_another();
  void speak_as_another();
  void name_channels();
  void spin_unicasts();
  void spin_broadcasts();
  void send_digests();
  void send_outlines();
  void flood_digests();
  void flood_outlines();
  void pose_as_another();
  void come_and_go();
  void toggle_reading();

  // -- helpers
  void converse(stranger& x);
  void announce_phantoms(std::size_t fewest, std::size_t more,
                         const std::function<std::size_t()>& nickname_size);
  void spin_messages(bool broadcasts);
  void queue_digest(stranger& to, tag what, byte_view data);
  void queue_outline(stranger& to, tag what, byte_view data, char destination);
  void connect(char to);
  stranger* any_connection();
  stranger* connection_to(char who);
  std::string reachable_letters() const;
  void queue(stranger& to, tag what, const std::string& channel, byte_view data,
             peer_name source, peer_name destination = {});
  void queue_records(stranger& to, const std::vector<peer_record>& xs);
  void push_all();
  std::string triangle();
  peer_name spin(const std::string& corners, bool broadcasts);
  peer_name named(char x) const;
  std::string any_channel();
  peer_uid life_of(char who);

  mesh& world_;
  std::string honest_;
  lies told_;
  std::map<char, std::unique_ptr<stranger>> connections_;
  std::unique_ptr<stranger> poser_; // uses an honest peer's name
  std::string what_;
  std::size_t dials_ = 0;
  std::size_t messages_ = 0;
  std::size_t bytes_ = 0;
  std::size_t digests_ = 0;
  std::size_t outlines_ = 0;
  std::uint64_t spun_ = 0;
  bool reads_ = true;
};

} // namespace cafmesh::test
