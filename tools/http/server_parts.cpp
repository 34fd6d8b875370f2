#include "tools/http/server_parts.hpp"

#include <algorithm>
#include <cstddef>

namespace http {

void answer_counts::add(int status) {
  auto index = static_cast<std::size_t>(status - first);
  if (status >= first && index < counts_.size())
    ++counts_[index];
}

std::map<int, std::uint64_t> answer_counts::all() const {
  std::map<int, std::uint64_t> result;
  for (std::size_t i = 0; i < counts_.size(); ++i)
    if (auto number = counts_[i].load(); number > 0)
      result[first + static_cast<int>(i)] = number;
  return result;
}

server_parts::server_parts(server_options x)
    : options(std::move(x)), clients(options.limits),
      memory(std::make_shared<client_memory>(options.limits)), log(options.log),
      tokens_(std::make_shared<tokens>(std::string{}, std::string{}, key_)) {
  append_header(fixed_headers, "X-Content-Type-Options", "nosniff");
  for (const auto& each : options.headers)
    append_header(fixed_headers, each.first, each.second);
}

std::shared_ptr<const tokens> server_parts::current_tokens() const {
  std::lock_guard<std::mutex> guard{mutex_};
  return tokens_;
}

void server_parts::set_tokens(std::string read, std::string write) {
  std::shared_ptr<const tokens> x =
    std::make_shared<tokens>(std::move(read), std::move(write), key_);
  std::lock_guard<std::mutex> guard{mutex_};
  tokens_.swap(x);
}

void append_header(std::string& to, std::string_view name,
                   std::string_view value) {
  to.append(name).append(": ").append(value);
  std::replace_if(
    to.end() - static_cast<std::ptrdiff_t>(value.size()), to.end(),
    [](char x) { return static_cast<unsigned char>(x) < 0x20 || x == 0x7f; },
    ' ');
  to.append("\r\n");
}

} // namespace http
