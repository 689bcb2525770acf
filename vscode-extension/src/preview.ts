// The panel "Score preview": the rules as they stand in the editor on a log, worked out again while they are typed.
import * as path from 'path';
import * as vscode from 'vscode';
import { askForLead, askForLog } from './asking';
import { asRules, page } from './panels';
import type { Answer, Clicked, Line, Overview, Shown } from './panel/messages';
import type { Server } from './server';

const PAUSE = 350; // milliseconds without a change after which the preview is worked out again
const LOG_KEY = 'scoredsl.log';

export class Preview implements vscode.Disposable {
  private panel: vscode.WebviewPanel | undefined;
  private rules: vscode.Uri | undefined;
  private lead: string | undefined;
  private overview: Overview | undefined;
  private problem: string | undefined;
  private asked = 0; // runs that were asked for; an answer to any but the last one is late
  private updating = false;
  private missed = false; // the rules have changed while the panel was hidden
  private waiting: NodeJS.Timeout | undefined;
  private readonly disposables: vscode.Disposable[];

  constructor(
    private readonly context: vscode.ExtensionContext,
    private readonly server: Server,
  ) {
    this.disposables = [
      vscode.workspace.onDidChangeTextDocument((change) => {
        if (change.document.languageId === 'score' && change.contentChanges.length > 0) {
          this.updateSoon();
        }
      }),
      vscode.workspace.onDidSaveTextDocument((document) => {
        if (path.basename(document.uri.fsPath) === 'scoredsl.toml') {
          this.updateSoon();
        }
      }),
      vscode.window.onDidChangeActiveTextEditor((editor) => this.follow(editor)),
      server.onDidStart(() => this.updateSoon()),
    ];
  }

  /** The log that was chosen; where none was, scoredsl.toml says which. */
  get log(): string[] {
    return this.context.workspaceState.get<string[]>(LOG_KEY, []);
  }

  async open(uri?: vscode.Uri): Promise<void> {
    const rules = uri ?? (await asRules()) ?? this.rules;
    if (!rules) {
      return;
    }
    this.show(rules);
    const isNew = this.panel === undefined;
    this.panel ??= this.makePanel();
    this.panel.reveal(undefined, true);
    await this.update(isNew);
  }

  /** Asks for a lead, and explains it in the panel. */
  async explain(): Promise<void> {
    const lead = await askForLead(this.overview?.scores.at(-1)?.highest.map((each) => each.lead) ?? []);
    if (lead) {
      this.lead = lead;
      await this.open();
    }
  }

  /** Has the user choose a log; the preview and the impact of changes are about it from then on. */
  async chooseLog(): Promise<void> {
    const files = await askForLog(this.rules);
    if (files) {
      await this.context.workspaceState.update(LOG_KEY, files);
      await this.update();
    }
  }

  // ---- the panel

  private makePanel(): vscode.WebviewPanel {
    const place = { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true };
    const media = vscode.Uri.joinPath(this.context.extensionUri, 'media');
    const scripts = vscode.Uri.joinPath(this.context.extensionUri, 'dist');
    const options = { enableScripts: true, localResourceRoots: [media, scripts] };
    const panel = vscode.window.createWebviewPanel('scoredsl.preview', 'Score preview', place, options);
    panel.iconPath = vscode.Uri.joinPath(this.context.extensionUri, 'icons', 'file.svg');
    panel.webview.onDidReceiveMessage((clicked: Clicked) => this.clicked(clicked));
    panel.onDidDispose(() => {
      this.panel = undefined;
      clearTimeout(this.waiting);
    });
    panel.onDidChangeViewState(() => {
      if (panel.visible && this.missed) {
        this.updateSoon();
      }
    });
    panel.webview.html = page(
      panel.webview,
      panel.webview.asWebviewUri(vscode.Uri.joinPath(media, 'preview.css')),
      panel.webview.asWebviewUri(vscode.Uri.joinPath(scripts, 'preview.js')),
    );
    return panel;
  }

  private clicked(clicked: Clicked): unknown {
    switch (clicked.click) {
      case 'ready':
        return this.post();
      case 'choose log':
        return this.chooseLog();
      case 'mark':
        return this.update(true);
      case 'no lead':
        this.lead = undefined;
        return this.update();
      case 'lead':
        this.lead = clicked.lead;
        return this.update();
      case 'place':
        return this.goTo(clicked.file, clicked.line);
    }
  }

