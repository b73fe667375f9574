#!/bin/sh
# Runs a packed program:  sh run.sh PROGRAM [ARGUMENT...]
# Needs no Node: the packed one is unpacked once, with xz or with Python's lzma.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
program=$1
shift
node="${TMPDIR:-/tmp}/l3m-node-$(cut -c1-16 "$here/node.sha256")"
if [ ! -x "$node" ]; then
  if command -v xz >/dev/null; then
    xz -dc "$here/node.xz" >"$node.$$"
  else
    python3 -c 'import lzma, shutil, sys; shutil.copyfileobj(lzma.open(sys.argv[1]), open(sys.argv[2], "wb"))' "$here/node.xz" "$node.$$"
  fi
  chmod +x "$node.$$"
  mv "$node.$$" "$node"
fi
exec "$node" --max-old-space-size=16384 "$here/programs/$program.mjs" "$@"
