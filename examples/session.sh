#!/bin/sh
# An afternoon in the shell. Run it in a checkout: sh examples/session.sh
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# One line of English. In a terminal the answer streams; here it goes into a file, whole or not at all.
photon ai suggest-path -o "$work/login.yaml" "POST /login with JWT response"

# The same question again comes from the cache: same bytes, no model.
photon ai suggest-path -q "POST /login with JWT response" | cmp - "$work/login.yaml"

# What the model itself wrote, before code made OpenAPI of it.
photon ai suggest-path -q --format sketch "POST /login with JWT response"

# A path that examples/orders.yaml lacks, as a document of its own that any OpenAPI tool can open.
photon ai suggest-path -q --scope document -o "$work/refund.yaml" \
    "POST /orders/{orderId}/refund with amount and reason, 409 if already refunded"

# Everything there is to know about an answer, for scripts.
photon ai suggest-path -q --json "DELETE /orders/{orderId}" > "$work/delete.json"
grep '"answered_by"' "$work/delete.json"

# Who could answer, and what is kept.
photon ai models --provider local
photon ai cache stats
