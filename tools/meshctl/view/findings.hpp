#pragma once

#include <optional>
#include <string>

#include "tools/meshctl/json.hpp"
#include "tools/meshctl/text/terminal_text.hpp"

namespace meshctl {

/// The answers of meshd that `doctor` judges.
struct symptoms {
  json node;
  json health; ///< from /readyz
  json peers;  ///< the list from /v1/peers
  json connections;
  json refused; ///< the list from /v1/connections
  json targets;
  json channels;
  /// How many seconds the clock of meshd's machine is ahead of this machine's
  /// clock; absent if unknown.
  std::optional<double> clock_ahead_seconds;
};

/// Makes the list of findings. Each finding has a stable `code`, the severity
/// `error`, `warning` or `note`, a subject, a sentence about the subject, and
/// advice.
json doctor_document(const symptoms& x);
std::string render_findings(const json& document, const screen& to);

bool has_errors(const json& document);

} // namespace meshctl
