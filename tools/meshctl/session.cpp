#include "tools/meshctl/session.hpp"

#include "tools/http/token_file.hpp"
#include "tools/meshctl/http/waiting_socket.hpp"

namespace meshctl {

namespace {

std::string read_token(const std::string& path) {
  std::string result;
  if (auto wrong = http::read_token_file(path, result); !wrong.empty())
    throw failure{exit_code::usage, wrong};
  return result;
}

} // namespace

session::session(global_options options)
    : options_(std::move(options)),
      end_(options_.timeout ? in(*options_.timeout) : std::nullopt) {
}

client_options session::client() const {
  client_options result;
  result.ca_file = options_.ca_file;
  if (!options_.token_file.empty())
    result.token = read_token(options_.token_file);
  return result;
}

std::unique_ptr<api> session::meshd_at(const std::string& address) const {
  auto where = parse_endpoint(address);
  auto options = client();
  if (!options.token.empty() && !is_private(where))
    throw failure{exit_code::usage,
                  "the token would travel in clear to " + to_string(where),
                  "Use https://, a Unix socket, or a tunnel to a loopback "
                  "address."};
  return std::make_unique<api>(where, std::move(options), end_);
}

api& session::meshd() {
  if (!meshd_)
    meshd_ = meshd_at(options_.address);
  return *meshd_;
}

void session::show(const json& document, renderer render) {
  out_.write(as_json() ? to_line(document) + '\n'
                       : render(document, out_.current_screen()));
}

void session::show(const json& document, const std::string& text) {
  out_.write((as_json() ? to_line(document) : text) + '\n');
}

std::string session::shown(const std::string& text) const {
  return visible(text, out_.current_screen().has_utf8);
}

bool poll_until(const deadline& until, std::chrono::milliseconds interval,
                std::optional<failure>& last_failure,
                const std::function<bool()>& holds) {
  for (auto is_first = true;; is_first = false) {
    try {
      if (holds())
        return true;
      last_failure.reset();
    } catch (const api_failure& x) {
      if (x.status() < 500)
        throw;
      last_failure.emplace(x);
    } catch (const failure& x) {
      if (x.code() != exit_code::unreachable
          && x.code() != exit_code::timed_out)
        throw;
      // A call that the deadline cuts off says nothing about the mesh.
      if (is_first || x.code() != exit_code::timed_out || !is_over(until))
        last_failure.emplace(x);
    }
    if (is_over(until))
      return false;
    pause_for(interval);
  }
}

void pause_for(std::chrono::milliseconds x) {
  wait_until_ready(-1, 0, in(x));
}

} // namespace meshctl
