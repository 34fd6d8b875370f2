#include "tools/meshd/process/mapped_code.hpp"

#include <fstream>
#include <string>

#include <link.h>
#include <sys/mman.h>
#include <unistd.h>

namespace meshd {

namespace {

bool is_traced() {
  std::ifstream in{"/proc/self/status"};
  for (std::string line; std::getline(in, line);)
    if (line.rfind("TracerPid:", 0) == 0)
      return line.find_first_of("123456789") != std::string::npos;
  return true;
}

// Whether the loader has changed the code, which then differs from the file.
bool has_changed_code(const dl_phdr_info& x, const ElfW(Phdr) & dynamic) {
  auto each = reinterpret_cast<const ElfW(Dyn)*>(x.dlpi_addr + dynamic.p_vaddr);
  for (; each->d_tag != DT_NULL; ++each)
    if (each->d_tag == DT_TEXTREL
        || (each->d_tag == DT_FLAGS && (each->d_un.d_val & DF_TEXTREL) != 0))
      return true;
  return false;
}

int unmap(dl_phdr_info* x, std::size_t, void*) {
  const auto end = x->dlpi_phdr + x->dlpi_phnum;
  for (auto each = x->dlpi_phdr; each != end; ++each)
    if (each->p_type == PT_DYNAMIC && has_changed_code(*x, *each))
      return 0;
  const auto page = static_cast<ElfW(Addr)>(sysconf(_SC_PAGESIZE));
  for (auto each = x->dlpi_phdr; each != end; ++each) {
    if (each->p_type != PT_LOAD || each->p_flags != (PF_R | PF_X))
      continue;
    const auto first = x->dlpi_addr + each->p_vaddr;
    const auto begin = first - first % page;
    madvise(reinterpret_cast<void*>(begin), first + each->p_memsz - begin,
            MADV_DONTNEED);
  }
  return 0;
}

} // namespace

void unmap_code() {
  if (!is_traced())
    dl_iterate_phdr(unmap, nullptr);
}

} // namespace meshd
