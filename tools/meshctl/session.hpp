#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "tools/meshctl/http/api.hpp"
#include "tools/meshctl/json.hpp"
#include "tools/meshctl/output.hpp"

/// What commands share: the global options, the connection to meshd, and the
/// output.
namespace meshctl {

/// The options that every command has.
struct global_options {
  std::string address = "127.0.0.1:6784";
  std::string token_file;
  std::string ca_file;
  bool as_json = false;
  std::optional<std::chrono::milliseconds> timeout;
};

class session {
public:
  /// Renders a JSON document for people.
  using renderer = std::string (*)(const json&, const screen&);

  explicit session(global_options options);

  /// The API of the meshd at `--address`.
  api& meshd();

  /// The API of a meshd at another address. It uses the same token.
  std::unique_ptr<api> meshd_at(const std::string& address) const;

  output& out() {
    return out_;
  }
  bool as_json() const {
    return options_.as_json;
  }

  /// The deadline of the command; absent without `--timeout`.
  const deadline& end() const {
    return end_;
  }

  /// Prints a document as one line of JSON if the user asked for JSON,
  /// otherwise rendered for people.
  void show(const json& document, renderer render);

  /// Prints the document as JSON if the user asked for it, otherwise the text.
  void show(const json& document, const std::string& text);

  /// Makes text from peers safe to print on a terminal.
  std::string shown(const std::string& text) const;

private:
  client_options client() const;

  global_options options_;
  deadline end_;
  output out_;
  std::unique_ptr<api> meshd_;
};

/// Calls `holds` every `interval` until it returns true. A call counts as false
/// if meshd is unreachable, does not answer in time, or answers with a status
/// of 500 or above.
/// @param last_failure receives the failure that the last call threw; absent if
///        it threw none
/// @returns false after the deadline
bool poll_until(const deadline& until, std::chrono::milliseconds interval,
                std::optional<failure>& last_failure,
                const std::function<bool()>& holds);

/// @throws interrupted, output_closed
void pause_for(std::chrono::milliseconds x);

} // namespace meshctl
