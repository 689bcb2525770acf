// Which Python has scoredsl: the settings, the folder, the Python extension, the PATH and our own, in this order.
import { execFile } from 'child_process';
import * as path from 'path';
import * as vscode from 'vscode';

/** A Python to be asked, and where it was found, in words. */
export interface Candidate {
  readonly python: string;
  readonly origin: string;
}

/** What a Python says of itself. Without `scoredsl` it does not have it; `server`: it has what the server needs. */
export interface Answer {
  readonly python: string;
  readonly scoredsl?: string;
  readonly server?: boolean;
}

export interface Found extends Candidate {
  readonly version: string;
}

const QUESTION = `
import json, sys
answer = {"python": sys.version.split()[0]}
try:
    import scoredsl
    from scoredsl import lsp
    answer["scoredsl"], answer["server"] = scoredsl.__version__, lsp.available()
except ImportError:
    pass
print(json.dumps(answer))
`;
const PATIENCE = 30_000;
const ON_WINDOWS = process.platform === 'win32';

/** The Python of a virtual environment. */
export function pythonOf(environment: string): string {
  return ON_WINDOWS ? path.join(environment, 'Scripts', 'python.exe') : path.join(environment, 'bin', 'python');
}

/** The environment that this extension makes for itself when it is asked to install scoredsl. */
export function ownEnvironment(context: vscode.ExtensionContext): string {
  return path.join(context.globalStorageUri.fsPath, 'python');
}

/** All Pythons to be asked, the most wanted first. A path in the settings is the only one then. */
export async function candidates(context: vscode.ExtensionContext): Promise<Candidate[]> {
  const folder = vscode.workspace.workspaceFolders?.[0];
  const stated = vscode.workspace.getConfiguration('scoredsl', folder).get<string>('python', '').trim();
  if (stated) {
    return [{ python: resolved(stated, folder), origin: 'the setting scoredsl.python' }];
  }
  const found: Candidate[] = [];
  for (const each of vscode.workspace.workspaceFolders ?? []) {
    for (const name of ['.venv', 'venv']) {
      found.push({ python: pythonOf(path.join(each.uri.fsPath, name)), origin: `${name} of the folder ${each.name}` });
    }
  }
  const chosen = await chosenInPythonExtension(folder?.uri);
  if (chosen) {
    found.push({ python: chosen, origin: 'the Python extension' });
  }
  for (const name of ON_WINDOWS ? ['python', 'py'] : ['python3', 'python']) {
    found.push({ python: name, origin: `${name} on the PATH` });
  }
  found.push({ python: pythonOf(ownEnvironment(context)), origin: 'the one that this extension has installed' });
  return found;
}

/** A path of the settings: `~` and `${workspaceFolder}` are known, and what is relative is so to the folder. */
function resolved(stated: string, folder: vscode.WorkspaceFolder | undefined): string {
  const home = process.env.HOME ?? process.env.USERPROFILE ?? '';
  const root = folder?.uri.fsPath ?? '';
  const full = stated.replace(/^~(?=$|[\\/])/, home).replaceAll('${workspaceFolder}', root);
  return /[\\/]/.test(full) && !path.isAbsolute(full) && root ? path.join(root, full) : full;
}

interface PythonExtension {
  readonly environments?: { getActiveEnvironmentPath(resource?: vscode.Uri): { path: string } | undefined };
}

async function chosenInPythonExtension(resource: vscode.Uri | undefined): Promise<string | undefined> {
  const extension = vscode.extensions.getExtension<PythonExtension>('ms-python.python');
  try {
    const api = await extension?.activate();
    return api?.environments?.getActiveEnvironmentPath(resource)?.path;
  } catch {
    return undefined; // it is theirs to say what is wrong with it
  }
}

/** What a Python answers; undefined where there is none, or it does not run. */
export function asked(python: string): Promise<Answer | undefined> {
  return new Promise((resolve) => {
    const environment = { ...process.env, PYTHONSAFEPATH: '1' };
    execFile(python, ['-c', QUESTION], { timeout: PATIENCE, env: environment }, (problem, output) => {
      try {
        resolve(problem ? undefined : (JSON.parse(output) as Answer));
      } catch {
        resolve(undefined);
      }
    });
  });
}

/** The first candidate that has scoredsl with its server, and what was found out about each that was asked. */
export async function find(context: vscode.ExtensionContext): Promise<{ found?: Found; looked: string[] }> {
  const looked: string[] = [];
  for (const candidate of await candidates(context)) {
    const answer = await asked(candidate.python);
    if (answer?.scoredsl && answer.server) {
      looked.push(`${candidate.python} (${candidate.origin}): scoredsl ${answer.scoredsl}`);
      return { found: { ...candidate, version: answer.scoredsl }, looked };
    }
    looked.push(`${candidate.python} (${candidate.origin}): ${missing(answer)}`);
  }
  return { looked };
}

/** Why a Python will not do, in words. */
export function missing(answer: Answer | undefined): string {
  if (!answer) {
    return 'is not there';
  }
  if (!answer.scoredsl) {
    return `Python ${answer.python} without scoredsl`;
  }
  return `scoredsl ${answer.scoredsl} without its language server (the extra "lsp")`;
}
