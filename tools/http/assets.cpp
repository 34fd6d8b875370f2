#include "tools/http/assets.hpp"

#include <algorithm>

#include "tools/http/text.hpp"

namespace http {

namespace {

// Whether a file name ends with a digest of at least eight letters and digits,
// as in `name-0123abcd.js`.
bool has_digest(std::string_view path) {
  auto name = path.substr(0, path.rfind('.'));
  auto dash = name.rfind('-');
  if (dash == std::string_view::npos)
    return false;
  auto digest = name.substr(dash + 1);
  auto is_digit = [](char x) {
    return (x >= '0' && x <= '9') || (x >= 'a' && x <= 'z')
           || (x >= 'A' && x <= 'Z');
  };
  return digest.size() >= 8
         && std::all_of(digest.begin(), digest.end(), is_digit);
}

void serve(const asset& x, const request& from, const responder& to) {
  response answer;
  answer.headers = {{"ETag", std::string{x.etag}},
                    {"Vary", "Accept-Encoding"},
                    {"Cache-Control", has_digest(x.path)
                                        ? "public, max-age=31536000, immutable"
                                        : "no-cache"}};
  if (names_etag(from.header("if-none-match").value_or(""), x.etag)) {
    answer.status = 304;
    return to.send(std::move(answer));
  }
  answer.content_type = x.content_type;
  answer.static_body = x.identity;
  auto is_packed = !x.gzip.empty()
                   && accepts_gzip(from.header("accept-encoding").value_or(""));
  if (is_packed) {
    answer.static_body = x.gzip;
    answer.headers.emplace_back("Content-Encoding", "gzip");
  }
  to.send(std::move(answer));
}

} // namespace

void add_assets(router& to, asset_table assets) {
  route_options open;
  open.needs = access::none;
  open.is_page = true;
  for (std::size_t i = 0; i < assets.size; ++i) {
    const auto* x = assets.begin + i;
    auto f = [x](const request& from, const responder& back) {
      serve(*x, from, back);
    };
    to.add("GET", x->path, f, open);
    if (x->path == "/index.html")
      to.add("GET", "/", f, open);
  }
}

} // namespace http
