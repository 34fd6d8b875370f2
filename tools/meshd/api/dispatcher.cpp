#include "tools/meshd/api/dispatcher.hpp"

#include <algorithm>
#include <exception>
#include <fstream>
#include <utility>

namespace meshd {

namespace {

using texts = std::vector<std::string>;

int hex_digit(char x) {
  if (x >= '0' && x <= '9')
    return x - '0';
  if (x >= 'a' && x <= 'f')
    return x - 'a' + 10;
  if (x >= 'A' && x <= 'F')
    return x - 'A' + 10;
  return -1;
}

/// Percent-decodes text; throws a `problem`.
std::string decoded(std::string_view x, bool plus_is_space) {
  std::string result;
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (x[i] == '+' && plus_is_space) {
      result += ' ';
      continue;
    }
    if (x[i] != '%') {
      result += x[i];
      continue;
    }
    auto high = i + 2 < x.size() ? hex_digit(x[i + 1]) : -1;
    auto low = i + 2 < x.size() ? hex_digit(x[i + 2]) : -1;
    if (high < 0 || low < 0)
      throw problem{400, "bad_path", "A % is not followed by two digits.",
                    "Write %25 for a percent sign."};
    result += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return result;
}

texts split(std::string_view path) {
  texts result;
  for (std::size_t i = path.empty() ? 0 : 1; i <= path.size();) {
    auto end = std::min(path.find('/', i), path.size());
    result.emplace_back(path.substr(i, end - i));
    i = end + 1;
  }
  return result;
}

std::string path_of(const std::string& target) {
  return target.substr(0, target.find('?'));
}

bool is_param(const std::string& x) {
  return x.size() > 2 && x.front() == '{';
}

/// `name` for `{name}` and `{name...}`.
std::string param_name(const std::string& x) {
  auto end = x.find_first_of(".}");
  return x.substr(1, end - 1);
}

/// Compares in a time that depends on sizes only.
bool is_same_secret(std::string_view x, std::string_view y) {
  unsigned difference = x.size() == y.size() ? 0 : 1;
  for (std::size_t i = 0; i < std::min(x.size(), y.size()); ++i)
    difference |= static_cast<unsigned char>(x[i] ^ y[i]);
  return difference == 0;
}

std::string read_token(const std::string& path, std::string& token) {
  if (path.empty())
    return {};
  std::ifstream in{path};
  if (!in || !std::getline(in, token))
    return "cannot read a token from " + path;
  while (!token.empty() && (token.back() == '\r' || token.back() == ' '))
    token.pop_back();
  constexpr std::size_t shortest = 16;
  if (token.size() < shortest)
    return "the token in " + path
           + " has fewer than 16 characters; `openssl rand -hex 16` makes one";
  return {};
}

std::string lower(std::string x) {
  for (auto& c : x)
    c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  return x;
}

/// The request of a client, with its parameters.
class request : public exchange {
public:
  request(std::shared_ptr<incoming> from, header_list params,
          std::string_view query, bool may_write,
          std::shared_ptr<pending_requests> pending)
      : from_(std::move(from)), params_(std::move(params)),
        may_write_(may_write), pending_(std::move(pending)) {
    for (std::size_t i = 0; i < query.size();) {
      auto end = std::min(query.find('&', i), query.size());
      auto part = query.substr(i, end - i);
      auto equals = std::min(part.find('='), part.size());
      query_.emplace_back(
        decoded(part.substr(0, equals), true),
        decoded(part.substr(std::min(equals + 1, part.size())), true));
      i = end + 1;
    }
    ++pending_->count;
  }

  ~request() override {
    --pending_->count;
    if (!is_answered_ && !pending_->are_dropped)
      from_->reply(500, "text/plain", "no answer\n", {});
  }

  std::string param(const std::string& name) const override {
    return find(params_, name).value_or("");
  }
  std::optional<std::string> query(const std::string& name) const override {
    return find(query_, name);
  }
  std::optional<std::string> header(const std::string& name) const override {
    return from_->header(name);
  }
  const std::string& body() const override {
    return from_->body();
  }
  bool may_write() const override {
    return may_write_;
  }
  void reply(int status, const std::string& type, std::string body,
             const header_list& headers) override {
    if (!std::exchange(is_answered_, true))
      from_->reply(status, type, std::move(body), headers);
  }
  std::shared_ptr<event_sink> open_events() override {
    is_answered_ = true;
    return from_->open_events();
  }
  std::shared_ptr<socket_sink> open_socket() override {
    is_answered_ = true;
    return from_->open_socket();
  }

private:
  static std::optional<std::string> find(const header_list& xs,
                                         const std::string& name) {
    for (const auto& x : xs)
      if (x.first == name)
        return x.second;
    return std::nullopt;
  }

