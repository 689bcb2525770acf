// One click installs scoredsl into an environment that is ours alone, so that no other Python is touched.
import { spawn } from 'child_process';
import * as vscode from 'vscode';
import { asked, candidates, ownEnvironment, pythonOf } from './python';

const OLDEST = [3, 11] as const;

/** Installs scoredsl, showing what is done. Gives the Python that has it now; undefined where that failed. */
export async function install(context: vscode.ExtensionContext, output: vscode.OutputChannel): Promise<string | undefined> {
  const base = await newEnough(context);
  if (!base) {
    const download = 'Get Python';
    const chosen = await vscode.window.showErrorMessage(
      `scoredsl needs Python ${OLDEST.join('.')} or newer, and none was found here. Install Python first, then try again.`,
      download,
    );
    if (chosen === download) {
      await vscode.env.openExternal(vscode.Uri.parse('https://www.python.org/downloads/'));
    }
    return undefined;
  }
  const wanted = vscode.workspace.getConfiguration('scoredsl').get<string>('package', 'scoredsl[lsp]');
  const environment = ownEnvironment(context);
  const python = pythonOf(environment);
  const options = { location: vscode.ProgressLocation.Notification, title: 'Installing scoredsl', cancellable: true };
  return vscode.window.withProgress(options, async (progress, cancelled) => {
    await vscode.workspace.fs.createDirectory(context.globalStorageUri);
    progress.report({ message: 'making a place for it' });
    const made = await run(base, ['-m', 'venv', '--clear', environment], output, cancelled);
    progress.report({ message: 'downloading, which takes a minute or two' });
    const pip = ['-m', 'pip', '--disable-pip-version-check', 'install', wanted];
    if (made && (await run(python, pip, output, cancelled))) {
      return python;
    }
    if (!cancelled.isCancellationRequested) {
      const details = 'Show what happened';
      void vscode.window.showErrorMessage('scoredsl could not be installed.', details).then((chosen) => {
        if (chosen === details) {
          output.show();
        }
      });
    }
    return undefined;
  });
}

/** A Python to make the environment with. */
async function newEnough(context: vscode.ExtensionContext): Promise<string | undefined> {
  for (const candidate of await candidates(context)) {
    const answer = await asked(candidate.python);
    const [major = 0, minor = 0] = (answer?.python ?? '').split('.').map(Number);
    if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) {
      return candidate.python;
    }
  }
  return undefined;
}

function run(command: string, args: string[], output: vscode.OutputChannel, cancelled: vscode.CancellationToken): Promise<boolean> {
  output.appendLine(`> ${command} ${args.join(' ')}`);
  return new Promise((resolve) => {
    const process = spawn(command, args);
    const listening = cancelled.onCancellationRequested(() => process.kill());
    process.stdout.on('data', (text) => output.append(String(text)));
    process.stderr.on('data', (text) => output.append(String(text)));
    process.on('error', (problem) => output.appendLine(String(problem)));
    process.on('close', (status) => {
      listening.dispose();
      resolve(status === 0);
    });
  });
}
