#pragma once

#include <fmt/format.h>

#include <functional>
#include <memory>
#include <optional>
#include <string_view>

#include "cmd/sample_groups.h"
#include "cmd/session.h"

namespace simdprof::cmd {

/// What the threads that load make of the samples of a run, for a verb that then sees them in the order of time.
struct WantedNotes {
  /// Writes what a verb can say of a sample without knowing what came before it. One thread at a time calls it: it may
  /// keep what it works with.
  using WriteText = std::function<void(const Sample& sample, fmt::memory_buffer& out)>;
  /// Makes one more of them. Called until the session ends, from several threads: what it gives must own what it uses.
  using MakeWriter = std::function<WriteText()>;

  std::optional<SampleGroups::Rules> groups{};  ///< which samples are alike
  MakeWriter writer{};                          ///< empty: no texts
  std::function<bool(const Sample&)> plain{};   ///< whether no rule speaks of it; likewise called from several threads
};

/// For Session::note_runs; empty when nothing is wanted.
Session::MakeNotes note_samples(WantedNotes wanted);

/// Of the sample that session.next() gave: its group; nullptr: it stands for itself, or groups were not wanted.
SampleGroups::Group* noted_group(const Session& session);
/// A text that holds until the next record, and what would keep it longer.
struct NotedText {
  std::string_view text;
  const std::shared_ptr<const void>* owner = nullptr;  ///< nullptr: nothing does
};
/// And its text; nothing: its run was not decoded ahead, and nothing was made.
std::optional<NotedText> noted_text(const Session& session);
/// Whether it was noted that no rule speaks of it.
bool noted_plain(const Session& session);

}  // namespace simdprof::cmd
