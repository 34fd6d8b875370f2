#include "tools/meshd/api/exposure.hpp"

#include "tools/http/token_file.hpp"
#include "tools/meshd/settings/loopback.hpp"

namespace meshd {

namespace {

constexpr char unix_prefix[] = "unix:";
constexpr char localhost_prefix[] = "localhost:";

std::string read_token(const std::string& path, std::string& token) {
  if (path.empty())
    return {};
  if (auto wrong = http::read_token_file(path, token); !wrong.empty())
    return wrong;
  constexpr std::size_t shortest = 16;
  if (token.size() < shortest)
    return "the token in " + path
           + " has fewer than 16 characters; `openssl rand -hex 16` makes one";
  return {};
}

bool is_local(const std::string& address) {
  return address.rfind(unix_prefix, 0) == 0
         || address.rfind(localhost_prefix, 0) == 0 || is_loopback(address);
}

std::string check_exposure(const std::string& address,
                           const service_options& options) {
  if (address.empty() || is_local(address) || options.http_insecure)
    return {};
  if (options.http_cert.empty())
    return "HTTP on " + address
           + " would show tokens and data to the network: give http-cert and "
             "http-key for TLS, or http-insecure if the network is yours alone";
  if (options.token_file.empty())
    return "HTTP on " + address
           + " without a token would let the network use the API: give "
             "token-file, or http-insecure if the network is yours alone";
  return {};
}

} // namespace

std::string read_tokens(const service_options& options, std::string& read,
                        std::string& write) {
  if (auto wrong = read_token(options.token_file, write); !wrong.empty())
    return wrong;
  if (auto wrong = read_token(options.read_token_file, read); !wrong.empty())
    return wrong;
  if (!read.empty() && read == write)
    return "token-file and read-token-file have the same token, so that those "
           "who may only read could write";
  return {};
}

std::string check_tokens(const service_options& options) {
  std::string read, write;
  return read_tokens(options, read, write);
}

std::string check_exposure(const service_options& options) {
  for (const auto& address : {options.http, options.metrics})
    if (auto wrong = check_exposure(address, options); !wrong.empty())
      return wrong;
  return {};
}

} // namespace meshd
