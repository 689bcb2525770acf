// The view "Testing": every `test` of the rules files, run by the server, with what does not hold shown on its line.
import * as vscode from 'vscode';
import type { Server } from './server';

interface Range {
  readonly start: { readonly line: number; readonly character: number };
  readonly end: { readonly line: number; readonly character: number };
}

interface Listed {
  readonly uri: string;
  readonly tests: readonly { readonly name: string; readonly range: Range }[];
}

interface Result {
  readonly name: string;
  readonly uri: string;
  readonly range: Range;
  readonly passed: boolean;
  readonly failures: readonly { range: Range; expected: string; actual: string; ledger: string }[];
}

type Results = { readonly tests: readonly Result[] } | { readonly error: string };

const PAUSE = 300; // milliseconds without a change after which the tests of a file are listed again

/** Makes the list of tests, keeps it right, and runs tests from it and from the lenses. */
export class Tests implements vscode.Disposable {
  private readonly controller = vscode.tests.createTestController('scoredsl', 'Scoring rules');
  private readonly profile: vscode.TestRunProfile;
  private readonly waiting = new Map<string, NodeJS.Timeout>();
  private readonly continuous = new Set<vscode.TestRunRequest>();
  private readonly disposables: vscode.Disposable[];

  constructor(private readonly server: Server) {
    const kind = vscode.TestRunProfileKind.Run;
    this.profile = this.controller.createRunProfile('Run', kind, (request, cancelled) => this.asked(request, cancelled), true);
    this.profile.supportsContinuousRun = true;
    this.controller.refreshHandler = () => this.listAll();
    server.instead.set('scoredsl.runTest', ([uri, name]) => this.runNamed(String(uri), String(name)));
    server.instead.set('scoredsl.runTests', ([uri]) => this.runNamed(String(uri)));
    const files = vscode.workspace.createFileSystemWatcher('**/*.score');
    this.disposables = [
      this.controller,
      files,
      server.onDidStart(() => this.listAll()),
      files.onDidCreate((uri) => this.listSoon(uri)),
      files.onDidDelete((uri) => this.controller.items.delete(uri.toString())),
      files.onDidChange((uri) => this.listSoon(uri)),
      vscode.workspace.onDidOpenTextDocument((document) => this.changed(document)),
      vscode.workspace.onDidChangeTextDocument((change) => this.changed(change.document)),
    ];
  }

  // ---- the list

  private async listAll(): Promise<void> {
    const files = (await this.server.run<Listed[]>('scoredsl.listTests', [])) ?? [];
    const items = files.map((file) => this.itemOf(file));
    this.controller.items.replace(items);
    const open = vscode.workspace.textDocuments.filter((document) => document.languageId === 'score');
    await Promise.all(open.map((document) => this.list(document.uri)));
  }

  private changed(document: vscode.TextDocument): void {
    if (document.languageId === 'score') {
      this.listSoon(document.uri);
    }
  }

  private listSoon(uri: vscode.Uri): void {
    const key = uri.toString();
    clearTimeout(this.waiting.get(key));
    this.waiting.set(key, setTimeout(() => void this.listAndGoOn(uri), PAUSE));
  }

  private async listAndGoOn(uri: vscode.Uri): Promise<void> {
    this.waiting.delete(uri.toString());
    await this.list(uri);
    for (const request of this.continuous) {
      await this.run(new vscode.TestRunRequest(request.include, request.exclude, this.profile, true));
    }
  }

  private async list(uri: vscode.Uri): Promise<void> {
    const [file] = (await this.server.run<Listed[]>('scoredsl.listTests', [uri.toString()])) ?? [];
    if (file && file.tests.length > 0) {
      this.controller.items.add(this.itemOf(file));
    } else {
      this.controller.items.delete(uri.toString());
    }
  }

  /** The item of a file; the items of its tests stay the same ones, so that what is known of them stays. */
  private itemOf(file: Listed): vscode.TestItem {
    const uri = vscode.Uri.parse(file.uri);
    const id = uri.toString();
    const label = vscode.workspace.asRelativePath(uri);
    const item = this.controller.items.get(id) ?? this.controller.createTestItem(id, label, uri);
    const times = new Map<string, number>();
    item.children.replace(
      file.tests.map(({ name, range }) => {
        const nth = (times.get(name) ?? 0) + 1; // two tests may have one name
        times.set(name, nth);
        const key = `${name}#${nth}`;
        const test = item.children.get(key) ?? this.controller.createTestItem(key, name, uri);
        test.range = rangeOf(range);
        return test;
      }),
    );
    return item;
  }

