export type CellValue = string | number | boolean | null;

/** The ranking as the page carries it. */
export interface RankingData {
  readonly columns: readonly string[]; // as in ranking.csv
  readonly rows: readonly (readonly CellValue[])[];
}

/** A row of the table with its data. */
export interface PageLine {
  readonly row: HTMLTableRowElement;
  readonly values: readonly CellValue[];
  readonly elements: ReadonlySet<string>;
  evidence?: HTMLTableRowElement | undefined; // while it is open
}

/** The table of a ranking: which of its lines are shown, and in which order. */
export class RankingView {
  readonly table: HTMLTableElement;
  readonly columns: readonly string[];
  readonly heads: readonly HTMLTableCellElement[];
  private readonly body: HTMLTableSectionElement;
  private lines: PageLine[];

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

  get all(): readonly PageLine[] {
    return this.lines;
  }

  get shown(): readonly PageLine[] {
    return this.lines.filter(({ row }) => !row.hidden);
  }

  /** Value of a column of ranking.csv, null where there is none. */
  value({ values }: PageLine, column: string): CellValue {
    return values[this.columns.indexOf(column)] ?? null;
  }

  /** What a column of the table shows; '' if the table does not have it. */
  text({ row }: PageLine, name: string): string {
    const at = this.heads.findIndex(({ dataset }) => dataset.text === name);
    return at < 0 ? '' : (row.cells[at].textContent ?? '');
  }

  order(compare: (a: PageLine, b: PageLine) => number): void {
    this.lines = [...this.lines].sort(compare);
    this.body.append(...this.lines.flatMap(({ row, evidence }) => (evidence === undefined ? [row] : [row, evidence])));
  }

  show(isShown: (line: PageLine) => boolean): void {
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
