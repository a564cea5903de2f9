#pragma once

#include "decoders/validity/checked_sample.h"

/// Rules that need nothing but the sample: R1, R2, R3, R9, R10, R11, R12, R13.
namespace simdprof {

/// Whether any of these rules could speak of a sample of an event without vectors.
bool any_section_rule_speaks(const Sample& sample, const abi::EventAttr& attr, abi::Arch arch);

void judge_r1(const CheckedSample& checked, RuleHistory& history, FindingSink& out);
void judge_r2(const CheckedSample& checked, RuleHistory& history, FindingSink& out);
void judge_r3(const CheckedSample& checked, RuleHistory& history, FindingSink& out);
/// R9: remembers that the sample's event has user sets, if it has one.
void note_user_set(const Sample& sample, RuleHistory& history);
/// Of user-mode hits alone; what is counted by thread is in thread_rules.h.
void judge_r9(const CheckedSample& checked, RuleHistory& history, FindingSink& out);
void judge_r10(const CheckedSample& checked, RuleHistory& history, FindingSink& out);
void judge_r11(const CheckedSample& checked, RuleHistory& history, FindingSink& out);
void judge_r12(const CheckedSample& checked, RuleHistory& history, FindingSink& out);
void judge_r13(const CheckedSample& checked, RuleHistory& history, FindingSink& out);

}  // namespace simdprof