  std::shared_ptr<incoming> from_;
  header_list params_;
  header_list query_;
  bool may_write_;
  std::shared_ptr<pending_requests> pending_;
  bool is_answered_ = false;
};

/// Only for problems that are found before there is a request.
class refused : public exchange {
public:
  explicit refused(std::shared_ptr<incoming> from) : from_(std::move(from)) {
  }
  std::string param(const std::string&) const override {
    return {};
  }
  std::optional<std::string> query(const std::string&) const override {
    return {};
  }
  std::optional<std::string> header(const std::string&) const override {
    return {};
  }
  const std::string& body() const override {
    return from_->body();
  }
  bool may_write() const override {
    return false;
  }
  void reply(int status, const std::string& type, std::string body,
             const header_list& headers) override {
    from_->reply(status, type, std::move(body), headers);
  }
  std::shared_ptr<event_sink> open_events() override {
    return nullptr;
  }
  std::shared_ptr<socket_sink> open_socket() override {
    return nullptr;
  }

private:
  std::shared_ptr<incoming> from_;
};

} // namespace

void dispatcher::add(const std::string& method, const std::string& path,
                     handler f) {
  route x{method, split(path), false, std::move(f)};
  x.takes_rest = x.segments.back().find("...") != std::string::npos;
  routes_.push_back(std::move(x));
}

std::string dispatcher::read_tokens(const service_options& options) {
  std::string write, read;
  if (auto wrong = read_token(options.token_file, write); !wrong.empty())
    return wrong;
  if (auto wrong = read_token(options.read_token_file, read); !wrong.empty())
    return wrong;
  write_token_ = std::move(write);
  read_token_ = std::move(read);
  return {};
}

// Keeps out pages of other sites, which reach the service through a browser on
// this machine: by DNS rebinding, or by a request that needs no answer.
void dispatcher::check_host(const incoming& x) const {
  auto host = lower(x.header("host").value_or(""));
  auto colon = host.rfind(':');
  auto has_port =
    colon != std::string::npos && host.find(']', colon) == std::string::npos;
  auto name = has_port ? host.substr(0, colon) : host;
  auto port = has_port ? host.substr(colon + 1) : "";
  auto is_own_port = port == x.local_port()
                     || (port.empty()
                         && (x.local_port().empty() || x.local_port() == "80"
                             || x.local_port() == "443"));
  auto is_own = is_own_port && (name == "localhost" || name == x.local_host());
  auto is_allowed =
    std::find(allowed_hosts_.begin(), allowed_hosts_.end(), name)
    != allowed_hosts_.end();
  if (!is_own && !is_allowed)
    throw problem{421, "host_not_allowed",
                  "The Host header is not a name of this service.",
                  "Use the address that it listens on, or name the host in "
                  "http-allowed-hosts."};
  auto origin = x.header("origin");
  if (origin
      && lower(*origin) != (x.is_encrypted() ? "https://" : "http://") + host)
    throw problem{403,
                  "origin_not_allowed",
                  "The request comes from a page of another site.",
                  {}};
}

dispatcher::access dispatcher::access_of(const incoming& x) const {
  if (write_token_.empty())
    return access::write;
  constexpr std::string_view scheme = "Bearer ";
  auto header = x.header("authorization").value_or("");
  if (header.compare(0, scheme.size(), scheme) != 0)
    return access::none;
  auto given = std::string_view{header}.substr(scheme.size());
  if (is_same_secret(given, write_token_))
    return access::write;
  if (!read_token_.empty() && is_same_secret(given, read_token_))
    return access::read;
  return access::none;
}

void dispatcher::check_access(const incoming& x, access granted) const {
  auto path = path_of(x.target());
  auto is_open = path == "/livez" || path == "/readyz"
                 || (path != "/metrics" && path.rfind("/v1/", 0) != 0);
  if (is_open || granted == access::write
      || (granted == access::read && x.method() == "GET"))
    return;
  if (!x.header("authorization"))
    throw problem{401, "token_missing", "The request has no token.",
                  "Send the header: Authorization: Bearer TOKEN."};
  throw problem{403,
                "token_refused",
                granted == access::read ? "The token allows only reading."
                                        : "The token is not valid.",
                {}};
}

const dispatcher::route& dispatcher::find(const std::string& method,
                                          const std::string& path,
                                          header_list& params) const {
  auto segments = split(path);
  std::string others;
  for (const auto& x : routes_) {
    auto size = x.segments.size();
    if (x.takes_rest ? segments.size() < size : segments.size() != size)
      continue;
    params.clear();
    auto fits = true;
    for (std::size_t i = 0; i < size && fits; ++i)
      if (is_param(x.segments[i])) {
        auto value = segments[i];
        for (auto k = i + 1; i + 1 == size && k < segments.size(); ++k)
          value += "/" + segments[k];
        params.emplace_back(param_name(x.segments[i]), decoded(value, false));
      } else {
        fits = segments[i] == x.segments[i];
      }
    if (fits && x.method == method)
      return x;
    if (fits)
      others += (others.empty() ? "" : ", ") + x.method;
  }
  if (others.empty())
    throw problem{404, "no_such_path", "There is no such path.",
                  "GET /v1/openapi.json describes the paths."};
  throw problem{405, "method_not_allowed", others, {}};
}

std::optional<problem> dispatcher::refusal(const incoming& x) const {
  try {
    check_host(x);
    check_access(x, access_of(x));
    return std::nullopt;
  } catch (const problem& why) {
    return why;
  }
}

void dispatcher::dispatch(const std::shared_ptr<incoming>& x) {
  call early{std::make_shared<refused>(x)};
  try {
    auto target = x->target();
    auto path = path_of(target);
    header_list params;
    const auto& found = find(x->method(), path, params);
    auto query =
      std::string_view{target}.substr(std::min(path.size() + 1, target.size()));
    call one{std::make_shared<request>(
      x, std::move(params), query, access_of(*x) == access::write, pending_)};
    try {
      found.f(one);
    } catch (const problem& why) {
      one.fail(why);
    }
  } catch (const problem& why) {
    if (why.status != 405)
      return early.fail(why);
    problem shown{
      405, why.code, "The path has other methods: " + why.detail, {}};
    early->reply(405, "application/problem+json",
                 text_of(json_of(shown)) + "\n", {{"Allow", why.detail}});
  }
}

} // namespace meshd
