// The panel "Impact of my changes": the report of `scoredsl diff` against the last commit, in the colours of the editor.
import * as vscode from 'vscode';
import { asRules, nonce } from './panels';
import type { Server } from './server';

type Answer = { readonly html: string } | { readonly error: string } | { readonly superseded: true };

/** The colours that the report asks for, as the editor has them. */
const THEME = `:root {
  --ground: var(--vscode-editor-background); --panel: var(--vscode-textCodeBlock-background);
  --ink: var(--vscode-editor-foreground); --faint: var(--vscode-descriptionForeground);
  --line: var(--vscode-panel-border, var(--vscode-contrastBorder)); --error: var(--vscode-errorForeground);
  --warning: var(--vscode-editorWarning-foreground); --note: var(--vscode-textLink-foreground);
  --good: var(--vscode-testing-iconPassed);
}
html { font-size: var(--vscode-font-size); }
body { font: 1rem/1.5 var(--vscode-font-family); padding: 0; }
main { max-width: 62rem; margin: 0; padding: 1rem 1.25rem 3rem; }`;

let panel: vscode.WebviewPanel | undefined;

/** Opens the report about the rules in the editor, on the log of the preview or of scoredsl.toml. */
export async function openImpact(server: Server, log: readonly string[]): Promise<void> {
  const rules = await asRules();
  if (!rules) {
    return;
  }
  const options = { location: vscode.ProgressLocation.Notification, title: 'Comparing with the last commit' };
  const asked = server.run<Answer>('scoredsl.impact', [{ uri: rules.toString(), log }]);
  const answer = await vscode.window.withProgress(options, () => asked);
  if (!answer) {
    void vscode.window.showErrorMessage('The language server does not run.');
  } else if ('error' in answer) {
    void vscode.window.showErrorMessage(answer.error);
  } else if ('html' in answer) {
    panel ??= makePanel();
    panel.webview.html = themed(answer.html);
    panel.reveal(undefined, true);
  }
}

function makePanel(): vscode.WebviewPanel {
  const place = { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true };
  const made = vscode.window.createWebviewPanel('scoredsl.impact', 'Impact of my changes', place, { enableFindWidget: true });
  made.onDidDispose(() => {
    panel = undefined;
  });
  return made;
}

/** The report, which has no script, with the editor's colours after its own. */
export function themed(html: string): string {
  const once = nonce();
  const policy = `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'nonce-${once}'">`;
  return html
    .replace('<head>', `<head>\n${policy}`)
    .replace('<style>', `<style nonce="${once}">`)
    .replace('</style>', `</style>\n<style nonce="${once}">${THEME}</style>`);
}
