"""llama.cpp in this process, over the C bindings of llama-cpp-python."""
