// Holds known values in every SIMD register while it spins, so that a recorded register can be checked lane for lane.
//
//   simd_patterns [--loop=user|syscall] [--width=xmm|ymm|zmm] [--threads=N] [--seconds=S] [--ftz]
//                 [--first=N] [--change=N] [--spins=N] [--read=FILE]
//
// Thread t (from 0, or from N with --first=N; with --change=N another N is added after every round) keeps, from the
// first to the last instruction of the spin function:
//   register i (0..15, with zmm 0..31), f64 lanes, base = 10000 * t:
//     lane 0   base + 1000 + i + 0.25      lane 1   -(base + 1000 + i + 0.5)     XMM
//     lane 2   base + 2000 + i + 0.25      lane 3   -(base + 2000 + i + 0.5)     upper half of YMM
//     lane 4   base + 3000 + i + 0.25      lane 5   -(base + 3000 + i + 0.5)     upper half of ZMM
//     lane 6   base + 4000 + i + 0.25      lane 7   -(base + 4000 + i + 0.5)
//   k0..k7     0x6b00000000000000 + 256 * t + number
//   r13 r14 r15   0x1300000000000000 + t, 0x1400000000000000 + t, 0x1500000000000000 + t
//   MXCSR      0x1f80, with --ftz 0x9fc0 (flush to zero, denormals are zero)
// --spins=N sets the turns of a round, --read=FILE what the syscall loop reads, in place of /dev/zero.
// With --width=xmm and AVX, VZEROUPPER comes first: the upper halves are then in INIT state.
//
// stdout: one line "spin FIRST END" (addresses of the spin function), "width W", one line "thread T TID" a thread,
// "cpu SECONDS" (CPU time of the process), last "intact N" with the number of rounds after which every register was
// read back and compared. A register that changed is named on stderr and the exit status is 2.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { kRegisters = 32, kLanes = 8, kMasks = 8, kGprs = 3, kMaxThreads = 512, kReadBytes = 16384 };

struct Block {
  double vector_in[kRegisters][kLanes];
  uint64_t mask_in[kMasks];
  double vector_out[kRegisters][kLanes];
  uint64_t mask_out[kMasks];
  uint64_t gpr_in[kGprs];
  uint64_t gpr_out[kGprs];
  uint64_t spins;         // iterations of the spin function in one round
  uint64_t zero_fd;       // /dev/zero
  unsigned char* buffer;  // kReadBytes
  uint32_t mxcsr_in;
  uint32_t mxcsr_out;
  uint32_t mxcsr_saved;
};

// The assembly below uses these offsets.
_Static_assert(offsetof(struct Block, mask_in) == 2048, "mask_in");
_Static_assert(offsetof(struct Block, vector_out) == 2112, "vector_out");
_Static_assert(offsetof(struct Block, mask_out) == 4160, "mask_out");
_Static_assert(offsetof(struct Block, gpr_in) == 4224, "gpr_in");
_Static_assert(offsetof(struct Block, gpr_out) == 4248, "gpr_out");
_Static_assert(offsetof(struct Block, spins) == 4272, "spins");
_Static_assert(offsetof(struct Block, zero_fd) == 4280, "zero_fd");
_Static_assert(offsetof(struct Block, buffer) == 4288, "buffer");
_Static_assert(offsetof(struct Block, mxcsr_in) == 4296, "mxcsr_in");
_Static_assert(offsetof(struct Block, mxcsr_out) == 4300, "mxcsr_out");
_Static_assert(offsetof(struct Block, mxcsr_saved) == 4304, "mxcsr_saved");

void spin_user(void);
void spin_user_end(void);
void spin_syscall(void);
void spin_syscall_end(void);
void hold_xmm_sse(struct Block* block, void (*spin)(void));
void hold_xmm_avx(struct Block* block, void (*spin)(void));
void hold_ymm(struct Block* block, void (*spin)(void));
void hold_zmm(struct Block* block, void (*spin)(void));

