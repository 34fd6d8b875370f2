#pragma once

#include <string>
#include <vector>

#include "tools/meshctl/json.hpp"
#include "tools/meshctl/text/terminal_text.hpp"

namespace meshctl {

/// What `bench` has measured.
struct measurements {
  std::string from; ///< name of the sending peer
  std::string to;
  std::size_t size_bytes = 0;
  std::vector<double> latencies; ///< seconds
  std::size_t sent = 0;
  std::size_t received = 0;
  std::size_t congested = 0; ///< sends that were refused
  double sending_seconds = 0;
  double receiving_seconds = 0;
};

json bench_document(const measurements& x);
std::string render_bench(const json& document, const screen& to);

} // namespace meshctl
