// The panel "Score preview": shows what the extension says, and tells it what is clicked.
import { chart } from './chart';
import { button, count, counted, difference, element, points } from './make';
import type { Ahead, Clicked, Counted, Explanation, LeadRow, Ledger, Line, Overview, ScoreRows, Shown } from './messages';

declare function acquireVsCodeApi(): {
  postMessage(message: Clicked): void;
  getState(): { score?: string } | undefined;
  setState(state: { score?: string }): void;
};

const editor = acquireVsCodeApi();
const content = document.getElementById('content') as HTMLElement;
let shown: Shown | undefined;
let explained: string | undefined; // the lead whose points were shown last

window.addEventListener('message', (event: MessageEvent<Shown>) => {
  shown = event.data;
  render(shown);
});
let wide = 0;
new ResizeObserver(() => {
  if (shown && content.clientWidth !== wide) {
    wide = content.clientWidth;
    render(shown);
  }
}).observe(content);
editor.postMessage({ click: 'ready' });

function render(now: Shown): void {
  const focused = document.activeElement?.id;
  content.classList.toggle('updating', now.updating);
  content.classList.toggle('old', now.problem !== null);
  content.replaceChildren(
    head(now),
    ...(now.problem === null ? [] : [problem(now)]),
    ...(now.overview === null ? (now.problem === null ? [element('p', { class: 'faint' }, 'Reading the log…')] : []) : body(now, now.overview)),
  );
  if (focused) {
    document.getElementById(focused)?.focus({ preventScroll: true });
  }
  const lead = now.overview?.explanation?.lead;
  if (lead !== undefined && lead !== explained) {
    content.querySelector('.why')?.scrollIntoView({ behavior: 'smooth' });
  }
  explained = lead;
}

// ---- what it is about

function head(now: Shown): HTMLElement {
  const log = now.log === '' ? 'the log of scoredsl.toml' : now.log;
  const about = now.overview ? `${counted(now.overview.leads, 'lead')} as of ${when(now.overview.as_of)} (UTC)` : '';
  return element('header', {},
    element('div', { class: 'about' },
      element('div', {}, element('strong', {}, now.rules), ' on ', element('strong', {}, log)),
      element('div', { class: 'faint', role: 'status' }, about)),
    element('div', { class: 'buttons' },
      button('Choose a log…', () => editor.postMessage({ click: 'choose log' }), { id: 'choose-log', class: 'plain' }),
      button('Compare from here', () => editor.postMessage({ click: 'mark' }), {
        id: 'mark', class: 'plain', title: 'Changes are shown against the rules as they are now',
      })),
    element('div', { class: 'progress', 'aria-hidden': true }));
}

function problem(now: Shown): HTMLElement {
  const older = now.overview ? ' Shown is how it was before.' : '';
  return element('p', { class: 'problem', role: 'alert' }, `${now.problem ?? ''}${older}`);
}

/** An instant, in UTC, to the minute. */
function when(instant: string): string {
  return instant.replace(/T00:00:00Z$/, '').replace('T', ' ').replace(/(:\d\d):\d\d(\.\d+)?Z$/, '$1');
}

// ---- a score

function body(now: Shown, overview: Overview): HTMLElement[] {
  const { scores } = overview;
  const wanted = editor.getState()?.score;
  const score = scores.find((each) => each.score === wanted) ?? scores.at(-1);
  if (!score) {
    return [element('p', {}, 'These rules have no score yet.')];
  }
  const found = [scores.length > 1 ? tabs(scores, score) : undefined, title(score), tiers(score)];
  found.push(element('h2', {}, 'How the scores are spread'), chart(score, Math.max(280, content.clientWidth - 32)), legend(score));
  found.push(element('h2', {}, score.highest.length === 1 ? 'The highest lead' : `The ${count(score.highest.length)} highest leads`), leads(score, now));
  const why = overview.explanation ? explanation(overview.explanation, score.score) : undefined;
  return [...found, why].filter((each): each is HTMLElement => each !== undefined);
}

function tabs(scores: readonly ScoreRows[], chosen: ScoreRows): HTMLElement {
  const made = scores.map((score) => {
    const choose = () => {
      editor.setState({ score: score.score });
      if (shown) {
        render(shown);
      }
    };
    return button(score.score, choose, { id: `score-${score.score}`, role: 'tab', 'aria-selected': String(score === chosen) });
  });
  return element('div', { class: 'tabs', role: 'tablist', 'aria-label': 'Scores' }, ...made);
}

function title(score: ScoreRows): HTMLElement {
  const moved = score.moved
    ? `${counted(score.moved, 'lead')} moved (${count(score.up ?? 0)} up, ${count(score.down ?? 0)} down)`
    : score.moved === 0 ? 'as before' : '';
  return element('h1', {}, score.score,
    score.title !== null && element('span', { class: 'faint' }, score.title),
    element('span', { class: score.moved ? 'moved' : 'faint moved' }, moved));
}

function tiers(score: ScoreRows): HTMLElement | undefined {
  if (score.tiers.length === 0) {
    return undefined;
  }
  const most = Math.max(1, score.leads);
  const row = (name: string, from: string, of: Counted, kind: string) => {
    const bar = element('span', { class: `share ${kind}` });
    bar.style.width = `${(100 * of.leads) / most}%`;
    return element('tr', {},
      element('th', { scope: 'row' }, name),
      element('td', { class: 'faint number' }, from),
      element('td', { class: 'wide' }, bar),
      element('td', { class: 'number' }, count(of.leads)),
      element('td', { class: 'number change' }, difference(of.leads, of.before)));
  };
  return element('table', { class: 'tiers' },
    element('caption', { class: 'hidden' }, 'Leads by tier'),
    element('thead', { class: 'hidden' }, element('tr', {}, ...['Tier', 'From', 'Share', 'Leads', 'Change'].map((name) => element('th', {}, name)))),
    element('tbody', {},
      ...score.tiers.map((tier, i) => row(tier.tier, `${tier.above ? 'above' : 'from'} ${points(tier.from)}`, tier, `tier-${i % 5}`)),
      row('in no tier', '', score.no_tier, 'none')));
}

