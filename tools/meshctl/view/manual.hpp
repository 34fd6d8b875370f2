#pragma once

#include <string>

#include "tools/meshctl/command.hpp"

namespace meshctl {

/// The manual page meshctl(1), in roff, as in `tools/meshctl/man/meshctl.1`.
std::string manual_page(const commands& all,
                        const std::vector<parameter>& globals);

} // namespace meshctl
