#pragma once

#include <map>
#include <memory>
#include <utility>

#include "tests/support/datagram_overlay.hpp"
#include "tests/support/mesh.hpp"

namespace cafmesh::test {

/// A mesh in memory whose nodes use the datagram overlay.
struct overlaid_mesh : mesh {
  /// The options of a node's overlay. They may be changed before `add_overlaid`
  /// or while the node runs.
  overlay_options& options(char letter) {
    auto& result = options_[letter];
    if (!result)
      result = std::make_shared<overlay_options>();
    return *result;
  }

  node& add_overlaid(char letter, settings config) {
    options(letter);
    auto& record = seen_[letter];
    record = std::make_shared<overlay_record>();
    overlays[letter] = spawn_datagram_overlay(
      system(), datagrams.open(config.host), options_[letter], record);
    auto& result = prepare(letter, std::move(config), overlays[letter]);
    result.start();
    return result;
  }
  node& add_overlaid(char letter) {
    return add_overlaid(letter, settings_for(letter));
  }

  void connect_two() {
    add_overlaid('a');
    add_overlaid('b');
    at('a').connect_to(at('b'));
    settle();
  }

  const overlay_record& seen(char letter) {
    return *seen_.at(letter);
  }
  /// Drops further datagrams from `from` to `to`.
  void lose_datagrams(char from, char to) {
    datagrams.block(at(from).host(), at(to).host());
  }
  void restore_datagrams(char from, char to) {
    datagrams.unblock(at(from).host(), at(to).host());
  }

  /// Sends a control message over the latest connection of `from`.
  reply<void> say(char from, overlay_tag tag, const std::string& text) {
    return ask<void>(seen(from).latest().asked.host,
                     send_overlay_control{tag, text_payload(text)});
  }

  memory_datagrams datagrams;
  std::map<char, overlay_actor> overlays;

private:
  std::map<char, std::shared_ptr<overlay_options>> options_;
  std::map<char, overlay_record_ptr> seen_;
};

} // namespace cafmesh::test
