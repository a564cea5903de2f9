#include "cmd/aux_programs.h"

#include <algorithm>
#include <functional>
#include <set>
#include <utility>

#include "lib/symbols/dso.h"

namespace simdprof::cmd {
namespace {

constexpr const char* kKernelName = "[kernel.kallsyms]";

}  // namespace

RecordedPrograms::RecordedPrograms(SymbolOptions options)
    : options_(std::move(options)), maps_(options_.build_ids), kernel_(options_) {}

void RecordedPrograms::observe(const Record& record, std::int32_t cpu) {
  if (record.time_ns != kNoTime) last_ns_ = std::max(last_ns_, record.time_ns);
  const std::uint64_t time_ns = record.time_ns == kNoTime ? last_ns_ : record.time_ns;
  tasks_.observe(record, cpu, time_ns);
  maps_.observe(record, time_ns);
  kernel_.observe(record, time_ns);
}

void RecordedPrograms::finish() {
  maps_.finish();
  files_.emplace(options_, maps_.files());
}

AuxPrograms::Task RecordedPrograms::task(std::int32_t cpu, Tid tid, std::uint64_t time_ns) const {
  return tid >= 0 ? tasks_.of_thread(tid, time_ns) : tasks_.on_cpu(cpu, time_ns);
}

std::size_t RecordedPrograms::read_code(Pid pid, VirtAddr address, bool kernel, std::uint64_t time_ns,
                                        std::span<std::byte> out) const {
  if (kernel) return kernel_.read(address, time_ns, out);
  const AuxMapHistory::Entry* entry = maps_.find(pid, address, time_ns);
  if (entry == nullptr) return 0;
  const std::size_t size = static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), entry->end - address));
  // The vdso is one image: some kernels give its address as its offset.
  const bool vdso = map_kind(maps_.files()[entry->file].path) == MapKind::vdso;
  const FileOffset begin = vdso ? 0 : entry->file_offset;
  return files_->read(entry->file, begin + (address - entry->start), out.first(size));
}

std::uint64_t RecordedPrograms::code_holds_until(Pid pid, std::uint64_t time_ns) const {
  return std::min(maps_.next_change(pid, time_ns), kernel_.next_change(time_ns));
}

std::string RecordedPrograms::mapped_name(Pid pid, VirtAddr address, bool kernel, std::uint64_t time_ns) const {
  if (kernel) return kernel_.mapped_name(address);
  const AuxMapHistory::Entry* entry = maps_.find(pid, address, time_ns);
  return entry == nullptr ? std::string{} : maps_.files()[entry->file].path;
}

AuxErrorFilter RecordedPrograms::error_filter() const {
  std::set<std::string, std::less<>> told_once{kKernelName};
  for (const AuxMapHistory::File& file : maps_.files()) {
    if (file.before_vdso) told_once.insert(file.path);
  }
  return AuxErrorFilter(std::move(told_once));
}

std::vector<Resolver::Problem> RecordedPrograms::problems() const {
  std::vector<Resolver::Problem> problems;
  if (files_) problems = files_->problems();
  if (const std::string kernel = kernel_.problem(); !kernel.empty()) {
    problems.push_back({kKernelName, Unresolved::no_file, kernel});
  }
  return problems;
}

}  // namespace simdprof::cmd
