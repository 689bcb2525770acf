// A marketer's first hour in VS Code: each step is done as a person does it, and what comes of it is noted for the test.
const { execFileSync } = require('child_process');
const { drive, until } = require('./workbench.js');

/** The first rule, by completion: only numbers, blanks and semicolons are typed, and the beginnings of what is chosen. */
async function writeTheFirstRule(w) {
  await w.open('first.score');
  await until('the events of the log', async () => {
    await w.key('Control+A', 'Backspace');
    await w.complete('on');
    const offered = await w.suggestions();
    if (!offered.includes('webinar_attended')) await w.key('Escape');
    return offered.includes('webinar_attended');
  });
  w.note('events offered', await w.suggestions());
  await w.shot('1-completion');
  await w.type('web');
  await w.take('webinar_attended');
  await w.key('Tab');
  await w.type('30');
  await w.key('Tab');
  await w.type(' ');
  w.note('clauses offered', await w.suggestions());
  await w.type('onc');
  await w.take('once');
  await w.type('; ');
  await w.type('expi');
  await w.take('expire after');
  await w.type('30d');
  await w.key('Tab');
  await w.type('; ');
  await w.type('thre');
  await w.take('threshold');
  await w.key('Tab', 'Escape');
  await w.save('first.score', 'threshold 100');
  w.note('first rule', w.saved('first.score'));
}

/** Why can no lead reach it? The warning stands at the threshold. */
async function readTheWarning(w) {
  await w.page.waitForSelector('.squiggly-warning', { state: 'attached' });
  await w.goTo(1, 57);
  await w.command('Show or Focus Hover');
  const hover = await until('the warning', async () => {
    for (const each of await w.page.$$('.monaco-hover .hover-contents')) {
      const text = await each.innerText();
      if (text.includes('No lead')) return text;
    }
    return undefined;
  });
  w.note('threshold', hover.replace(/\s+/g, ' ').trim());
  await w.shot('2-threshold');
  await w.key('Escape');
}

/** An event is misspelt; the lamp has the repair. */
async function takeTheFix(w) {
  await w.open('rules.score');
  await w.goTo(9, 19);
  await w.key('Backspace');
  await w.page.waitForSelector('.squiggly-error', { state: 'attached' });
  w.note('misspelt', (await w.text())[8]);
  await w.key('ArrowLeft');
  await w.key('Control+.');
  const menu = '.action-widget .monaco-list-row';
  await w.page.waitForSelector(menu);
  w.note('fixes', await w.page.$$eval(menu, (rows) => rows.map((row) => row.textContent.trim()).filter(Boolean)));
  await w.shot('3-fix');
  await w.key('Enter');
  await until('no error', async () => (await w.page.$$('.squiggly-error')).length === 0);
  w.note('repaired', (await w.text())[8]);
}

/** A test is run from the lens above it, and again when it is mended. */
async function runTheTest(w) {
  await w.goTo(19);
  await w.page.click('.codelens-decoration a:has-text("Run this test")');
  const said = await w.page.waitForSelector('.test-message-inline-content, .test-error-content-widget');
  w.note('test failed', (await said.innerText()).trim());
  await w.command('Testing: Focus on Test Explorer View');
  await w.page.waitForSelector('.test-explorer .monaco-list-row');
  await w.page.click('.test-explorer .monaco-list-row .codicon-tree-item-expanded >> visible=true').catch(() => {});
  await said.click();
  const peek = await w.page.waitForSelector('.test-output-peek-message-container, .test-output-peek');
  await until('the ledger', async () => (await peek.innerText()).includes('demo_requested'));
  w.note('ledger', (await peek.innerText()).split('\n').map((line) => line.trim()).filter(Boolean));
  await w.shot('4-test');
  await w.key('Escape');
  await w.goTo(22, 24);
  await w.key('Backspace', 'Backspace');
  await w.type('80');
  await w.page.waitForTimeout(600);
  await w.page.click('.codelens-decoration a:has-text("Run this test")');
  await until('the test passes', () => w.page.$('.test-explorer .codicon-testing-passed-icon, .test-explorer .codicon-test-passed'));
  w.note('tests listed', await w.page.$$eval('.test-explorer .monaco-list-row', (rows) => rows.map((row) => row.getAttribute('aria-label'))));
  await w.save('rules.score', 'readiness = 80');
  await w.command('View: Show Explorer');
}

async function panel(w, selector) {
  return until(`the panel with ${selector}`, async () => {
    for (const frame of w.page.frames()) {
      if (await frame.$(selector).catch(() => null)) return frame;
    }
    return undefined;
  });
}

