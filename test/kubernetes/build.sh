#!/usr/bin/env bash
# Builds the pinned etcd and kube-apiserver that `npm run test:kubernetes` uses, into a folder of the user's cache that is
# named after the pins.
set -euo pipefail
cd "$(dirname "$0")"

pins=$(cat build.sh go.mod go.sum | sha256sum | cut -c1-12)
folder=${XDG_CACHE_HOME:-$HOME/.cache}/athena-session-exporter/kubernetes-$pins
if [[ -e $folder/complete ]]; then exit 0; fi
if ! command -v go >/dev/null; then
  echo "skipping the build of etcd and kube-apiserver: Go is not installed" >&2
  exit 0
fi

rm -rf "$folder"
mkdir -p "$folder"
export CGO_ENABLED=0 GOFLAGS=-mod=readonly
version=$(go list -m -f '{{.Version}}' k8s.io/kubernetes)
IFS=. read -r major minor _ <<<"${version#v}"
# Helm compares the server's version with the chart's kubeVersion.
package=k8s.io/component-base/version
flags="-s -w -X $package.gitVersion=$version -X $package.gitMajor=$major -X $package.gitMinor=$minor"
go build -ldflags="$flags" -o "$folder/etcd" go.etcd.io/etcd/server/v3
go build -ldflags="$flags" -o "$folder/kube-apiserver" k8s.io/kubernetes/cmd/kube-apiserver
touch "$folder/complete"
