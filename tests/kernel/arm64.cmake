# Builds simdprof for arm64 on x86-64, against the libraries that lab_sysroot.py unpacks:
#
#   cmake -B build/arm64 -G Ninja -DCMAKE_BUILD_TYPE=Release -DSIMDPROF_TESTS=OFF -DCMAKE_TOOLCHAIN_FILE=tests/kernel/arm64.cmake \
#     -DSIMDPROF_SYSROOT=$(python3 -B tests/kernel/lab_sysroot.py $PWD/build/release/kernel-lab)
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_C_COMPILER aarch64-linux-gnu-gcc-12)
set(CMAKE_CXX_COMPILER aarch64-linux-gnu-g++-12)
set(SIMDPROF_SYSROOT "" CACHE PATH "Unpacked arm64 packages")
set(CMAKE_TRY_COMPILE_PLATFORM_VARIABLES SIMDPROF_SYSROOT)
set(CMAKE_SYSROOT ${SIMDPROF_SYSROOT})
set(CMAKE_LIBRARY_ARCHITECTURE aarch64-linux-gnu)
set(CMAKE_FIND_ROOT_PATH ${SIMDPROF_SYSROOT})
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
set(ENV{PKG_CONFIG_SYSROOT_DIR} ${SIMDPROF_SYSROOT})
set(ENV{PKG_CONFIG_LIBDIR} ${SIMDPROF_SYSROOT}/usr/lib/aarch64-linux-gnu/pkgconfig:${SIMDPROF_SYSROOT}/usr/share/pkgconfig)
# What the libraries themselves are linked with is found below the root too.
set(CMAKE_EXE_LINKER_FLAGS_INIT "-Wl,-rpath-link,${SIMDPROF_SYSROOT}/lib/aarch64-linux-gnu:${SIMDPROF_SYSROOT}/usr/lib/aarch64-linux-gnu")
