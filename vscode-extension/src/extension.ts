// What happens when a .score file is opened.
import * as vscode from 'vscode';
import { createProject, createRules } from './beginning';
import { openImpact } from './impact';
import { Preview } from './preview';
import { Server } from './server';
import { Tests } from './tests';

let server: Server | undefined;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const output = vscode.window.createOutputChannel('Score', { log: true });
  server = new Server(context, output);
  const running = server;
  const command = (name: string, run: (...args: never[]) => unknown) => vscode.commands.registerCommand(name, run);
  const preview = new Preview(context, running);
  context.subscriptions.push(
    output,
    running,
    preview,
    new Tests(running),
    command('scoredsl.restart', () => running.restart()),
    command('scoredsl.install', () => running.install()),
    command('scoredsl.choosePython', () => running.choosePython()),
    command('scoredsl.showOutput', () => output.show()),
    command('scoredsl.newRules', createRules),
    command('scoredsl.newProject', () => createProject(running)),
    command('scoredsl.openPreview', () => preview.open()),
    command('scoredsl.explain', () => preview.explain()),
    command('scoredsl.chooseLog', () => preview.chooseLog()),
    command('scoredsl.openImpact', () => openImpact(running, preview.log)),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration('scoredsl.python')) {
        void running.restart();
      }
    }),
  );
  if (vscode.workspace.isTrusted) {
    await running.start();
  }
  context.subscriptions.push(vscode.workspace.onDidGrantWorkspaceTrust(() => running.start()));
}

export async function deactivate(): Promise<void> {
  await server?.stop();
}
