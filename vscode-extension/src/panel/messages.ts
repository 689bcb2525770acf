// What the panel of the score preview and the extension say to each other, and what the server answers.

export interface Counted {
  readonly leads: number;
  /** With the rules that are compared with; null where nothing is compared. */
  readonly before: number | null;
}

export interface TierRow extends Counted {
  readonly tier: string;
  readonly title: string | null;
  readonly from: number;
  readonly above: boolean;
}

/** How many leads have a score from `low` to below `high`; null: without end on that side. */
export interface Bar extends Counted {
  readonly low: number | null;
  readonly high: number | null;
}

export interface LeadRow {
  readonly lead: string;
  readonly value: number;
  readonly tier: string | null;
  readonly before?: number | null;
  readonly tier_before?: string | null;
}

export interface ScoreRows {
  readonly score: string;
  readonly title: string | null;
  readonly leads: number;
  readonly moved: number | null;
  readonly up: number | null;
  readonly down: number | null;
  readonly tiers: readonly TierRow[];
  readonly no_tier: Counted;
  readonly bars: readonly Bar[];
  readonly spread: { readonly mean: number | null; readonly at: readonly { share: number; value: number }[] };
  readonly highest: readonly LeadRow[];
}

export interface Line {
  readonly what: string;
  readonly file: string | null;
  readonly line: number | null;
  readonly event: string | null;
  readonly time: string | null;
  readonly points: number | null;
  readonly worth: number;
  readonly why: string | null;
  /** The rule's line in the editor, where it is known. */
  readonly rule?: string;
}

export interface Ahead {
  readonly time: string;
  readonly value: number;
  readonly tier: string | null;
}

export interface Ledger {
  readonly score: string;
  readonly value: number;
  readonly tier: string | null;
  readonly lines: readonly Line[];
  readonly next_change: Ahead | null;
  readonly leaves_tier: Ahead | null;
}

export interface Explanation {
  readonly lead: string;
  readonly error?: string;
  readonly excluded?: boolean;
  readonly events?: number;
  readonly scores?: readonly Ledger[];
}

export interface Overview {
  readonly as_of: string;
  readonly leads: number;
  readonly scores: readonly ScoreRows[];
  readonly explanation: Explanation | null;
}

/** What `scoredsl.preview` answers. */
export type Answer = Overview | { readonly error: string; readonly broken?: boolean } | { readonly superseded: true };

/** To the panel: what it shows. */
export interface Shown {
  readonly rules: string;
  readonly log: string;
  readonly updating: boolean;
  readonly lead: string | null;
  readonly overview: Overview | null;
  /** Why there is nothing newer than `overview`. */
  readonly problem: string | null;
}

/** From the panel: what was clicked. */
export type Clicked =
  | { readonly click: 'ready' | 'choose log' | 'mark' | 'no lead' }
  | { readonly click: 'lead'; readonly lead: string }
  | { readonly click: 'place'; readonly file: string; readonly line: number };