function legend(score: ScoreRows): HTMLElement {
  const half = score.spread.at.find((each) => each.share === 0.5)?.value;
  const highest = score.spread.at.at(-1)?.value;
  const facts = [
    half !== undefined && `half have ${points(half)} or less`,
    score.spread.mean !== null && `mean ${points(score.spread.mean)}`,
    highest !== undefined && `highest ${points(highest)}`,
  ].filter((fact): fact is string => typeof fact === 'string');
  const changed = score.bars.some((bar) => bar.before !== null && bar.before !== bar.leads);
  return element('p', { class: 'faint legend' }, facts.join(' · '), changed && element('span', { class: 'key' }, 'before'));
}

function leads(score: ScoreRows, now: Shown): HTMLElement {
  const row = (lead: LeadRow, i: number) => element('tr', { class: lead.lead === now.lead ? 'chosen' : undefined },
    element('td', { class: 'faint number' }, String(i + 1)),
    element('td', { class: 'wide' }, button(lead.lead, () => editor.postMessage({ click: 'lead', lead: lead.lead }), {
      id: `lead-${i}`, class: 'link', title: `Why does ${lead.lead} have ${points(lead.value)}?`,
    })),
    element('td', { class: 'number' }, points(lead.value)),
    element('td', { class: 'number change' }, difference(lead.value, lead.before, points)),
    score.tiers.length > 0 && element('td', {}, ...tierOf(lead)));
  return element('table', { class: 'leads' },
    element('thead', {}, element('tr', {},
      ...['', 'Lead', 'Score', 'Change'].map((name, i) => element('th', { class: i > 1 ? 'number' : undefined, scope: 'col' }, name)),
      score.tiers.length > 0 && element('th', { scope: 'col' }, 'Tier'))),
    element('tbody', {}, ...score.highest.map(row)));
}

function tierOf(lead: LeadRow): (Node | string)[] {
  const now = lead.tier ?? '–';
  if (lead.before === undefined || lead.tier_before === lead.tier) {
    return [now];
  }
  return [element('span', { class: 'faint' }, `${lead.tier_before ?? '–'} → `), now];
}

// ---- a lead

function explanation(found: Explanation, score: string): HTMLElement {
  const close = button('Close', () => editor.postMessage({ click: 'no lead' }), { id: 'no-lead', class: 'plain' });
  const ledgers = [...(found.scores ?? [])].sort((one, other) => Number(other.score === score) - Number(one.score === score));
  const said = found.error ?? (found.excluded ? `${found.lead} is excluded by the rules: there are no scores.` : undefined);
  const section = element('section', { class: 'why', 'aria-label': `Why ${found.lead} has this score` },
    element('h2', {}, `Where the points of ${found.lead} come from`, close),
    said !== undefined && element('p', {}, said),
    ...ledgers.map(ledger));
  return section;
}

function ledger(found: Ledger): HTMLElement {
  const tier = found.tier === null ? '' : `, ${found.tier}`;
  return element('table', { class: 'ledger' },
    element('caption', {}, `${found.score} = ${points(found.value)}${tier}`),
    element('tbody', {},
      ...found.lines.map(ledgerLine),
      element('tr', { class: 'sum' },
        element('td', { class: 'number' }, points(found.value)), element('td', { colspan: 2 }, ahead(found)))));
}

/** Points, the rule (a click shows it), when its event came and why it is worth less now. */
function ledgerLine(line: Line): HTMLElement {
  const { file, line: number, rule } = line;
  const titled = !/:\d+$/.test(line.what);
  const name = titled ? line.what : rule ?? line.what;
  const what = file !== null && number !== null
    ? button(name, () => editor.postMessage({ click: 'place', file, line: number }), { class: 'link', title: rule ?? 'Show the rule' })
    : name;
  const less = line.points !== null && line.points !== line.worth ? `${counted(line.points, 'point', points)}, ` : '';
  const event = line.event !== null && !(rule ?? '').includes(line.event) ? line.event : undefined;
  const why = line.why === null ? undefined : readable(`${less}${line.why}`);
  const details = [event, line.time === null ? undefined : when(line.time), why].filter((each) => each !== undefined);
  return element('tr', { class: line.worth === 0 ? 'faint' : undefined },
    element('td', { class: 'number' }, `${line.worth > 0 ? '+' : ''}${points(line.worth)}`),
    element('td', {}, what),
    element('td', { class: 'faint' }, details.join(' · ')));
}

/** A sentence with its instants as people write them. */
function readable(sentence: string): string {
  return sentence.replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, when);
}

function ahead(found: Ledger): string {
  const next: Ahead | null = found.next_change;
  if (!next) {
    return 'Without a new event nothing changes.';
  }
  const leaves = found.leaves_tier;
  const more = leaves ? `; it leaves ${found.tier ?? ''} at ${when(leaves.time)}` : '';
  return `Without a new event it changes to ${points(next.value)} at ${when(next.time)}${more}.`;
}
