#include "decoders/validity/kernel_simd_symbols.h"

#include <algorithm>
#include <array>

namespace simdprof {
namespace {

/// Functions of the kernel that run between kernel_fpu_begin() and kernel_fpu_end(): START*END, by start and end.
/// Source: arch/x86/crypto, arch/x86/lib, lib/crypto/x86, lib/crc/x86, lib/raid6, include/asm/xor_*.h and
/// drivers/gpu/drm/amd/display of Linux 5.10 to 6.18.
struct Pattern {
  std::string_view start;
  std::string_view end;
};
constexpr std::array kPatterns = {
    Pattern{"aesni_", ""},
    Pattern{"_aesni_", ""},
    Pattern{"__aesni_", ""},
    Pattern{"aes_gcm_", ""},
    Pattern{"aes_xts_", ""},
    Pattern{"aes_xctr_", ""},
    Pattern{"aes_ctr", "_avx"},
    Pattern{"chacha", "_ssse3"},
    Pattern{"chacha", "_avx2"},
    Pattern{"chacha", "_avx512vl"},
    Pattern{"hchacha", "_ssse3"},
    Pattern{"poly1305_", "_avx"},
    Pattern{"poly1305_", "_avx2"},
    Pattern{"poly1305_", "_avx512"},
    Pattern{"sha1_", "_ssse3"},
    Pattern{"sha1_", "_avx"},
    Pattern{"sha1_", "_avx2"},
    Pattern{"sha1_ni_", ""},
    Pattern{"sha256_", "_ssse3"},
    Pattern{"sha256_", "_avx"},
    Pattern{"sha256_", "_rorx"},
    Pattern{"sha256_ni_", ""},
    Pattern{"sha512_", "_ssse3"},
    Pattern{"sha512_", "_avx"},
    Pattern{"sha512_", "_rorx"},
    Pattern{"sm3_transform_avx", ""},
    Pattern{"sm4_aesni_", ""},
    Pattern{"aria_aesni_", ""},
    Pattern{"camellia_", "_avx"},
    Pattern{"camellia_", "_avx2"},
    Pattern{"serpent_", "_avx"},
    Pattern{"serpent_", "_avx2"},
    Pattern{"twofish_", "_avx"},
    Pattern{"clmul_ghash_", ""},
    Pattern{"clmul_polyval_", ""},
    Pattern{"crc32_pclmul_le_", ""},
    Pattern{"crc_pcl", ""},
    Pattern{"crc_t10dif_pcl", ""},
    Pattern{"crc", "_pclmul_sse"},
    Pattern{"crc", "_vpclmul_avx2"},
    Pattern{"crc", "_vpclmul_avx512"},
    Pattern{"raid6_avx", ""},
    Pattern{"raid6_sse", ""},
    Pattern{"raid6_", "_ssse3"},
    Pattern{"raid6_", "_avx2"},
    Pattern{"raid6_", "_avx512"},
    Pattern{"xor_avx", ""},
    Pattern{"xor_sse", ""},
    Pattern{"blake2s_compress", "_ssse3"},
    Pattern{"blake2s_compress", "_avx512"},
    Pattern{"nh_avx2", ""},
    Pattern{"nh_sse2", ""},
    Pattern{"curve25519_", "_avx2"},
    Pattern{"dcn", "_fpu"},
    Pattern{"dml", "_fpu"},
};

}  // namespace

bool is_kernel_simd_symbol(std::string_view symbol) {
  // What the compiler appends to a name (".isra.0", ".cold") says nothing about the function.
  const std::string_view name = symbol.substr(0, symbol.find('.'));
  return std::any_of(kPatterns.begin(), kPatterns.end(), [name](const Pattern& pattern) {
    return name.size() >= pattern.start.size() + pattern.end.size() && name.starts_with(pattern.start) &&
           name.ends_with(pattern.end);
  });
}

}  // namespace simdprof
