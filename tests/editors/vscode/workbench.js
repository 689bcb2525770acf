// A real VS Code workbench (code-server) in headless Chromium, driven as a person would: keys, clicks, what is on the screen.
//
// Environment: CODE_SERVER (entry.js of code-server), PLAYWRIGHT (playwright-core), CHROMIUM, DATA (its user data and extensions),
// FOLDER (the folder that is opened), SHOTS (where screenshots go), OUT (JSON of what was seen).
const { spawn } = require('child_process');
const fs = require('fs');
const net = require('net');
const path = require('path');
const { chromium } = require(process.env.PLAYWRIGHT);

const { CODE_SERVER, CHROMIUM, DATA, FOLDER, SHOTS, OUT } = process.env;
const PATIENCE = 120_000; // milliseconds that one step may take
const LIMIT = 840_000; // and all of them
const CHROMIUM_FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--disable-lcd-text'];
const SETTINGS = {
  'workbench.startupEditor': 'none', 'security.workspace.trust.enabled': false, 'telemetry.telemetryLevel': 'off',
  'extensions.autoCheckUpdates': false, 'update.mode': 'none', 'files.autoSave': 'off', 'window.menuBarVisibility': 'hidden',
  'editor.hover.delay': 100, 'editor.cursorBlinking': 'solid', 'workbench.layoutControl.enabled': false,
  'window.commandCenter': false, 'editor.minimap.enabled': false, 'chat.commandCenter.enabled': false,
  'workbench.tips.enabled': false, 'testing.automaticallyOpenPeekView': 'never', 'editor.accessibilitySupport': 'off',
};

const free = () => new Promise((resolve) => {
  const server = net.createServer().listen(0, '127.0.0.1', () => {
    const { port } = server.address();
    server.close(() => resolve(port));
  });
});