  private async goTo(file: string, line: number): Promise<void> {
    const selection = new vscode.Range(line - 1, 0, line - 1, 0);
    await vscode.window.showTextDocument(this.uriOf(file), { viewColumn: vscode.ViewColumn.One, selection });
  }

  /** The panel is about the rules in the editor; a file without scores, such as declarations, changes nothing. */
  private async follow(editor: vscode.TextEditor | undefined): Promise<void> {
    const document = editor?.document;
    if (!this.panel?.visible || document?.languageId !== 'score' || document.uri.toString() === this.rules?.toString()) {
      return;
    }
    const wanted = { uri: document.uri.toString(), log: this.log, top: 1 };
    const answer = await this.server.run<Answer>('scoredsl.preview', [wanted]);
    if (answer && !('superseded' in answer) && !('scores' in answer && answer.scores.length === 0)) {
      this.show(document.uri);
      await this.update();
    }
  }

  private show(rules: vscode.Uri): void {
    if (rules.toString() !== this.rules?.toString()) {
      this.rules = rules;
      this.overview = this.problem = undefined;
    }
  }

  // ---- the figures

  private updateSoon(): void {
    clearTimeout(this.waiting);
    this.missed = !this.panel?.visible;
    if (!this.missed) {
      this.waiting = setTimeout(() => void this.update(), PAUSE);
    }
  }

  /** Works the preview out again; `mark`: compared with the rules as they are now, from now on. */
  private async update(mark = false): Promise<void> {
    if (!this.panel || !this.rules) {
      return;
    }
    const number = ++this.asked;
    this.updating = true;
    this.post();
    const wanted = { uri: this.rules.toString(), log: this.log, lead: this.lead, mark };
    const answer = await this.server.run<Answer>('scoredsl.preview', [wanted]);
    if (number !== this.asked) {
      return;
    }
    this.updating = false;
    if (!answer) {
      this.problem = 'The language server does not run.';
    } else if ('error' in answer) {
      this.problem = answer.error;
      this.overview = answer.broken ? this.overview : undefined;
    } else if (!('superseded' in answer)) {
      this.problem = undefined;
      this.overview = await this.withRules(answer);
    }
    this.post();
  }

  /** The lines of a ledger with the rules that they are about: a rule says more than its place. */
  private async withRules(answer: Overview): Promise<Overview> {
    const { explanation } = answer;
    if (!explanation?.scores) {
      return answer;
    }
    const texts = new Map<string, vscode.TextDocument | undefined>();
    for (const file of new Set(explanation.scores.flatMap((ledger) => ledger.lines.map((line) => line.file)))) {
      if (file !== null) {
        texts.set(file, await vscode.workspace.openTextDocument(this.uriOf(file)).then((found) => found, () => undefined));
      }
    }
    const ruleOf = (line: Line) => {
      const text = line.file === null ? undefined : texts.get(line.file);
      return text && line.line !== null && line.line <= text.lineCount ? text.lineAt(line.line - 1).text.trim() : undefined;
    };
    const scores = explanation.scores.map((ledger) => ({
      ...ledger, lines: ledger.lines.map((line) => ({ ...line, rule: ruleOf(line) })),
    }));
    return { ...answer, explanation: { ...explanation, scores } };
  }

  /** A file as a ledger names it: from the folder of the rules, or absolute. */
  private uriOf(file: string): vscode.Uri {
    return path.isAbsolute(file) || !this.rules ? vscode.Uri.file(file) : vscode.Uri.joinPath(this.rules, '..', file);
  }

  private post(): void {
    const shown: Shown = {
      rules: this.rules ? vscode.workspace.asRelativePath(this.rules) : '',
      log: this.log.map((file) => path.basename(file)).join(', '),
      updating: this.updating,
      lead: this.lead ?? null,
      overview: this.overview ?? null,
      problem: this.problem ?? null,
    };
    void this.panel?.webview.postMessage(shown);
  }

  dispose(): void {
    clearTimeout(this.waiting);
    this.panel?.dispose();
    this.disposables.forEach((each) => each.dispose());
  }
}
