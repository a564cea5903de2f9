#include "lib/report/call_graph_text.h"

#include <iterator>
#include <string>

#include "lib/base/shown_text.h"
#include "lib/report/view.h"

namespace simdprof {
namespace {

constexpr std::size_t kMargin = 12;       // columns before the first '|'
constexpr std::size_t kBranchWidth = 10;  // columns from one '|' to the next, without the '|'

/// Draws lines of which each starts with the pipes of the branches that go on below it.
class GraphText {
 public:
  GraphText(const Profile& profile, const CallGraphOptions& options, std::uint64_t total_events,
            fmt::memory_buffer& out)
      : profile_(profile), options_(options), total_events_(total_events), out_(out) {}

  void draw(const std::vector<CallNode>& roots, const Weight& row_weight) {
    if (roots.empty()) return;
    std::string prefix(kMargin, ' ');
    const bool single = roots.size() == 1 && roots.front().weight == row_weight;
    if (!single) {
      draw_branches(roots, row_weight.period_events, prefix);
    } else {
      const CallNode& root = roots.front();
      line(prefix + "|", "");
      std::string lead = prefix + "---";
      prefix.append(3, ' ');
      for (const FrameId frame : root.run) {
        line(lead, name(frame));
        lead = prefix;
      }
      draw_branches(root.children, root.weight.period_events, prefix);
    }
    out_.push_back('\n');
  }

 private:
  /// @param above  weight of the node that the branches leave from
  void draw_branches(const std::vector<CallNode>& branches, std::uint64_t above, const std::string& prefix) {
    const bool of_total = options_.share == CallGraphOptions::Share::graph;
    for (std::size_t i = 0; i < branches.size(); ++i) {
      const CallNode& node = branches[i];
      const bool last = i + 1 == branches.size();
      line(prefix + "|", "");
      const double percent = percent_of(node.weight.period_events, of_total ? total_events_ : above);
      std::string lead = prefix + (last ? " " : "|") + fmt::format("--{:.2f}%--", percent);
      const std::string below = prefix + (last ? " " : "|") + std::string(kBranchWidth, ' ');
      for (const FrameId frame : node.run) {
        line(lead, name(frame));
        lead = below;
      }
      draw_branches(node.children, node.weight.period_events, below);
    }
  }

  [[nodiscard]] std::string name(FrameId id) const {
    const Frame& frame = profile_.frames.at(id);
    std::string text = frame_name(profile_.texts, frame);
    if (frame.inlined) text += " (inlined)";
    if (frame.srcline != 0) text += fmt::format(" {}", profile_.texts.text(frame.srcline));
    return text;
  }

  void line(std::string_view lead, std::string_view text) {
    out_.append(lead.data(), lead.data() + lead.size());
    append_shown(out_, text);
    out_.push_back('\n');
  }

  const Profile& profile_;
  const CallGraphOptions& options_;
  std::uint64_t total_events_;
  fmt::memory_buffer& out_;
};

}  // namespace

void render_call_graph(const Profile& profile, const std::vector<CallNode>& branches, const CallGraphOptions& options,
                       const Weight& row_weight, std::uint64_t total_events, fmt::memory_buffer& out) {
  GraphText(profile, options, total_events, out).draw(branches, row_weight);
}

}  // namespace simdprof
