{
  "targets": [
    {
      "target_name": "retis",
      "sources": [ "<!@(ls *.cpp)" ],
      "include_dirs": [ "<!(node -p \"require('node-addon-api').include_dir\")" ],
      "defines": [
        "NAPI_VERSION=9",
        "NAPI_CPP_EXCEPTIONS",
        # Otherwise a thread-safe function that is called while its environment ends aborts the process.
        "NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS"
      ],
      "cflags!": [ "-fno-exceptions", "-O3" ],
      "cflags_cc!": [ "-fno-exceptions", "-std=gnu++17" ],
      "cflags_cc": [ "-std=gnu++17", "-O2", "-fvisibility=hidden", "-Wall", "-Wextra", "-Wno-missing-field-initializers" ],
      "variables": { "archives": "<!(gcc -print-file-name=libbpf.a | xargs dirname)" },
      "libraries": [
        "<(archives)/libbpf.a",
        "<(archives)/libelf.a",
        "<(archives)/libpcap.a",
        "<(archives)/libz.a",
        "<(archives)/libzstd.a"
      ],
      # See runtime/addon/archive-members.cpp for the wrapped streams, kernel-btf.cpp for the functions.
      # Node exports a zlib of its own: the archives' symbols must bind to each other.
      "ldflags": [ "-Wl,--wrap=stdin", "-Wl,--wrap=stdout", "-Wl,--wrap=stderr", "-Wl,--wrap=btf__load_vmlinux_btf", "-Wl,--wrap=btf__free", "-Wl,--wrap=btf__find_by_name_kind", "-Wl,--exclude-libs,ALL", "-Wl,-Bsymbolic", "-Wl,--gc-sections" ]
    }
  ]
}
