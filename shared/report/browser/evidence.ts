import { make, type PageLine, type RankingView, wrapInButton } from './view.ts';

/** Make every formula a button that opens what is known of it. */
export function addEvidence(view: RankingView): void {
  const at = view.heads.findIndex(({ dataset }) => dataset.text === 'formula');
  view.all.forEach((line, i) => {
    const button = wrapInButton(line.row.cells[at]);
    button.ariaExpanded = 'false';
    button.addEventListener('click', () => {
      toggle(view, line, `evidence-${i}`, button);
    });
  });
}

function toggle(view: RankingView, line: PageLine, id: string, button: HTMLButtonElement): void {
  if (line.evidence === undefined) {
    line.evidence = evidenceRow(view, line);
    line.evidence.id = id;
    line.row.after(line.evidence);
    button.setAttribute('aria-controls', id);
  } else {
    line.evidence.remove();
    line.evidence = undefined;
    button.removeAttribute('aria-controls');
  }
  button.ariaExpanded = String(line.evidence !== undefined);
}

function evidenceRow(view: RankingView, line: PageLine): HTMLTableRowElement {
  const parts = [nearestPart(view, line), driversPart(view, line), othersPart(view, line)];
  const cell = make('td', make('div', ...parts.filter((part) => part !== undefined)));
  cell.colSpan = view.heads.length;
  const row = make('tr', cell);
  row.className = 'evidence';
  return row;
}

function titled(title: string, content: Node): HTMLElement {
  return make('section', make('h3', title), content);
}

/** The nearest labelled compounds, with what the teacher says of them. */
function nearestPart(view: RankingView, line: PageLine): HTMLElement | undefined {
  const names = view.columns.filter((name) => /^nearest_\d+$/.test(name) && view.value(line, name) !== null);
  if (names.length === 0) return undefined;
  const heads = ['compound', "teacher's probability", 'distance'].map((title) => {
    const head = make('th', title);
    head.scope = 'col';
    return head;
  });
  const rows = names.map((name) => {
    const head = make('th', ...withSubscripts(String(view.value(line, name))));
    head.scope = 'row';
    const cells = ['probability', 'distance'].map((what) =>
      make('td', numberText(view.value(line, `${name}_${what}`))),
    );
    return make('tr', head, ...cells);
  });
  return titled(
    'Nearest labelled compounds',
    make('table', make('thead', make('tr', ...heads)), make('tbody', ...rows)),
  );
}

/** What each element adds to the score, such as `S +3.21;O -1.02`. */
function driversPart(view: RankingView, line: PageLine): HTMLElement | undefined {
  const drivers = view.value(line, 'drivers');
  if (typeof drivers !== 'string') return undefined;
  const items = drivers.split(';').flatMap((driver) => {
    const [symbol, change] = driver.split(' ');
    return [make('dt', symbol), make('dd', change.replace('-', '−'))];
  });
  return titled('Change of the score (logit) by element', make('dl', ...items));
}

/** Everything else that the ranking says. */
function othersPart(view: RankingView, line: PageLine): HTMLElement {
  const items = view.columns.flatMap((name) => {
    const value = view.value(line, name);
    if (value === null || name === 'drivers' || name.startsWith('nearest_')) return [];
    const term =
      name === 'formula' || name === 'system' ? [] : [make('dt', name.replaceAll('_', ' ')), make('dd', String(value))];
    return term;
  });
  return titled('All figures', make('dl', ...items));
}

function numberText(value: unknown): string {
  return typeof value === 'number' ? value.toFixed(3) : '–';
}

function withSubscripts(formula: string): (Node | string)[] {
  return formula.split(/(\d+(?:\.\d+)?)/).map((part) => (/^\d/.test(part) ? make('sub', part) : part));
}
