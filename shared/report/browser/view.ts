export type Value = string | number | boolean | null;

/** The ranking as the page carries it. */
export interface RankingData {
  readonly columns: readonly string[]; // as in ranking.csv
  readonly rows: readonly (readonly Value[])[];
}

/** A row of the table with its data. */
export interface Line {
  readonly row: HTMLTableRowElement;
  readonly values: readonly Value[];
  readonly elements: ReadonlySet<string>;
  evidence?: HTMLTableRowElement; // while it is open
}

/** The table of a ranking: which of its lines are shown, and in which order. */
export class RankingView {
  readonly table: HTMLTableElement;
  readonly columns: readonly string[];
  readonly heads: readonly HTMLTableCellElement[];
  private readonly body: HTMLTableSectionElement;
  private lines: Line[];

  constructor(table: HTMLTableElement, { columns, rows }: RankingData) {
    this.table = table;
    this.columns = columns;
    this.heads = [...(table.tHead?.rows[0].cells ?? [])];
    this.body = table.tBodies[0];
    const system = columns.indexOf('system');
    const cells = [...this.body.rows];
    this.lines = rows.map((values, i) => ({
      row: cells[i],
      values,
      elements: new Set(String(values[system]).split('-')),
    }));
  }

  get all(): readonly Line[] {
    return this.lines;
  }

  get shown(): readonly Line[] {
    return this.lines.filter(({ row }) => !row.hidden);
  }

  /** Value of a column of ranking.csv, null where there is none. */
  value({ values }: Line, column: string): Value {
    return values[this.columns.indexOf(column)] ?? null;
  }

  /** What a column of the table shows; '' if the table does not have it. */
  text({ row }: Line, name: string): string {
    const at = this.heads.findIndex(({ dataset }) => dataset.text === name);
    return at < 0 ? '' : (row.cells[at].textContent ?? '');
  }

  order(compare: (a: Line, b: Line) => number): void {
    this.lines = [...this.lines].sort(compare);
    this.body.append(...this.lines.flatMap(({ row, evidence }) => (evidence === undefined ? [row] : [row, evidence])));
  }

  show(isShown: (line: Line) => boolean): void {
    for (const line of this.lines) {
      line.row.hidden = !isShown(line);
      if (line.evidence !== undefined) line.evidence.hidden = line.row.hidden;
    }
  }
}

/** An element with some content. */
export function make<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  ...content: readonly (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  element.append(...content);
  return element;
}

/** A button that stands in the place of what a cell showed. */
export function wrapInButton(cell: HTMLTableCellElement): HTMLButtonElement {
  const button = make('button', ...cell.childNodes);
  button.type = 'button';
  cell.append(button);
  return button;
}
