#pragma once

#include <string>

namespace meshctl {

/// What `doctor` says about an address that the node could not dial: the cause,
/// and what to do.
struct advice {
  const char* code;     ///< of the finding
  const char* severity; ///< `error`, `warning` or `note`
  const char* finding;
  const char* what_to_do;
};

/// The advice for an error.
/// @param error the text of the error, which consists of its name in `errc`, a
///        colon, and details
advice advice_for(const std::string& error);

} // namespace meshctl
