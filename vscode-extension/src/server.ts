// The language server: started with the Python that has it, started again when that changes.
import * as vscode from 'vscode';
import { ExecuteCommandRequest, LanguageClient, TransportKind, type Middleware } from 'vscode-languageclient/node';
import { provideCompletionItem } from './completing';
import { install } from './install';
import { asked, find, missing, type Found } from './python';

/** What features need of the server. */
export class Server implements vscode.Disposable {
  private client: LanguageClient | undefined;
  /** The Python of the server that runs. */
  python: string | undefined;
  private readonly status: vscode.LanguageStatusItem;
  private readonly began = new vscode.EventEmitter<void>();
  /** Fired whenever a server is ready, the first time and after each new start. */
  readonly onDidStart = this.began.event;
  /** Answers for commands of the server that a click on a lens asks for; by the command's name. */
  readonly instead = new Map<string, (args: unknown[]) => unknown>();

  constructor(
    private readonly context: vscode.ExtensionContext,
    private readonly output: vscode.LogOutputChannel,
  ) {
    this.status = vscode.languages.createLanguageStatusItem('scoredsl.server', { language: 'score' });
    this.status.name = 'scoredsl';
    this.status.command = { title: 'Choose a Python', command: 'scoredsl.choosePython' };
  }

  get isRunning(): boolean {
    return this.client?.isRunning() ?? false;
  }

  /** Looks for a Python with scoredsl and starts its server; says what to do where there is none. */
  async start(): Promise<void> {
    this.say('Looking for scoredsl', vscode.LanguageStatusSeverity.Information, true);
    const { found, looked } = await find(this.context);
    looked.forEach((line) => this.output.info(line));
    if (found) {
      await this.startWith(found);
    } else {
      this.say('scoredsl was not found', vscode.LanguageStatusSeverity.Error);
      void this.offerHelp(looked);
    }
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  async stop(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    this.python = undefined;
    await client?.dispose();
  }

  /** Runs a command of the server. Undefined where no server runs. */
  async run<T>(command: string, args: unknown[], cancelled?: vscode.CancellationToken): Promise<T | undefined> {
    const params = { command, arguments: args };
    return (await this.client?.sendRequest(ExecuteCommandRequest.type, params, cancelled)) as T | undefined;
  }

  private async startWith(found: Found): Promise<void> {
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
    const options = { cwd: folder, env: { ...process.env, PYTHONSAFEPATH: '1' } };
    const start = { command: found.python, args: ['-m', 'scoredsl', 'lsp'], transport: TransportKind.stdio, options };
    const middleware: Middleware = {
      provideCompletionItem,
      executeCommand: (command, args, next) => {
        const own = this.instead.get(command);
        return own ? own(args) : next(command, args);
      },
    };
    const client = new LanguageClient('scoredsl', 'Score', start, {
      documentSelector: [{ language: 'score' }],
      outputChannel: this.output,
      middleware,
    });
    this.client = client;
    try {
      await client.start();
    } catch (problem) {
      this.say(`The language server does not start: ${String(problem)}`, vscode.LanguageStatusSeverity.Error);
      return;
    }
    this.say(`scoredsl ${found.version}`, vscode.LanguageStatusSeverity.Information);
    this.status.detail = found.origin;
    this.python = found.python;
    void vscode.commands.executeCommand('setContext', 'scoredsl.running', true);
    this.began.fire();
  }

  private say(text: string, severity: vscode.LanguageStatusSeverity, busy = false): void {
    this.status.text = text;
    this.status.severity = severity;
    this.status.busy = busy;
    this.status.detail = undefined;
  }

  private async offerHelp(looked: string[]): Promise<void> {
    const installing = 'Install scoredsl';
    const choosing = 'Choose a Python…';
    const asking = 'Where was it looked for?';
    const chosen = await vscode.window.showWarningMessage(
      'The rules are not checked yet: no Python with scoredsl was found. It can be installed for this editor alone; ' +
        'nothing else on this computer changes.',
      installing,
      choosing,
      asking,
    );
    if (chosen === installing) {
      await this.install();
    } else if (chosen === choosing) {
      await this.choosePython();
    } else if (chosen === asking) {
      this.output.info(`Looked for scoredsl:\n  ${looked.join('\n  ')}`);
      this.output.show();
    }
  }

  /** Installs scoredsl and starts its server. A path in the settings is taken out: it had none. */
  async install(): Promise<void> {
    const python = await install(this.context, this.output);
    if (python) {
      const settings = vscode.workspace.getConfiguration('scoredsl');
      const stated = settings.inspect<string>('python');
      for (const [value, target] of [
        [stated?.workspaceValue, vscode.ConfigurationTarget.Workspace],
        [stated?.globalValue, vscode.ConfigurationTarget.Global],
      ] as const) {
        if (value) {
          await settings.update('python', undefined, target);
        }
      }
      await this.restart();
    }
  }

  /** Has the user point at a Python, and keeps it in the settings if it has scoredsl. */
  async choosePython(): Promise<void> {
    const title = 'Choose the Python that has scoredsl';
    const picked = await vscode.window.showOpenDialog({ title, openLabel: 'Use this Python', canSelectMany: false });
    const python = picked?.[0]?.fsPath;
    if (!python) {
      return;
    }
    const answer = await asked(python);
    if (!answer?.scoredsl || !answer.server) {
      void vscode.window.showErrorMessage(`This will not do: ${python} ${answer ? 'is ' : ''}${missing(answer)}.`);
      return;
    }
    const target = vscode.workspace.workspaceFolders ? vscode.ConfigurationTarget.Workspace : vscode.ConfigurationTarget.Global;
    await vscode.workspace.getConfiguration('scoredsl').update('python', python, target);
  }

  dispose(): void {
    this.status.dispose();
    this.began.dispose();
    void this.stop();
  }
}
