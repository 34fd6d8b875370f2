#include "tools/meshctl/view/next_page.hpp"

namespace meshctl {

std::string more_follow(const std::string& what, const json& document,
                        const screen& to) {
  auto next = text_or_empty(document, "next");
  if (next.empty())
    return {};
  return "More " + what + " follow; --after " + visible(next, to.has_utf8)
         + " shows them.\n";
}

} // namespace meshctl
