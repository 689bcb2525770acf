// Elements made by hand: no text becomes markup.

type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;
type Child = Node | string | undefined | false;

/** An element with its attributes and what is in it; `undefined` and `false` are left out. */
export function element(name: string, attributes: Attributes = {}, ...children: Child[]): HTMLElement {
  return filled(document.createElement(name), attributes, children);
}

const SVG = 'http://www.w3.org/2000/svg';

export function shape(name: string, attributes: Attributes = {}, ...children: Child[]): SVGElement {
  return filled(document.createElementNS(SVG, name) as SVGElement, attributes, children);
}

function filled<E extends Element>(made: E, attributes: Attributes, children: Child[]): E {
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) {
      made.setAttribute(key, value === true ? '' : String(value));
    }
  }
  made.append(...children.filter((child): child is Node | string => child !== undefined && child !== false));
  return made;
}

export function button(title: string, clicked: () => void, attributes: Attributes = {}): HTMLElement {
  const made = element('button', { type: 'button', ...attributes }, title);
  made.addEventListener('click', clicked);
  return made;
}

const WHOLE = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const SHORT = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });

/** Leads, and other things that are counted. */
export function counted(number: number, what: string, how: (n: number) => string = count): string {
  return `${how(number)} ${what}${Math.abs(number) === 1 ? '' : 's'}`;
}

export function count(number: number): string {
  return WHOLE.format(number);
}

/** Points with one decimal at most. */
export function points(number: number): string {
  return SHORT.format(number);
}

/** `+3`, `−2`; empty for no difference. */
export function difference(now: number, before: number | null | undefined, shown: (n: number) => string = count): string {
  if (before === null || before === undefined || now === before) {
    return '';
  }
  return `${now > before ? '+' : '−'}${shown(Math.abs(now - before))}`;
}
