#include "lib/capture/event_open.h"

#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

namespace simdprof {

OpenedEvent open_event(const abi::EventAttr& attr, Pid pid, std::int32_t cpu, int group_fd) {
  abi::EventAttr passed = attr;  // the kernel writes its own size into it on E2BIG
  const long fd = ::syscall(SYS_perf_event_open, &passed, pid, cpu, group_fd, abi::PERF_FLAG_FD_CLOEXEC);
  OpenedEvent opened;
  if (fd >= 0) {
    opened.fd.reset(static_cast<int>(fd));
    return opened;
  }
  opened.error_number = errno;
  if (errno == E2BIG) opened.kernel_attr_size = passed.size;
  return opened;
}

Result<std::uint64_t> load_event_id(int event_fd) {
  std::uint64_t id = 0;
  if (::ioctl(event_fd, abi::PERF_EVENT_IOC_ID, &id) != 0) return fail_errno(errno, "cannot read the id of an event");
  return id;
}

}  // namespace simdprof