// The hold functions: fill the registers from the block (rbx), call the spin function (r12), store them again. Only the
// spin functions are checked against samples: in them, and only there, every register holds its pattern.
__asm__(
    ".text\n"
    ".macro begin_function name\n"
    ".globl \\name\n"
    ".type \\name, @function\n"
    ".balign 16\n"
    "\\name:\n"
    ".endm\n"
    ".macro end_function name\n"
    ".globl \\name\\()_end\n"
    "\\name\\()_end:\n"
    ".size \\name, . - \\name\n"
    ".endm\n"

    ".macro begin_hold name\n"
    "begin_function \\name\n"
    "  push %rbp\n"
    "  mov %rsp, %rbp\n"
    "  push %rbx\n"
    "  push %r12\n"
    "  push %r13\n"
    "  push %r14\n"
    "  push %r15\n"
    "  sub $8, %rsp\n"
    "  mov %rdi, %rbx\n"
    "  mov %rsi, %r12\n"
    "  stmxcsr 4304(%rbx)\n"
    "  ldmxcsr 4296(%rbx)\n"
    "  mov 4224(%rbx), %r13\n"
    "  mov 4232(%rbx), %r14\n"
    "  mov 4240(%rbx), %r15\n"
    ".endm\n"
    ".macro end_hold name\n"
    "  stmxcsr 4300(%rbx)\n"
    "  ldmxcsr 4304(%rbx)\n"
    "  mov %r13, 4248(%rbx)\n"
    "  mov %r14, 4256(%rbx)\n"
    "  mov %r15, 4264(%rbx)\n"
    "  add $8, %rsp\n"
    "  pop %r15\n"
    "  pop %r14\n"
    "  pop %r13\n"
    "  pop %r12\n"
    "  pop %rbx\n"
    "  pop %rbp\n"
    "  ret\n"
    "end_function \\name\n"
    ".endm\n"

    "begin_hold hold_xmm_sse\n"
    ".irp i,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15\n"
    "  movupd \\i*64(%rbx), %xmm\\i\n"
    ".endr\n"
    "  call *%r12\n"
    ".irp i,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15\n"
    "  movupd %xmm\\i, 2112+\\i*64(%rbx)\n"
    ".endr\n"
    "end_hold hold_xmm_sse\n"

    "begin_hold hold_xmm_avx\n"
    "  vzeroupper\n"
    ".irp i,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15\n"
    "  movupd \\i*64(%rbx), %xmm\\i\n"
    ".endr\n"
    "  call *%r12\n"
    ".irp i,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15\n"
    "  movupd %xmm\\i, 2112+\\i*64(%rbx)\n"
    ".endr\n"
    "end_hold hold_xmm_avx\n"

    "begin_hold hold_ymm\n"
    ".irp i,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15\n"
    "  vmovupd \\i*64(%rbx), %ymm\\i\n"
    ".endr\n"
    "  call *%r12\n"
    ".irp i,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15\n"
    "  vmovupd %ymm\\i, 2112+\\i*64(%rbx)\n"
    ".endr\n"
    "  vzeroupper\n"
    "end_hold hold_ymm\n"

    "begin_hold hold_zmm\n"
    ".irp i,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31\n"
    "  vmovupd \\i*64(%rbx), %zmm\\i\n"
    ".endr\n"
    ".irp i,0,1,2,3,4,5,6,7\n"
    "  kmovq 2048+\\i*8(%rbx), %k\\i\n"
    ".endr\n"
    "  call *%r12\n"
    ".irp i,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31\n"
    "  vmovupd %zmm\\i, 2112+\\i*64(%rbx)\n"
    ".endr\n"
    ".irp i,0,1,2,3,4,5,6,7\n"
    "  kmovq %k\\i, 4160+\\i*8(%rbx)\n"
    ".endr\n"
    "  vzeroupper\n"
    "end_hold hold_zmm\n"

    "begin_function spin_user\n"
    "  mov 4272(%rbx), %rax\n"
    "1: dec %rax\n"
    "  jnz 1b\n"
    "  ret\n"
    "end_function spin_user\n"

    // read(zero_fd, buffer, 16384) again and again: most of the time goes to the kernel.
    "begin_function spin_syscall\n"
    "  push %rbp\n"
    "  mov 4272(%rbx), %rbp\n"
    "1: xor %eax, %eax\n"
    "  mov 4280(%rbx), %rdi\n"
    "  mov 4288(%rbx), %rsi\n"
    "  mov $16384, %edx\n"
    "  syscall\n"
    "  dec %rbp\n"
    "  jnz 1b\n"
    "  pop %rbp\n"
    "  ret\n"
    "end_function spin_syscall\n");

