#include <algorithm>
#include <memory>
#include <stdexcept>
#include <utility>

#include "actors/core/link/link.hpp"
#include "tools/benchmarks/micro/cases.hpp"

// Benchmarks of links: connections without their sockets.

namespace bench {

namespace {

using namespace cafmesh;

constexpr const char* channel = "measured";

crypto::handshake_config config_of(bool outbound, bool encrypted) {
  crypto::handshake_config result;
  result.outbound = outbound;
  wire::introduction self;
  self.name = peer_name::from_number(outbound ? 1 : 2);
  self.uid = peer_uid{7};
  result.features = wire::to_features(self);
  if (encrypted)
    result.passwords = std::make_shared<const std::vector<password>>(
      1, password{"correct horse battery staple"});
  return result;
}

class end {
public:
  end(bool outbound, bool encrypted)
      : link_(config_of(outbound, encrypted), crypto::key_pair::random(),
              name_flavour::mac) {
  }

  bool is_open() const noexcept {
    return link_.is_open();
  }
  void send(const outgoing& x, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i)
      if (link_.send(channel, x))
        throw std::runtime_error("a link does not send");
  }
  byte_view output() const noexcept {
    return link_.output();
  }
  void wrote_all() {
    link_.wrote(link_.output().size());
  }
  /// Reads `input` as if from a socket.
  /// @returns the number of messages.
  std::uint64_t receive(byte_view input) {
    std::uint64_t messages = 0;
    while (!input.empty()) {
      auto room = link_.read_room();
      auto part = input.sub(0, room.size);
      std::copy(part.begin(), part.end(), room.data);
      input = input.sub(part.size());
      messages += take(part.size());
    }
    return messages;
  }

private:
  std::uint64_t take(std::size_t size) {
    link_intake intake;
    if (link_.received(size, intake))
      throw std::runtime_error("a link does not understand the other");
    if (!link_.is_open() && link_.stage() == crypto::handshake::stage::done)
      link_.open();
    std::uint64_t messages = 0;
    for (auto& x : intake.channels)
      messages += x.messages.size();
    return messages;
  }

  link link_;
};

struct pair_of_ends {
  explicit pair_of_ends(bool encrypted)
      : dialler(true, encrypted), acceptor(false, encrypted) {
    while (!dialler.is_open() || !acceptor.is_open()) {
      pass(dialler, acceptor);
      pass(acceptor, dialler);
    }
    // One end may still have output of the introduction. That output is sent
    // before the first message that is measured.
  }
  static std::uint64_t pass(end& from, end& to) {
    auto output = from.output().to_bytes();
    from.wrote_all();
    return to.receive(output);
  }

  end dialler;
  end acceptor;
};

struct traffic_of {
  const char* label;
  std::size_t size;
  std::size_t count; // messages per round
};

outgoing message_of(std::size_t size) {
  outgoing result;
  result.tag = wire::message_tag::unicast;
  result.source = peer_name::from_number(1);
  result.destination = peer_name::from_number(2);
  result.data = payload{bytes(size)};
  return result;
}

micro_case make_case(const std::string& what, const traffic_of& x,
                     bool encrypted, std::function<round_of_work()> prepare) {
  return {what + " " + x.label + (encrypted ? " encrypted" : " plain"), x.count,
          x.count * x.size, std::move(prepare)};
}

micro_case out_case(const traffic_of& x, bool encrypted) {
  return make_case("link out", x, encrypted, [x, encrypted]() -> round_of_work {
    auto ends = std::make_shared<pair_of_ends>(encrypted);
    return [x, ends, message = message_of(x.size)] {
      ends->dialler.send(message, x.count);
      auto size = ends->dialler.output().size();
      ends->dialler.wrote_all();
      return std::uint64_t{size};
    };
  });
}

// Each round reads the same bytes, which is possible only without encryption.
micro_case in_case(const traffic_of& x) {
  return make_case("link in", x, false, [x]() -> round_of_work {
    auto ends = std::make_shared<pair_of_ends>(false);
    ends->dialler.send(message_of(x.size), x.count);
    return [ends, input = ends->dialler.output().to_bytes()] {
      return ends->acceptor.receive(input);
    };
  });
}

// An encrypted frame can be opened only once, so each round makes its own.
micro_case through_case(const traffic_of& x) {
  return make_case("link out and in", x, true, [x]() -> round_of_work {
    auto ends = std::make_shared<pair_of_ends>(true);
    return [x, ends, message = message_of(x.size)] {
      ends->dialler.send(message, x.count);
      auto messages = ends->acceptor.receive(ends->dialler.output());
      ends->dialler.wrote_all();
      return messages;
    };
  });
}

} // namespace

std::vector<micro_case> link_cases() {
  std::vector<micro_case> result;
  for (traffic_of x :
       {traffic_of{"64 B", 64, 500}, traffic_of{"1 KiB", 1024, 100},
        traffic_of{"64 KiB", 64 * 1024, 4}}) {
    result.push_back(out_case(x, false));
    result.push_back(out_case(x, true));
    result.push_back(in_case(x));
    result.push_back(through_case(x));
  }
  return result;
}

} // namespace bench
