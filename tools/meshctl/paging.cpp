#include "tools/meshctl/paging.hpp"

#include <algorithm>

#include "tools/meshctl/text/encodings.hpp"

namespace meshctl {

listed read_pages(api& from, const std::string& path, const char* field,
                  const arguments& with, std::uint64_t most) {
  constexpr std::uint64_t page_size = 1000;
  listed result{json::array(), with.maybe("--after").value_or("")};
  json before;
  while (result.next.is_string() && result.next != before
         && result.items.size() < most) {
    before = result.next;
    auto page =
      from.get(path + "?limit="
               + std::to_string(std::min(page_size, most - result.items.size()))
               + "&prefix=" + percent_encoded(with.maybe("PREFIX").value_or(""))
               + "&after=" + percent_encoded(result.next.get<std::string>()));
    for (const auto& x : page.at(field))
      result.items.push_back(x);
    result.next = page.at("next");
  }
  return result;
}

} // namespace meshctl
