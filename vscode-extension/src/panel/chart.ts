// How a score is spread over the leads: a bar for each range, what it was before as an outline, tiers as lines.
import { count, element, points, shape } from './make';
import type { Bar, ScoreRows } from './messages';

const HIGH = 190;
const EDGE = { left: 40, right: 12, top: 22, bottom: 24 };

/** `wide`: how many pixels there are, so that letters have the size of letters. */
export function chart(score: ScoreRows, wide: number): HTMLElement {
  const { bars } = score;
  const most = Math.max(1, ...bars.flatMap((bar) => [bar.leads, bar.before ?? 0]));
  const scale = niceTop(most);
  const place = placed(bars, wide);
  const height = (leads: number) => ((HIGH - EDGE.top - EDGE.bottom) * leads) / scale;
  const ground = HIGH - EDGE.bottom;
  const drawing = shape('svg', { viewBox: `0 0 ${wide} ${HIGH}`, role: 'img', 'aria-label': inWords(score) });
  for (const leads of [0, scale / 2, scale].filter((leads) => Number.isInteger(leads))) {
    const y = ground - height(leads);
    drawing.append(
      shape('line', { class: 'grid', x1: EDGE.left, x2: wide - EDGE.right, y1: y, y2: y }),
      shape('text', { class: 'axis', x: EDGE.left - 6, y: y + 4, 'text-anchor': 'end' }, count(leads)),
    );
  }
  bars.forEach((bar, i) => {
    const [left, right] = [place.edge(i) + 1.5, place.edge(i + 1) - 1.5];
    const rectangle = (kind: string, leads: number) => shape('rect', {
      class: kind, x: left, width: Math.max(1, right - left), y: ground - height(leads), height: height(leads), rx: 1.5,
    });
    const title = shape('title', {}, `${rangeOf(bar)}: ${count(bar.leads)} leads${was(bar)}`);
    const group = shape('g', {}, title, rectangle('bar', bar.leads));
    if (bar.before !== null && bar.before !== bar.leads) {
      group.append(rectangle('was', bar.before));
    }
    // the whole column answers to the pointer, however low its bar is
    group.append(shape('rect', { class: 'touch', x: left, width: Math.max(1, right - left), y: EDGE.top, height: ground - EDGE.top }));
    drawing.append(group);
  });
  const zero = Math.max(0, bars.findIndex((bar) => bar.low === 0));
  for (const i of labelled(bars.length + 1, wide / 60, zero)) {
    const value = i === bars.length ? bars[i - 1]?.high : bars[i]?.low;
    if (value !== null && value !== undefined) {
      drawing.append(shape('text', { class: 'axis', x: place.edge(i), y: HIGH - 8, 'text-anchor': 'middle' }, points(value)));
    }
  }
  score.tiers.forEach((tier, i) => {
    const x = place.of(tier.from);
    if (x !== undefined) {
      const late = x > wide - 110;
      drawing.append(
        shape('line', { class: `tier tier-${i % 5}`, x1: x, x2: x, y1: EDGE.top - 8, y2: ground }),
        shape('text', { class: `name tier-${i % 5}`, x: late ? x - 4 : x + 4, y: EDGE.top - 10 + 4, 'text-anchor': late ? 'end' : 'start' },
          tier.tier),
      );
    }
  });
  return element('figure', {}, drawing);
}

/** Where the edges of bars and where values lie; bars are equally wide, open ends too. */
function placed(bars: readonly Bar[], wide: number): { edge(i: number): number; of(value: number): number | undefined } {
  const step = (wide - EDGE.left - EDGE.right) / Math.max(1, bars.length);
  const edge = (i: number) => EDGE.left + step * i;
  const of = (value: number) => {
    const i = bars.findIndex((bar) => bar.low !== null && bar.high !== null && bar.low <= value && value < bar.high);
    const bar = bars[i];
    if (bar && bar.low !== null && bar.high !== null) {
      return edge(i) + (step * (value - bar.low)) / (bar.high - bar.low);
    }
    return bars.at(-1)?.high === value ? edge(bars.length) : undefined;
  };
  return { edge, of };
}

/** The first round number that is not less. */
function niceTop(most: number): number {
  const power = 10 ** Math.floor(Math.log10(most));
  return [1, 2, 4, 5, 10].map((factor) => factor * power).find((top) => top >= most) ?? most;
}

/** About `most` of the numbers below `length`, equally far apart, `with_` among them. */
function labelled(length: number, most: number, with_: number): number[] {
  const step = Math.ceil(length / most);
  return Array.from({ length }, (_, i) => i).filter((i) => (i - with_) % step === 0);
}

function rangeOf(bar: Bar): string {
  if (bar.low === null) {
    return `below ${points(bar.high ?? 0)}`;
  }
  return bar.high === null ? `${points(bar.low)} and more` : `${points(bar.low)} to below ${points(bar.high)}`;
}

function was(bar: Bar): string {
  return bar.before === null || bar.before === bar.leads ? '' : ` (before: ${count(bar.before)})`;
}

/** The chart for whoever cannot see it. */
function inWords(score: ScoreRows): string {
  const parts = score.bars.filter((bar) => bar.leads > 0).map((bar) => `${rangeOf(bar)}: ${count(bar.leads)}`);
  return `How ${score.score} is spread over the leads. ${parts.join('; ')}.`;
}
