// There is no Python with scoredsl: what is said, and what a click could do.
const { drive, until } = require('./workbench.js');

drive(async (w) => {
  await w.page.waitForTimeout(3000); // what extensions bring is there a little later than the workbench
  await w.open('first.score');
  const toast = await until('the message', () => w.page.$('.notification-toast .notification-list-item'));
  w.note('said', (await toast.innerText()).replace(/\s+/g, ' ').trim());
  w.note('buttons', await toast.$$eval('.monaco-button', (buttons) => buttons.map((button) => button.textContent)));
  await w.shot('not-found');
  // colours do not wait for the server
  await w.type('on webinar_attended add 30');
  await until('colours', () => w.page.$('.view-line .mtk1 ~ span, .view-line span span:nth-child(2)'));
  const colours = await w.page.$$eval('.view-line span span', (words) => words.map((word) => getComputedStyle(word).color));
  w.note('colours', new Set(colours).size);
});
