// What panels share: a page that may load nothing but its own style and script, and which rules a command is about.
import * as crypto from 'crypto';
import * as vscode from 'vscode';

export function nonce(): string {
  return crypto.randomBytes(16).toString('base64');
}

/** A page whose content its script makes. Nothing else may be loaded or run, from nowhere. */
export function page(webview: vscode.Webview, style: vscode.Uri, script: vscode.Uri): string {
  const once = nonce();
  const policy = `default-src 'none'; style-src ${webview.cspSource}; script-src 'nonce-${once}'`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${style.toString()}">
<title>Score preview</title>
</head>
<body>
<main id="content"></main>
<script nonce="${once}" src="${script.toString()}"></script>
</body>
</html>`;
}

/** The rules file that a command is about: the one in the editor, else the one of the workspace that is chosen. */
export async function asRules(): Promise<vscode.Uri | undefined> {
  const active = vscode.window.activeTextEditor?.document;
  if (active?.languageId === 'score') {
    return active.uri;
  }
  const visible = vscode.window.visibleTextEditors.find((editor) => editor.document.languageId === 'score');
  if (visible) {
    return visible.document.uri;
  }
  const files = await vscode.workspace.findFiles('**/*.score', '**/{node_modules,.venv,venv}/**', 500);
  if (files.length <= 1) {
    if (files.length === 0) {
      void vscode.window.showInformationMessage('There are no rules here yet. "Score: New rules file" makes some.');
    }
    return files[0];
  }
  const items = files.map((uri) => ({ label: vscode.workspace.asRelativePath(uri), uri }));
  items.sort((one, other) => one.label.localeCompare(other.label));
  return (await vscode.window.showQuickPick(items, { title: 'Which rules?' }))?.uri;
}
