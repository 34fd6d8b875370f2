#include "tools/meshctl/http/api.hpp"

#include "tools/meshctl/text/command_names.hpp"

namespace meshctl {

namespace {

constexpr std::chrono::milliseconds usual_patience{10000};

std::string text_of(unsigned status, const json& problem) {
  auto detail = text_or_empty(problem, "detail");
  if (!detail.empty())
    return detail;
  auto title = text_or_empty(problem, "title");
  return "meshd answers with status " + std::to_string(status)
         + (title.empty() ? "" : ", " + title);
}

std::string advice_of(unsigned status, const json& problem) {
  auto hint = with_commands(text_or_empty(problem, "hint"));
  if (status == 401
      && (hint.empty() || text_or_empty(problem, "code") == "token_missing"))
    return "Give a token with --token-file or $MESHCTL_TOKEN_FILE.";
  if (hint.empty() && status == 412)
    return "The value on this node has changed; read it again.";
  return hint;
}

} // namespace

exit_code code_of_status(unsigned status) {
  switch (status) {
  case 404:
    return exit_code::not_found;
  case 412:
    return exit_code::precondition;
  case 504:
    return exit_code::timed_out;
  default:
    return exit_code::failed;
  }
}

api_failure::api_failure(unsigned status, json problem)
    : failure(code_of_status(status), text_of(status, problem),
              advice_of(status, problem)),
      status_(status), problem_(std::move(problem)) {
}

api::api(const endpoint& where, client_options options, const deadline& end)
    : where_(where), options_(std::move(options)), end_(end),
      client_(where_, options_) {
}

deadline api::end_of_call() const {
  return end_ ? end_ : in(usual_patience);
}

http_response api::call(http_request x) {
  auto result = client_.send(x, end_of_call());
  if (result.status >= 400)
    throw api_failure{result.status, json::parse(result.body, nullptr, false)};
  return result;
}

json api::get(const std::string& target) {
  return parse_answer(call({"GET", target, {}, {}}).body);
}

http_response api::post(const std::string& target, const json& body) {
  return call(
    {"POST", target, {{"Content-Type", "application/json"}}, to_line(body)});
}

http_response api::send_bytes(const std::string& method,
                              const std::string& target, std::string bytes,
                              headers more) {
  more.emplace_back("Content-Type", "application/octet-stream");
  return call({method, target, std::move(more), std::move(bytes)});
}

void api::stream(const std::string& target,
                 const event_parser::handler& on_event) {
  event_parser events;
  auto is_done = false, has_begun = false;
  http_client client{where_, options_};
  auto take = [&](std::string_view bytes) {
    has_begun = true;
    is_done = !events.feed(bytes, on_event);
    return !is_done;
  };
  http_response answer;
  try {
    answer = client.stream({"GET", target, {}, {}}, end_of_call(), end_, take);
  } catch (const failure& x) {
    if (has_begun && x.code() == exit_code::timed_out)
      throw failure{exit_code::timed_out, "the time of --timeout is over"};
    throw;
  }
  if (answer.status >= 400)
    throw api_failure{answer.status, json::parse(answer.body, nullptr, false)};
  if (!is_done)
    throw failure{exit_code::unreachable, "meshd has ended the stream",
                  target.rfind("/v1/channels/", 0) == 0
                    ? "It is stopping, or the channel was left."
                    : "It is stopping, or the token was withdrawn."};
}

} // namespace meshctl
