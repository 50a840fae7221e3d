#!/bin/sh
# A job for CI: each wish in a list becomes a file. Offline and always the same answer, so its output can be reviewed in a diff.
#   sh examples/ci.sh wishes.txt out/
set -eu
wishes=$1
out=$2
mkdir -p "$out"

number=0
while IFS= read -r wish; do
    [ -n "$wish" ] || continue
    number=$((number + 1))
    code=0
    photon ai suggest-path --provider local --no-failover -q -o "$out/$number.yaml" "$wish" || code=$?
    case $code in
        0) echo "$number.yaml: $wish" ;;
        2) echo "cannot be asked for: $wish" >&2 ;;   # two paths at once, or too long: the wish is at fault, go on
        *) echo "photon failed with $code" >&2; exit "$code" ;;
    esac
done < "$wishes"
