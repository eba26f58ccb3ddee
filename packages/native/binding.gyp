# One add-on for each instruction set, of the same files: whoever loads one takes the best that the processor has. Each is complete,
# so that no function of one can be taken for that of another. The kernels are copies, see install.js.
{
  "target_defaults": {
    "sources": ["<!@(node sources.js)"],
    "cflags": [
      "-std=gnu17", "-iquote", "<(module_root_dir)/kernels", "-pthread", "-fvisibility=hidden",
      "-ffreestanding", "-fno-math-errno", "-ffp-contract=off", "-fno-strict-aliasing", "-fwrapv",
      "-fomit-frame-pointer",
    ],
    "cflags!": ["-fno-omit-frame-pointer"],
    "ldflags": ["-pthread"],
    "xcode_settings": {
      "GCC_OPTIMIZATION_LEVEL": "3",
      "OTHER_CFLAGS": ["<@(_cflags)"],
    },
  },
  "conditions": [
    ["target_arch=='x64'", {
      "targets": [
        {"target_name": "sse2"},
        {"target_name": "avx2", "cflags": ["-mavx2", "-mfma"]},
        {"target_name": "avx512", "cflags": ["-mavx2", "-mfma", "-mavx512f", "-mavx512bw", "-mavx512dq", "-mavx512vl"]},
      ],
    }],
    ["target_arch=='arm64'", {"targets": [{"target_name": "neon"}]}],
  ],
}
