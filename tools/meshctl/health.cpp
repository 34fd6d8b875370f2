#include "tools/meshctl/health.hpp"

namespace meshctl {

json get_health(api& from) {
  try {
    return from.get("/readyz");
  } catch (const api_failure& x) {
    if (x.status() != 503 || !x.problem().contains("reasons"))
      throw;
    return x.problem();
  }
}

} // namespace meshctl