  // ---- runs

  private async asked(request: vscode.TestRunRequest, cancelled: vscode.CancellationToken): Promise<void> {
    if (request.continuous) {
      this.continuous.add(request);
      cancelled.onCancellationRequested(() => this.continuous.delete(request));
    }
    await this.run(request);
  }

  /** The tests of a click on a lens: the ones of a name, or all of a file. */
  private async runNamed(address: string, name?: string): Promise<void> {
    const uri = vscode.Uri.parse(address);
    await this.list(uri);
    const file = this.controller.items.get(uri.toString());
    const tests = file ? [...file.children].map(([, test]) => test).filter((test) => !name || test.label === name) : [];
    if (tests.length > 0) {
      await this.run(new vscode.TestRunRequest(tests, undefined, this.profile));
    }
  }

  /** Runs what is asked for: the tests of a file together, one by one where only some of them are wanted. */
  private async run(request: vscode.TestRunRequest): Promise<void> {
    const run = this.controller.createTestRun(request);
    const wanted = this.wanted(request);
    for (const tests of wanted.values()) {
      tests.forEach((test) => run.started(test));
    }
    for (const [file, tests] of wanted) {
      const names = [...new Set(tests.map((test) => test.label))];
      const every = tests.length === file.children.size;
      for (const name of every ? [undefined] : names) {
        const begin = Date.now();
        const asked = name === undefined ? [file.id] : [file.id, name];
        const results = await this.server.run<Results>('scoredsl.testResults', asked);
        const these = tests.filter((test) => name === undefined || test.label === name);
        these.forEach((test) => report(run, test, results, (Date.now() - begin) / these.length));
      }
    }
    run.end();
  }

  private wanted(request: vscode.TestRunRequest): Map<vscode.TestItem, vscode.TestItem[]> {
    const found = new Map<vscode.TestItem, vscode.TestItem[]>();
    const include = request.include ?? [...this.controller.items].map(([, item]) => item);
    for (const item of include) {
      const tests = item.parent ? [item] : [...item.children].map(([, test]) => test);
      const file = item.parent ?? item;
      const kept = tests.filter((test) => !request.exclude?.some((each) => each === test || each === file));
      found.set(file, [...(found.get(file) ?? []), ...kept]);
    }
    return found;
  }

  dispose(): void {
    this.waiting.forEach((each) => clearTimeout(each));
    this.disposables.forEach((each) => each.dispose());
  }
}

function rangeOf({ start, end }: Range): vscode.Range {
  return new vscode.Range(start.line, start.character, end.line, end.character);
}

function report(run: vscode.TestRun, test: vscode.TestItem, results: Results | undefined, took: number): void {
  if (!results || 'error' in results) {
    run.errored(test, new vscode.TestMessage(results?.error ?? 'The language server does not run.'));
    return;
  }
  const line = test.range?.start.line;
  const here = (each: Result) => vscode.Uri.parse(each.uri).toString() === test.uri?.toString() && each.range.start.line === line;
  const result = results.tests.find((each) => each.name === test.label && here(each));
  if (!result) {
    run.skipped(test);
  } else if (result.passed) {
    run.passed(test, took);
  } else {
    run.failed(test, result.failures.map((failure) => message(test, failure)), took);
  }
}

/** What was expected and what came; below it the ledger, for whoever opens the message. */
function message(test: vscode.TestItem, failure: Result['failures'][number]): vscode.TestMessage {
  const said = `Expected ${failure.expected}, but ${failure.actual}.`;
  const text = new vscode.MarkdownString(said);
  if (failure.ledger) {
    text.appendCodeblock(failure.ledger, 'text');
  }
  const found = new vscode.TestMessage(text);
  if (test.uri) {
    found.location = new vscode.Location(test.uri, rangeOf(failure.range));
  }
  return found;
}
