// One click installs scoredsl for the editor alone; then rules are checked.
const { drive, until } = require('./workbench.js');

drive(async (w) => {
  await w.page.waitForTimeout(3000); // what extensions bring is there a little later than the workbench
  await w.open('rules.score');
  const install = await w.page.waitForSelector('.notification-toast .monaco-button:has-text("Install scoredsl")');
  await install.click();
  await until('the server', () => w.page.$('.codelens-decoration a:has-text("Run this test")'), 400_000);
  w.note('running', true);
  await w.command('View: Toggle Primary Side Bar Visibility');
  await w.command('Score: Open the score preview');
  const lead = await until('the preview', async () => {
    for (const frame of w.page.frames()) {
      const found = await frame.$('#content .leads .link').catch(() => null);
      if (found) return found.textContent();
    }
    return undefined;
  });
  w.note('highest', lead);
});
