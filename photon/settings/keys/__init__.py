"""Keys: where they are looked for (`lookup`), and where Photon keeps them itself (`keyring_store`, `encrypted_store`)."""

from photon.settings.keys.lookup import (
    Key,
    KeyEntry,
    StoreName,
    check_name,
    find_key,
    has_key,
    key_source,
    list_keys,
    masked,
    remove_key,
    store_key,
    variable,
)

__all__ = [
    "Key",
    "KeyEntry",
    "StoreName",
    "check_name",
    "find_key",
    "has_key",
    "key_source",
    "list_keys",
    "masked",
    "remove_key",
    "store_key",
    "variable",
]
