// Counts the words of a text on all peers of a mesh. The result is right even
// if one of the peers is killed during the count.
//
//   word_count                                  # helps to count
//   word_count --mesh.port=0 --mesh.peers=localhost
//   word_count --mesh.port=0 --mesh.peers=localhost --count < book.txt
//
// Every peer lets others spawn word counters on it. With `--count`, the program
// spawns a counter on each peer, itself included, and gives each counter one
// piece of the text at a time. If a counter is lost, another counter gets its
// piece. In the end, the program prints the ten most frequent words. The other
// peers end when their input ends.
#include <deque>
#include <iostream>
#include <limits>
#include <map>
#include <set>
#include <sstream>

#include <caf/all.hpp>
#include <cafmesh/all.hpp>

using namespace cafmesh;

namespace {

using word_counts = std::map<std::string, std::uint64_t>;

caf::behavior word_counter(caf::event_based_actor*) {
  return {[](const std::string& text) {
    word_counts result;
    std::istringstream in{text};
    for (std::string word; in >> word;)
      ++result[word];
    return result;
  }};
}

struct config : caf::actor_system_config {
  bool count = false;

  config() {
    add_options(*this);
    set("actors.spawnable", std::vector<std::string>{"word_counter"});
    opt_group{custom_options_, "global"}.add(count, "count",
                                             "count the words of the input");
    add_message_type<word_counts>("word_counts");
    add_actor_type("word_counter", word_counter);
  }
};

void show(const caf::error& why) {
  std::cerr << describe(why) + "\n";
}

/// Distributes pieces of text to the counters. Answers the message `get` with
/// the sum once all pieces are counted.
class coordinator : public caf::event_based_actor {
public:
  coordinator(caf::actor_config& cfg, directory_actor names)
      : event_based_actor(cfg), names_(std::move(names)) {
  }

  caf::behavior make_behavior() override {
    auto watcher = caf::actor_cast<name_watcher_actor>(this);
    send(names_, watch_names{"spawn:word_counter", false, watcher});
    return {
      [this](const names_changed& x) {
        for (const auto& each : x.gone)
          served_.erase(each.uid);
        for (const auto& each : x.published)
          if (served_.insert(each.uid).second) // new, not changed
            spawn_counter(each.peer);
      },
      [this](std::string& piece) {
        pieces_.push_back(std::move(piece));
        give_pieces();
      },
      [this](caf::get_atom) {
        whole_ = make_response_promise<word_counts>();
        give_pieces();
        return whole_;
      },
    };
  }

private:
  void spawn_counter(peer_name where) {
    request(names_, std::chrono::seconds{30},
            spawn_at(system(), where, "word_counter"))
      .then(
        [=](const caf::strong_actor_ptr& x) {
          std::cerr << "a counter at " + where.str() + "\n";
          give_piece(caf::actor_cast<caf::actor>(x));
        },
        show);
  }

  void give_piece(caf::actor counter) {
    idle_.push_back(std::move(counter));
    give_pieces();
  }

  void give_pieces() {
    for (; !pieces_.empty() && !idle_.empty(); ++being_counted_) {
      auto counter = std::move(idle_.front());
      auto piece = std::move(pieces_.front());
      idle_.pop_front();
      pieces_.pop_front();
      request(counter, caf::infinite, piece)
        .then(
          [=](const word_counts& part) {
            for (const auto& [word, count] : part)
              sum_[word] += count;
            --being_counted_;
            give_piece(counter);
          },
          [=](const caf::error& why) {
            show(why);
            pieces_.push_front(piece);
            --being_counted_;
            give_pieces();
          });
    }
    if (whole_.pending() && pieces_.empty() && being_counted_ == 0)
      whole_.deliver(sum_);
  }

  directory_actor names_;
  std::set<peer_uid> served_;      // UIDs of peers that got a counter
  std::deque<caf::actor> idle_;    // counters that have no piece
  std::deque<std::string> pieces_; // pieces without a counter
  std::size_t being_counted_ = 0;
  word_counts sum_;
  caf::typed_response_promise<word_counts> whole_;
};

void print_most_frequent(const word_counts& all) {
  std::multimap<std::uint64_t, std::string> sorted;
  for (const auto& [word, count] : all)
    sorted.emplace(count, word);
  auto i = sorted.rbegin();
  for (int n = 0; n < 10 && i != sorted.rend(); ++n, ++i)
    std::cout << i->first << ' ' << escaped(i->second) << std::endl;
}

void count_input(caf::scoped_actor& self, const directory_actor& names) {
  auto counting = self->spawn<coordinator>(names);
  std::string piece;
  for (std::string line; std::getline(std::cin, line);) {
    piece += line + '\n';
    if (piece.size() > 32 * 1024)
      self->send(counting, std::exchange(piece, {}));
  }
  self->send(counting, piece);
  self->request(counting, caf::infinite, caf::get_atom_v)
    .receive(print_most_frequent, show);
  self->send_exit(counting, caf::exit_reason::user_shutdown);
}

void caf_main(caf::actor_system& system, const config& options) {
  auto node = spawn_router(system, get_settings(options));
  auto names = node ? join_actors(system, *node) : node.error();
  if (!names) {
    show(names.error());
    std::quick_exit(EXIT_FAILURE);
  }
  caf::scoped_actor self{system};
  self->send(*node, start_mesh{});
  if (options.count)
    count_input(self, *names);
  else
    std::cin.ignore(std::numeric_limits<std::streamsize>::max());
  self->send(*node, stop_mesh{});
}

} // namespace

CAF_MAIN()