enum Width { kXmm, kYmm, kZmm };

struct Options {
  int syscalls;
  enum Width width;
  unsigned threads;
  double seconds;
  int ftz;
  unsigned first;   // number of the first thread
  unsigned change;  // added to a thread's number after every round
  uint64_t spins;   // 0: the usual number
  const char* read;
};

struct Worker {
  pthread_t thread;
  unsigned number;
  unsigned long rounds;
  int changed;
  _Atomic int tid;
};

static struct Options options = {0, kXmm, 1, 2.0, 0, 0, 0, 0, "/dev/zero"};
static struct Worker workers[kMaxThreads];
static _Atomic int stop;

static unsigned lanes_held(void) { return options.width == kZmm ? 8 : options.width == kYmm ? 4 : 2; }
static unsigned registers_held(void) { return options.width == kZmm ? 32 : 16; }

static void fill(struct Block* block, unsigned thread) {
  const double base = 10000.0 * thread;
  for (unsigned i = 0; i < kRegisters; ++i) {
    for (unsigned lane = 0; lane < kLanes; lane += 2) {
      const double whole = base + 1000.0 * (lane / 2 + 1) + i;
      block->vector_in[i][lane] = whole + 0.25;
      block->vector_in[i][lane + 1] = -(whole + 0.5);
    }
  }
  for (unsigned i = 0; i < kMasks; ++i) block->mask_in[i] = 0x6b00000000000000ULL + 256ULL * thread + i;
  for (unsigned i = 0; i < kGprs; ++i) block->gpr_in[i] = ((0x13ULL + i) << 56) + thread;
  block->mxcsr_in = options.ftz ? 0x9fc0 : 0x1f80;
  block->spins = options.spins != 0 ? options.spins : options.syscalls ? 512 : 4000000;
}

// Names the first register that is not what it was.
static int differs(const struct Block* block, unsigned thread) {
  for (unsigned i = 0; i < registers_held(); ++i) {
    if (memcmp(block->vector_in[i], block->vector_out[i], lanes_held() * sizeof(double)) == 0) continue;
    fprintf(stderr, "simd_patterns: thread %u: vector register %u changed\n", thread, i);
    return 1;
  }
  if (options.width == kZmm && memcmp(block->mask_in, block->mask_out, sizeof block->mask_in) != 0) {
    fprintf(stderr, "simd_patterns: thread %u: opmask registers changed\n", thread);
    return 1;
  }
  if (memcmp(block->gpr_in, block->gpr_out, sizeof block->gpr_in) != 0) {
    fprintf(stderr, "simd_patterns: thread %u: r13..r15 changed\n", thread);
    return 1;
  }
  if (block->mxcsr_in != block->mxcsr_out) {
    fprintf(stderr, "simd_patterns: thread %u: MXCSR %#x became %#x\n", thread, block->mxcsr_in, block->mxcsr_out);
    return 1;
  }
  return 0;
}

