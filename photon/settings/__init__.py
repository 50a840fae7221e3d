"""Where configuration comes from: the schema, its sources in their order, keys, and the folders Photon uses.

Each module is imported by its own name, because every command pays for what stands here: ``schema`` (what can be set),
``load`` (the effective settings and where each value came from), ``providers`` (one provider as the settings see it),
``keys`` (secrets), ``paths`` and ``files``.
"""