/** The preview follows what is typed and not saved; a lead says where its points come from. */
async function watchThePreview(w) {
  await w.key('Control+1');
  await w.command('View: Toggle Primary Side Bar Visibility');
  await w.command('Score: Open the score preview');
  const shown = await panel(w, '#content .leads');
  const highest = () => shown.$$eval('.leads tbody tr', (rows) => rows.map((row) => [...row.cells].map((cell) => cell.textContent)));
  w.note('preview', await highest());
  await w.key('Control+1');
  await w.goTo(10, 25);
  await w.key('Delete');
  await w.type('7');
  await until('the preview follows', async () => (await shown.textContent('h1')).includes('moved'));
  w.note('preview typed', await highest());
  w.note('tiers typed', await shown.$$eval('.tiers tbody tr', (rows) => rows.map((row) => [...row.cells].map((cell) => cell.textContent))));
  w.note('still saved', w.saved('rules.score').includes('add 40 once'));
  await w.key('Escape');
  await w.shot('5-preview');
  await shown.click('.leads .link >> nth=0');
  await shown.waitForSelector('.why .ledger');
  w.note('explained', await shown.$$eval('.ledger tbody tr', (rows) => rows.slice(0, 3).map((row) => [...row.cells].map((cell) => cell.textContent))));
  await w.page.waitForTimeout(700);
  await w.shot('6-lead');
  await w.key('Control+1');
  await w.goTo(10, 27);
  await w.type('x');
  await shown.waitForSelector('.problem');
  w.note('preview of broken rules', await shown.textContent('.problem'));
  await w.key('Backspace');
  await shown.waitForSelector('.problem', { state: 'detached' });
}

/** Another log is chosen, then that of the project again; a lead of it is explained by name. */
async function chooseAnotherLog(w) {
  const shown = await panel(w, '#content .leads');
  const about = () => shown.textContent('.about');
  await shown.click('#choose-log');
  await w.pick('Another file…');
  await w.page.waitForSelector('.quick-input-widget .quick-input-box input', { state: 'visible' });
  await w.key('Control+A');
  await w.type(`${process.env.FOLDER}/other.csv`, 5);
  await w.page.waitForTimeout(500);
  await w.key('Enter');
  await until('the other log', async () => /other\.csv.*1 lead /s.test(await about()));
  w.note('other log', await about());
  await shown.click('#choose-log');
  await w.pick('The log of the project');
  await until('the first log', async () => /scoredsl\.toml.*7 leads /s.test(await about()));
  await w.key('Control+1');
  await w.command('Score: Explain a lead');
  await w.page.waitForSelector('.quick-input-title:has-text("Explain a lead")', { state: 'visible' });
  await w.type('ben');
  await w.page.waitForTimeout(300);
  await w.key('Enter');
  await until('the lead', async () => (await shown.textContent('.why h2')).includes('ben'));
  // declarations have no score: the panel stays with the rules
  await w.command('View: Toggle Primary Side Bar Visibility');
  await w.open('catalog.score');
  await w.page.waitForTimeout(3000);
  w.note('still about', await about());
  await w.open('rules.score');
  await w.command('View: Toggle Primary Side Bar Visibility');
}

/** What has changed since the last commit. */
async function readTheImpact(w) {
  await w.key('Control+1');
  await w.command('Score: Impact of my changes');
  const report = await panel(w, 'main .lead');
  w.note('impact', (await report.textContent('main .lead')).trim());
  w.note('impact colours', await report.evaluate(() => getComputedStyle(document.body).backgroundColor));
  await w.shot('7-impact');
  await w.key('Control+1');
}

/** An event gets another name, in both files. */
async function renameTheEvent(w) {
  await w.key('Control+2');
  await w.command('View: Close All Editors in Group');
  await w.key('Control+1');
  await w.goTo(11, 8);
  await w.key('F2');
  await w.page.waitForFunction(() => document.activeElement?.closest('.rename-box') !== null);
  await w.key('Control+A');
  await w.type('webinar_joined');
  await w.shot('8-rename');
  await w.key('Enter');
  await until('the new name', async () => (await w.text()).some((line) => line.includes('on webinar_joined add 20')));
  await w.command('File: Save All');
  await until('both files', () => ['rules.score', 'catalog.score'].every((name) => w.saved(name).includes('webinar_joined')));
  w.note('renamed', Object.fromEntries(['rules.score', 'catalog.score'].map((name) => [name, w.saved(name).match(/webinar_\w+/g)])));
}

drive(async (w) => {
  const git = (...words) => execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.com', ...words], { cwd: process.env.FOLDER });
  git('init', '-q');
  git('add', '.');
  git('commit', '-q', '-m', 'Rules');
  await w.page.waitForTimeout(3000); // what extensions bring is there a little later than the workbench
  await writeTheFirstRule(w);
  await readTheWarning(w);
  await takeTheFix(w);
  await runTheTest(w);
  await watchThePreview(w);
  await chooseAnotherLog(w);
  await readTheImpact(w);
  await renameTheEvent(w);
});
