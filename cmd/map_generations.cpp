#include "cmd/map_generations.h"

#include <optional>
#include <variant>

namespace simdprof::cmd {
namespace {

/// The process whose mappings a record changes.
std::optional<Pid> changed_process(const Record& record) {
  if (const auto* mmap = std::get_if<MmapRecord>(&record.body)) {
    return mmap->kernel ? MapGenerations::kKernel : mmap->pid;
  }
  if (const auto* comm = std::get_if<CommRecord>(&record.body); comm != nullptr && comm->exec) return comm->pid;
  if (const auto* fork = std::get_if<ForkRecord>(&record.body); fork != nullptr && fork->pid != fork->parent_pid) {
    return fork->pid;
  }
  if (const auto* exit = std::get_if<ExitRecord>(&record.body); exit != nullptr && exit->pid == exit->tid) {
    return exit->pid;
  }
  if (std::holds_alternative<KsymbolRecord>(record.body)) return MapGenerations::kKernel;
  return std::nullopt;
}

}  // namespace

bool MapGenerations::changes_kernel(const Record& record) { return changed_process(record) == kKernel; }

bool MapGenerations::observe(const Record& record) {
  const auto pid = changed_process(record);
  if (!pid) return false;
  if (*pid == kKernel) {
    ++kernel_.generation;
    return true;
  }
  const std::uint32_t generation = ++generations_[*pid];
  if (*pid == last_.owner) last_.generation = generation;
  return true;
}

std::uint32_t MapGenerations::find(Pid owner) const {
  const auto found = generations_.find(owner);
  return found == generations_.end() ? 0 : found->second;
}

}  // namespace simdprof::cmd