/** Asks again and again until something is so. */
async function until(what, found, patience = PATIENCE) {
  const begin = Date.now();
  for (;;) {
    try {
      const value = await found();
      if (value) return value;
    } catch { /* not yet */ }
    if (Date.now() - begin > patience) throw new Error(`waited in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

class Workbench {
  constructor(page) {
    this.page = page;
    this.seen = {};
  }

  /** Notes what was seen, for the test that reads OUT. */
  note(name, value) {
    this.seen[name] = value;
    console.log(`${name}: ${JSON.stringify(value)}`);
  }

  async shot(name) {
    await this.page.mouse.move(560, 639); // over nothing
    await this.page.waitForTimeout(500);
    await this.page.screenshot({ path: path.join(SHOTS, `${name}.png`) });
  }

  key(...keys) {
    return keys.reduce((before, key) => before.then(() => this.page.keyboard.press(key)), Promise.resolve());
  }

  type(text, delay = 25) {
    return this.page.keyboard.type(text, { delay });
  }

  /** Opens a file of the folder, by its name in the explorer. */
  async open(name) {
    await this.page.dblclick(`.explorer-folders-view .monaco-list-row[aria-label^="${name}"]`);
    await this.page.waitForSelector(`.tab.active[data-resource-name="${name}"]`);
    await until('the editor', () => this.page.evaluate(() => document.activeElement?.closest('.monaco-editor') !== null));
  }

  /** Runs a command of the palette; `title` with its category. */
  async command(title) {
    await this.key('F1');
    await this.page.waitForSelector('.quick-input-widget .quick-input-box input', { state: 'visible' });
    await this.type(title, 5);
    await until(`the command ${title}`, () => this.page.$(`.quick-input-list .monaco-list-row[aria-label^="${title}"]`));
    await this.key('Enter');
  }

  /** Takes an entry of a list that asks something. */
  async pick(label) {
    const row = await this.page.waitForSelector(`.quick-input-list .monaco-list-row[aria-label^="${label}"]`);
    await row.click();
  }

  async goTo(line, column = 1) {
    await this.key('Control+G');
    await this.page.waitForSelector('.quick-input-widget .quick-input-box input', { state: 'visible' });
    await this.type(`${line}:${column}`, 5);
    await this.key('Enter');
    await this.page.waitForSelector('.quick-input-widget', { state: 'hidden' });
  }

  /** The labels in the list of completions, waited for. */
  async suggestions() {
    await this.page.waitForSelector('.suggest-widget.visible .monaco-list-row', { timeout: PATIENCE });
    await this.page.waitForTimeout(300);
    return this.page.$$eval('.suggest-widget.visible .monaco-list-row .label-name', (rows) => rows.map((row) => row.textContent));
  }

  /** Types the beginning of something that may be written here, and takes it from the list. */
  async complete(label, begin = label) {
    await this.type(begin);
    await this.take(label);
  }

  /** Takes an entry of the list of completions when it is the chosen one. */
  async take(label) {
    await until(`the completion ${label}`, async () => {
      const focused = await this.page.$('.suggest-widget.visible .monaco-list-row.focused .label-name');
      return (await focused?.textContent()) === label;
    });
    await this.key('Enter');
    await this.page.waitForTimeout(200);
  }

  saved(name) {
    return fs.readFileSync(path.join(FOLDER, name), 'utf8');
  }

  async save(name, holds) {
    await this.key('Control+S');
    await until(`${name} is saved`, () => this.saved(name).includes(holds));
  }

  /** The text of the editor that is shown, line by line. */
  text() {
    return this.page.$$eval('.editor-group-container.active .monaco-editor .view-line', (lines) => lines
      .map((line) => [parseInt(line.style.top), line.textContent.replace(/\u00a0/g, ' ')])
      .sort((a, b) => a[0] - b[0]).map((line) => line[1]));
  }
}

/** Starts everything, runs `story(workbench)`, writes what was seen, and ends everything. */
async function drive(story) {
  fs.mkdirSync(path.join(DATA, 'user', 'User'), { recursive: true });
  fs.mkdirSync(SHOTS, { recursive: true });
  const extra = JSON.parse(process.env.SETTINGS || '{}');
  fs.writeFileSync(path.join(DATA, 'user', 'User', 'settings.json'), JSON.stringify({ ...SETTINGS, ...extra }));
  fs.writeFileSync(path.join(DATA, 'config.yaml'), 'auth: none\n');
  const port = await free();
  const log = fs.openSync(path.join(DATA, 'server.log'), 'w');
  const server = spawn(process.execPath, [CODE_SERVER, '--config', path.join(DATA, 'config.yaml'), '--auth', 'none',
    '--bind-addr', `127.0.0.1:${port}`, '--disable-telemetry', '--disable-update-check', '--disable-workspace-trust',
    '--disable-getting-started-override', '--user-data-dir', path.join(DATA, 'user'), '--extensions-dir', path.join(DATA, 'ext')],
    { stdio: ['ignore', log, log], detached: true });
  let browser;
  let workbench;
  let problem;
  try {
    await until('code-server', async () => (await fetch(`http://127.0.0.1:${port}/healthz`)).ok);
    browser = await chromium.launch({ executablePath: CHROMIUM, headless: true, args: CHROMIUM_FLAGS });
    const context = await browser.newContext({ viewport: { width: 1120, height: 640 } });
    await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: `http://127.0.0.1:${port}` });
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE);
    workbench = new Workbench(page);
    const said = [];
    page.on('console', (message) => {
      if (/Content Security Policy|Refused to/.test(message.text())) said.push(message.text());
    });
    await page.goto(`http://127.0.0.1:${port}/?folder=${FOLDER}`, { waitUntil: 'commit' });
    await page.waitForSelector('.monaco-workbench');
    await until('the explorer', () => page.$('.explorer-folders-view .monaco-list-row'));
    const tooLong = new Promise((_, reject) => {
      setTimeout(() => reject(new Error('it took too long')), LIMIT).unref();
    });
    await Promise.race([story(workbench), tooLong]);
    workbench.seen.refused = said;
  } catch (failure) {
    problem = String(failure.stack || failure);
    console.log(problem);
    await workbench?.page.screenshot({ path: path.join(SHOTS, 'failed.png') }).catch(() => {});
  } finally {
    fs.writeFileSync(OUT, JSON.stringify({ ...(workbench?.seen ?? {}), ...(problem ? { problem } : {}) }, null, 1));
    await browser?.close();
    try { process.kill(-server.pid, 'SIGTERM'); } catch { /* it is gone */ }
  }
}

module.exports = { drive, until };
