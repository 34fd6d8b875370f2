#pragma once

#include <string>

namespace meshctl {

/// Explains why a target could not be dialled, for a finding of `doctor`.
struct advice {
  const char* code;     ///< of the finding
  const char* severity; ///< `error`, `warning` or `note`
  const char* finding;
  const char* what_to_do;
};

/// @param error the text of the error, which begins with its name and a colon
advice advice_for(const std::string& error);

} // namespace meshctl
