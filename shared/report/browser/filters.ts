import { type PageLine, type RankingView, wrapInButton } from './view.ts';

/** Make the form, and the elements of the periodic table, filter the ranking. */
export function addFilters(view: RankingView): void {
  const form = document.querySelector<HTMLFormElement>('#filters');
  const status = document.querySelector<HTMLOutputElement>('#status');
  if (form === null || status === null) return;
  const pressed = new Map<string, HTMLButtonElement>();
  const update = (): void => {
    const wanted = symbolsIn(form, 'with');
    for (const [symbol, button] of pressed) button.ariaPressed = String(wanted.includes(symbol));
    view.show(filterOf(view, form));
    if (isChecked(form, 'best')) keepBest(view);
    status.value = `${view.shown.length} of ${view.all.length} compositions shown`;
  };
  for (const cell of document.querySelectorAll<HTMLTableCellElement>('#periodic td[data-element]')) {
    const symbol = cell.dataset.element ?? '';
    const button = wrapInButton(cell);
    pressed.set(symbol, button);
    button.addEventListener('click', () => {
      toggleSymbol(form, symbol);
      update();
    });
  }
  form.addEventListener('input', update);
  form.addEventListener('submit', (event) => event.preventDefault());
  form.addEventListener('reset', () => setTimeout(update)); // the fields are reset after their event
  form.hidden = false;
  update();
}

function field(form: HTMLFormElement, name: string): HTMLInputElement | HTMLSelectElement | null {
  return form.querySelector(`[name=${name}]`);
}

function textOf(form: HTMLFormElement, name: string): string {
  return field(form, name)?.value.trim() ?? '';
}

function isChecked(form: HTMLFormElement, name: string): boolean {
  const input = field(form, name);
  return input instanceof HTMLInputElement && input.checked;
}

/** Symbols that somebody wrote in any way: `P, S`, `p s`, `P-S`. */
function symbolsIn(form: HTMLFormElement, name: string): string[] {
  const words = textOf(form, name).split(/[^A-Za-z]+/);
  return words.filter((word) => word !== '').map((word) => word[0].toUpperCase() + word.slice(1).toLowerCase());
}

function toggleSymbol(form: HTMLFormElement, symbol: string): void {
  const input = field(form, 'with');
  if (input === null) return;
  const before = symbolsIn(form, 'with');
  input.value = (before.includes(symbol) ? before.filter((one) => one !== symbol) : [...before, symbol]).join(' ');
}

function filterOf(view: RankingView, form: HTMLFormElement): (line: PageLine) => boolean {
  const search = textOf(form, 'search').toLowerCase();
  const [wanted, unwanted] = [symbolsIn(form, 'with'), symbolsIn(form, 'without')];
  const [anion, novelty, inside] = [textOf(form, 'anion'), textOf(form, 'novelty'), isChecked(form, 'inside')];
  return (line) =>
    ['formula', 'system'].some((name) => view.text(line, name).toLowerCase().includes(search)) &&
    wanted.every((symbol) => line.elements.has(symbol)) &&
    !unwanted.some((symbol) => line.elements.has(symbol)) &&
    (anion === '' || view.text(line, 'anion') === anion) &&
    (novelty === '' || view.text(line, 'novelty') === novelty) &&
    (!inside || view.value(line, 'outside') === null);
}

/** Of what is shown, keep the best by rank of each system. */
function keepBest(view: RankingView): void {
  const best = new Map<unknown, PageLine>();
  const rank = (line: PageLine): number => Number(view.value(line, 'rank'));
  for (const line of view.shown) {
    const system = view.value(line, 'system');
    const other = best.get(system);
    if (other === undefined || rank(line) < rank(other)) best.set(system, line);
  }
  const kept = new Set(best.values());
  view.show((line) => kept.has(line));
}
