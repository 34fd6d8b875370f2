#pragma once

#include <string>

#include "tools/meshctl/command.hpp"

namespace meshctl {

/// The page meshctl(1), in roff. `tools/meshctl/man/meshctl.1` is a copy.
std::string manual_page(const commands& all,
                        const std::vector<parameter>& globals);

} // namespace meshctl
