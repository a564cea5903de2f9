#include "lib/symbols/vdso_image.h"

#include <elf.h>
#include <sys/mman.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace simdprof {
namespace {

/// Bytes of our own memory in the "[vdso]" line of /proc/self/maps, read through /proc/self/mem.
Result<std::vector<std::byte>> read_own_vdso() {
  const auto maps = load_text("/proc/self/maps");
  if (!maps) return fail(maps.error());
  const std::size_t name = maps->find("[vdso]");
  if (name == std::string::npos) return fail(Errc::not_found, "this kernel maps no vdso");
  const std::size_t line = maps->rfind('\n', name) + 1;  // npos + 1 is 0: the first line
  const char* const end = maps->data() + maps->size();
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  const auto dash = std::from_chars(maps->data() + line, end, first, 16);
  if (dash.ec != std::errc{} || dash.ptr == end) return fail(Errc::malformed, "/proc/self/maps");
  if (std::from_chars(dash.ptr + 1, end, last, 16).ec != std::errc{} || last <= first) {
    return fail(Errc::malformed, "/proc/self/maps");
  }
  auto memory = open_to_read("/proc/self/mem");
  if (!memory) return fail(memory.error());
  std::vector<std::byte> bytes(last - first);
  if (lseek(memory->get(), static_cast<off_t>(first), SEEK_SET) < 0) return fail_errno(errno, "seek");
  const auto got = read_up_to(memory->get(), bytes);
  if (!got) return fail(got.error());
  bytes.resize(*got);
  return bytes;
}

}  // namespace

std::string running_release() {
  utsname names{};
  return uname(&names) == 0 ? names.release : "";
}

Result<UniqueFd> load_vdso() {
  const auto bytes = read_own_vdso();
  if (!bytes) return fail(bytes.error());
  UniqueFd file(memfd_create("vdso", MFD_CLOEXEC));
  if (!file.valid()) return fail_errno(errno, "memfd_create");
  if (auto status = write_all(file.get(), *bytes); !status) return fail(status.error());
  return file;
}

}  // namespace simdprof
