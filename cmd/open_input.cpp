#include "cmd/open_input.h"

#include <utility>

#include "lib/container/reader.h"

namespace simdprof::cmd {

Result<std::unique_ptr<RecordInput>> open_input(const std::string& path, Ledger& ledger) {
  auto container = ContainerReader::open(path, ledger);
  if (!container) return fail(container.error());
  return std::make_unique<ContainerReader>(std::move(*container));
}

}  // namespace simdprof::cmd