static void* work(void* argument) {
  struct Worker* worker = argument;
  struct Block* block = aligned_alloc(64, (sizeof(struct Block) + 63) / 64 * 64);
  unsigned char* buffer = malloc(kReadBytes);
  const int fd = open(options.read, O_RDONLY);
  if (block == NULL || buffer == NULL || fd < 0) abort();
  memset(block, 0, sizeof *block);
  unsigned number = worker->number;
  fill(block, number);
  block->zero_fd = (uint64_t)fd;
  block->buffer = buffer;
  worker->tid = (int)syscall(SYS_gettid);
  void (*const spin)(void) = options.syscalls ? spin_syscall : spin_user;
  while (!stop && !worker->changed) {
    memset(block->vector_out, 0, sizeof block->vector_out);
    switch (options.width) {
      case kXmm:
        if (__builtin_cpu_supports("avx"))
          hold_xmm_avx(block, spin);
        else
          hold_xmm_sse(block, spin);
        break;
      case kYmm: hold_ymm(block, spin); break;
      case kZmm: hold_zmm(block, spin); break;
    }
    worker->changed = differs(block, number);
    ++worker->rounds;
    if (options.change != 0) fill(block, number += options.change);
  }
  close(fd);
  free(buffer);
  free(block);
  return NULL;
}

static int usage(const char* word) {
  fprintf(stderr, "simd_patterns: %s: not an option of this program or of this CPU\n", word);
  return 64;
}

static enum Width widest(void) {
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")) return kZmm;
  return __builtin_cpu_supports("avx") ? kYmm : kXmm;
}

static int parse(int argc, char** argv) {
  const enum Width most = widest();
  options.width = most;
  for (int i = 1; i < argc; ++i) {
    const char* word = argv[i];
    if (strcmp(word, "--loop=user") == 0)
      options.syscalls = 0;
    else if (strcmp(word, "--loop=syscall") == 0)
      options.syscalls = 1;
    else if (strcmp(word, "--ftz") == 0)
      options.ftz = 1;
    else if (strcmp(word, "--width=xmm") == 0)
      options.width = kXmm;
    else if (strcmp(word, "--width=ymm") == 0 && most >= kYmm)
      options.width = kYmm;
    else if (strcmp(word, "--width=zmm") == 0 && most >= kZmm)
      options.width = kZmm;
    else if (strncmp(word, "--threads=", 10) == 0)
      options.threads = (unsigned)atoi(word + 10);
    else if (strncmp(word, "--seconds=", 10) == 0)
      options.seconds = atof(word + 10);
    else if (strncmp(word, "--first=", 8) == 0)
      options.first = (unsigned)atoi(word + 8);
    else if (strncmp(word, "--change=", 9) == 0)
      options.change = (unsigned)atoi(word + 9);
    else if (strncmp(word, "--spins=", 8) == 0)
      options.spins = strtoull(word + 8, NULL, 10);
    else if (strncmp(word, "--read=", 7) == 0)
      options.read = word + 7;
    else
      return usage(word);
  }
  if (options.threads < 1 || options.threads > kMaxThreads) return usage("--threads");
  return 0;
}

int main(int argc, char** argv) {
  const int refused = parse(argc, argv);
  if (refused != 0) return refused;
  static const char* const kWidthNames[] = {"xmm", "ymm", "zmm"};
  printf("spin %p %p\n", options.syscalls ? (void*)spin_syscall : (void*)spin_user,
         options.syscalls ? (void*)spin_syscall_end : (void*)spin_user_end);
  printf("width %s\n", kWidthNames[options.width]);
  for (unsigned t = 0; t < options.threads; ++t) {
    workers[t].number = options.first + t;
    if (pthread_create(&workers[t].thread, NULL, work, &workers[t]) != 0) abort();
  }
  struct timespec left = {(time_t)options.seconds, (long)((options.seconds - (double)(time_t)options.seconds) * 1e9)};
  while (nanosleep(&left, &left) != 0 && errno == EINTR) {
  }
  stop = 1;
  unsigned long rounds = 0;
  int changed = 0;
  for (unsigned t = 0; t < options.threads; ++t) {
    pthread_join(workers[t].thread, NULL);
    printf("thread %u %d\n", workers[t].number, (int)workers[t].tid);
    rounds += workers[t].rounds;
    changed |= workers[t].changed;
  }
  struct timespec used;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  printf("cpu %.3f\n", (double)used.tv_sec + (double)used.tv_nsec * 1e-9);
  if (changed) return 2;
  printf("intact %lu\n", rounds);
  return 0;
}
