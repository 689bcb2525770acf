// The first steps: a new rules file, or the starter project of `scoredsl init`.
import { execFile } from 'child_process';
import * as vscode from 'vscode';
import type { Server } from './server';

/** Makes an empty rules file where the user says, and opens it; one that is there is left as it is. */
export async function createRules(): Promise<void> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const uri = await vscode.window.showSaveDialog({
    title: 'Where shall the rules be kept?',
    defaultUri: folder && vscode.Uri.joinPath(folder, 'rules.score'),
    filters: { 'Scoring rules': ['score'] },
  });
  if (uri) {
    if (!(await exists(uri))) {
      await vscode.workspace.fs.writeFile(uri, new Uint8Array());
    }
    await vscode.window.showTextDocument(uri);
    await vscode.commands.executeCommand('editor.action.triggerSuggest');
  }
}

function exists(uri: vscode.Uri): Thenable<boolean> {
  return vscode.workspace.fs.stat(uri).then(() => true, () => false);
}

/** Writes the starter project into the open folder: rules, tests, a log, scoredsl.toml. */
export async function createProject(server: Server): Promise<void> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  if (!folder) {
    const open = 'Open a folder';
    const chosen = await vscode.window.showInformationMessage('A project is written into a folder: open one first.', open);
    if (chosen === open) {
      await vscode.commands.executeCommand('vscode.openFolder');
    }
    return;
  }
  const python = server.python;
  if (!python) {
    await server.start(); // says what to do
    return;
  }
  execFile(python, ['-P', '-m', 'scoredsl', 'init'], { cwd: folder.fsPath }, (problem, _, said) => {
    if (problem) {
      void vscode.window.showErrorMessage(said.trim().split('\n').at(-1)?.replace(/^Error: /, '') ?? String(problem));
    } else {
      void vscode.window.showTextDocument(vscode.Uri.joinPath(folder, 'rules.score'));
    }
  });
}
