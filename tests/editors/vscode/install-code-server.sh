#!/usr/bin/env bash
# usage: install-code-server.sh DIR
# VS Code for a browser, and what drives the browser. Of the parts that would have to be compiled only argon2 is needed: there is no integrated
# terminal and no file search then. What `npm ci` leaves out is installed where code-server keeps VS Code.
set -euo pipefail
mkdir -p "$1"
cd "$1"
echo '{"private": true}' > package.json
npm install --ignore-scripts --no-audit --no-fund --silent code-server@4.99.3 playwright-core@1.65.1
npm rebuild --silent argon2
vscode=node_modules/code-server/lib/vscode
(cd "$vscode" && npm install --ignore-scripts --omit=dev --no-audit --no-fund --silent)
ln -sfn node_modules "$vscode/node_modules.asar"
touch .installed
