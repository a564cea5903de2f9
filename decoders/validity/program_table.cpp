#include "decoders/validity/program_table.h"

#include <functional>
#include <string_view>
#include <variant>

namespace simdprof {
namespace {

/// A mapping of a file with code in it, of a process of this machine.
bool is_program_file(const MmapRecord& map, std::uint16_t misc) {
  const unsigned mode = misc & abi::PERF_RECORD_MISC_CPUMODE_MASK;
  if (map.data || (mode != 0 && mode != abi::PERF_RECORD_MISC_USER)) return false;
  return map.path.starts_with("/") && !map.path.starts_with("//") && !map.path.starts_with("/memfd:");
}

std::uint64_t path_hash(std::string_view path) { return std::hash<std::string_view>{}(path) | 1U; }

}  // namespace

std::unordered_map<Pid, std::uint64_t>::iterator ProgramTable::place_of(Pid pid) {
  if (programs_.size() >= kMaxProcesses && programs_.find(pid) == programs_.end()) programs_.clear();
  return programs_.try_emplace(pid, 0).first;
}

void ProgramTable::observe(const Record& record) {
  if (const auto* map = std::get_if<MmapRecord>(&record.body)) {
    if (!is_program_file(*map, record.misc)) return;
    std::uint64_t& program = place_of(map->pid)->second;
    if (program == 0) program = path_hash(map->path);
  } else if (const auto* comm = std::get_if<CommRecord>(&record.body)) {
    if (comm->exec) place_of(comm->pid)->second = 0;
  } else if (const auto* fork = std::get_if<ForkRecord>(&record.body)) {
    if (fork->pid == fork->parent_pid) return;
    const auto parent = programs_.find(fork->parent_pid);
    const std::uint64_t program = parent == programs_.end() ? 0 : parent->second;
    place_of(fork->pid)->second = program;
  } else if (const auto* exit = std::get_if<ExitRecord>(&record.body)) {
    if (exit->pid == exit->tid) programs_.erase(exit->pid);
  }
}

bool ProgramTable::differ(Pid a, Pid b) const {
  const auto left = programs_.find(a), right = programs_.find(b);
  if (left == programs_.end() || right == programs_.end()) return false;
  return left->second != 0 && right->second != 0 && left->second != right->second;
}

}  // namespace simdprof
