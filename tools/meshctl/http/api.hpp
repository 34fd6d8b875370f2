#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "tools/meshctl/failure.hpp"
#include "tools/meshctl/http/event_parser.hpp"
#include "tools/meshctl/http/http_client.hpp"
#include "tools/meshctl/json.hpp"

namespace meshctl {

/// An error response.
class api_failure : public failure {
public:
  api_failure(unsigned status, json problem);

  unsigned status() const noexcept {
    return status_;
  }

  /// The JSON of the response. If the response is not JSON, it is not from
  /// meshd, and `is_discarded` of the result is true.
  const json& problem() const noexcept {
    return problem_;
  }

  std::string problem_code() const {
    return text_or_empty(problem_, "code");
  }

private:
  unsigned status_;
  json problem_;
};

exit_code code_of_status(unsigned status);

/// Calls meshd's API.
class api {
public:
  using headers = std::vector<std::pair<std::string, std::string>>;

  /// @param end the deadline of all calls and streams. Without a deadline, each
  ///        call has a limit of ten seconds, and streams have no limit.
  api(const endpoint& where, client_options options, const deadline& end);

  /// Sends a request.
  /// @throws api_failure if the status is 400 or above
  http_response call(http_request x);

  json get(const std::string& target);
  http_response post(const std::string& target, const json& body);
  http_response send_bytes(const std::string& method, const std::string& target,
                           std::string bytes, headers more = {});

  /// Opens a stream on a connection of its own. Passes its events to `on_event`
  /// until `on_event` returns false.
  /// @throws failure of exit_code::unreachable if meshd ends the stream
  void stream(const std::string& target, const event_parser::handler& on_event);

private:
  deadline end_of_call() const;

  endpoint where_;
  client_options options_;
  deadline end_;
  http_client client_;
};

} // namespace meshctl
