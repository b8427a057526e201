import { type PageLine, type RankingView, wrapInButton } from './view.ts';

type Direction = 'ascending' | 'descending';

/** Make every head of the table a button that sorts by its column. */
export function addSorting(view: RankingView): void {
  const rank = view.columns.indexOf('rank');
  const byRank = (a: PageLine, b: PageLine): number => Number(a.values[rank]) - Number(b.values[rank]);
  for (const head of view.heads) {
    const { number, text = '' } = head.dataset;
    const first: Direction = number === undefined || number === 'rank' ? 'ascending' : 'descending';
    wrapInButton(head).addEventListener('click', () => {
      const opposite: Direction = first === 'ascending' ? 'descending' : 'ascending';
      const direction = head.ariaSort === first ? opposite : first;
      for (const other of view.heads) other.removeAttribute('aria-sort');
      head.ariaSort = direction;
      const sign = direction === 'ascending' ? 1 : -1;
      const compare = number === undefined ? compareTexts(view, text, sign) : compareNumbers(view, number, sign);
      view.order((a, b) => compare(a, b) || byRank(a, b));
    });
  }
  const first = view.heads.find(({ dataset }) => dataset.number === 'rank');
  if (first !== undefined) first.ariaSort = 'ascending';
}

/** Lines without a value come last in both directions. */
function compareNumbers(view: RankingView, column: string, sign: number): (a: PageLine, b: PageLine) => number {
  const number = (line: PageLine): number | null => view.value(line, column) as number | null;
  return (a, b) => {
    const [left, right] = [number(a), number(b)];
    if (left === null || right === null) return Number(left === null) - Number(right === null);
    return sign * (left - right);
  };
}

function compareTexts(view: RankingView, column: string, sign: number): (a: PageLine, b: PageLine) => number {
  const texts = new Map(view.all.map((line) => [line, view.text(line, column)]));
  return (a, b) => {
    const [left, right] = [texts.get(a) ?? '', texts.get(b) ?? ''];
    if (left === '' || right === '') return Number(left === '') - Number(right === '');
    return left === right ? 0 : sign * (left < right ? -1 : 1);
  };
}
