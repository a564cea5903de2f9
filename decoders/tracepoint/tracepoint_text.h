#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "decoders/tracepoint/print_format.h"
#include "lib/base/result.h"
#include "lib/base/units.h"

namespace simdprof {

/// What addresses of the recorded kernel are called.
class KernelNames {
 public:
  struct Function {
    std::string name;
    std::uint64_t offset = 0;  ///< of the address in it
  };
  KernelNames() = default;
  KernelNames(const KernelNames&) = delete;
  KernelNames& operator=(const KernelNames&) = delete;
  virtual ~KernelNames() = default;
  [[nodiscard]] virtual std::optional<Function> function_at(VirtAddr address) = 0;
};

/// Says what the raw bytes of a tracepoint's sample mean, in the words of the kernel's own format.
///
/// libtraceevent could do it, as it does for perf. It reads wherever a length in the sample points (perf 6.1 dies of
/// made samples of ras:arm_event), and takes `a - b + c` for `a - (b + c)`; a reader of foreign files may do neither.
/// The language of the formats is small: numbers, operators of C and a dozen helpers.
class TracepointText {
 public:
  /// @param long_bytes  of the recorded machine
  TracepointText(std::endian order, unsigned long_bytes) : order_(order), long_bytes_(long_bytes) {}

  /// @param text  of events/SYSTEM/NAME/format in tracefs
  /// @return what parse_tracepoint_format() says; limit for more than 8192 of them. A `print fmt` that is not
  ///         understood is no error: then append() shows the fields.
  Status add_format(std::string_view system, std::string_view text);
  /// @param text  of printk_formats in tracefs: the texts of kernel addresses, `0xffffffff81a2b3c4 : "rcu_sched"` a
  /// line
  void add_kernel_texts(std::string_view text);

  [[nodiscard]] std::endian order() const { return order_; }
  /// The format of a tracepoint, or nullptr.
  [[nodiscard]] const TracepointFormat* format(std::uint64_t id) const;
  /// Appends what the kernel's own trace would say, or `[FAILED TO PARSE] name=value ...` where its format is not
  /// understood or the bytes are too short for it; either is cut at 64 KiB.
  /// @return false where the format of the tracepoint is not known
  bool append(std::string& out, std::uint64_t id, std::span<const std::byte> raw, KernelNames& names) const;

 private:
  struct Known {
    TracepointFormat format;
    std::optional<PrintFormat> print;
  };
  std::endian order_;
  unsigned long_bytes_;
  std::map<std::uint64_t, Known> known_;
  std::size_t nodes_ = 0;  ///< of all their expressions
  std::map<VirtAddr, std::string> kernel_texts_;
};

}  // namespace simdprof
