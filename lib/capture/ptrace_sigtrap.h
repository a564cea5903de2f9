#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "lib/base/result.h"
#include "lib/base/units.h"
#include "lib/capture/ptrace_remote.h"

namespace simdprof {

/// Keeps a target alive should its tracer die: a SIGTRAP of a perf event that then arrives would kill it, unless
/// SIGTRAP is ignored. A traced thread stops for an ignored signal all the same, so nothing is lost by ignoring it.
///
/// Ours is told from the target's own SIG_IGN by a signal mask that means nothing for an ignored signal. While it is in
/// force the target sees SIG_IGN where it would see SIG_DFL, should it look; a SIGTRAP that it sends itself is
/// delivered as SIG_DFL would be.
///
/// The other way was a guardian process that outlives the recorder, attaches to the target and cleans up. It would come
/// too late for what matters: the kernel delivers the waiting SIGTRAP the moment the tracer is gone. It could only put
/// SIG_DFL back after a SIGKILL, and what kills the recorder (killall, the end of a session, a full memory) is apt to
/// kill it too. So a killed recorder leaves a target of -p with SIGTRAP ignored; the next recording of it knows the
/// mark and undoes it.
///
/// Limits. A target with a SIGTRAP handler of its own is not protected: one late SIGTRAP may run that handler. One that
/// sets SIG_DFL itself is not protected for the moment until Tracer::check_a_guard() sees it. One that sets SIG_IGN
/// itself and then, in the same process, executes a program has it ignored there no longer after the recording: its own
/// call is not seen (that would take a stop at each system call), and the exec wipes the mark. A shell that is started
/// by the recording finds SIGTRAP ignored, and such a shell sets no trap on it (POSIX). A thread that keeps SIGTRAP
/// blocked and takes it with sigwait or signalfd can be given one of ours, and a SIGTRAP that it sends to itself can
/// merge with one of ours.
class SigtrapGuard {
 public:
  /// `awaited`: SIG_DFL, and a SIGTRAP of the target's own waits (blocked, most likely), which to ignore would discard.
  enum class Disposition : std::uint8_t { by_default, awaited, ours, own_ignore, own_handler };

  explicit SigtrapGuard(RemoteCaller& remote) : remote_(remote) {}

  // All of these need the thread settled (or at a signal stop) and leave it at the return of a system call.

  /// SIG_DFL becomes ours; nothing else changes. @return what was there before
  Result<Disposition> protect(Tid tid);
  /// After an exec: the kernel has kept the ignoring but not the mark, and what is ignored there is what we had set.
  /// @return ours, or awaited: it is SIG_DFL now
  Result<Disposition> protect_new_program(Tid tid);
  /// @return not `awaited`: by_default then
  Result<Disposition> load(Tid tid);
  /// SIG_DFL again where it is ours.
  Status restore(Tid tid);
  /// Drops the SIGTRAP of a sample that waits in the thread's own queue, blocked or not, and nothing else.
  Status drop_sample(Tid tid);

 private:
  struct Action;
  struct Argument {
    std::uint64_t value = 0;
    bool is_word = false;  ///< the address of the word with that number
  };
  using Arguments = std::array<Argument, 4>;
  /// A system call with `words` in the thread's memory, which are what they are after it then.
  Result<std::int64_t> call(Tid tid, long number, Arguments arguments, std::span<std::uint64_t> words, bool at_entry);
  /// rt_sigaction(SIGTRAP, action, &old): a null action only reads. At the entry of a program the old one is not asked
  /// for (RemoteCaller::call_at_entry()), and what is given means nothing.
  Result<Action> exchange(Tid tid, const Action* action, bool at_entry = false);

  RemoteCaller& remote_;
};

}  // namespace simdprof
