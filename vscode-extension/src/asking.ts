// What the preview has to be told: which log, which lead.
import * as path from 'path';
import * as vscode from 'vscode';

const LOGS = ['csv', 'tsv', 'ndjson', 'jsonl', 'json', 'parquet', 'csv.gz', 'ndjson.gz', 'csv.zst', 'ndjson.zst'];
const MOST = 200;

interface Choice extends vscode.QuickPickItem {
  readonly files?: string[];
}

/** The files of a log; empty: those that scoredsl.toml names. Undefined where none was chosen. */
export async function askForLog(rules: vscode.Uri | undefined): Promise<string[] | undefined> {
  const beside = rules && vscode.Uri.joinPath(rules, '..');
  const project: Choice = { label: 'The log of the project', description: 'as scoredsl.toml says', files: [] };
  const other: Choice = { label: 'Another file…' };
  const choices: Choice[] = (await logsOfTheWorkspace()).map((uri) => ({
    label: path.basename(uri.fsPath),
    description: vscode.workspace.asRelativePath(vscode.Uri.joinPath(uri, '..')),
    files: [uri.fsPath],
  }));
  const chosen = await vscode.window.showQuickPick([project, ...choices, other], { title: 'Which log?' });
  if (chosen !== other) {
    return chosen?.files;
  }
  const picked = await vscode.window.showOpenDialog({
    title: 'Which log?',
    openLabel: 'Use this log',
    canSelectMany: true,
    defaultUri: beside,
    filters: { 'Event logs': LOGS, 'All files': ['*'] },
  });
  return picked?.map((uri) => uri.fsPath);
}

async function logsOfTheWorkspace(): Promise<vscode.Uri[]> {
  try {
    const found = await vscode.workspace.findFiles(`**/*.{${LOGS.join(',')}}`, '**/{node_modules,.venv,venv,.vscode}/**', MOST);
    return found.sort((one, other) => one.fsPath.localeCompare(other.fsPath));
  } catch {
    return []; // a workspace that cannot be searched
  }
}

/** A lead: one of those that are known, or any whose name is typed. */
export function askForLead(known: readonly string[]): Promise<string | undefined> {
  return new Promise((resolve) => {
    const pick = vscode.window.createQuickPick();
    pick.title = 'Explain a lead';
    pick.placeholder = 'Which lead? Its name as the log has it';
    const offer = () => {
      const typed = pick.value.trim();
      const labels = typed === '' || known.includes(typed) ? known : [...known, typed];
      pick.items = labels.map((label) => ({ label }));
    };
    offer();
    pick.onDidChangeValue(offer);
    pick.onDidAccept(() => {
      resolve(pick.selectedItems[0]?.label);
      pick.hide();
    });
    pick.onDidHide(() => {
      resolve(undefined);
      pick.dispose();
    });
    pick.show();
  });
}
