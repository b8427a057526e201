import { type CellValue, make, type RankingView } from './view.ts';

const TOLD_FOR = 3000; // milliseconds

/** Offer what is shown as CSV: everything, in the order of the ranking, is ranking.csv itself. */
export function offerCsv(view: RankingView): void {
  const copy = document.querySelector<HTMLButtonElement>('#copy');
  copy?.addEventListener('click', async () => {
    const text = copy.textContent;
    copy.textContent = (await copyText(csvOf(view))) ? 'Copied' : 'Not allowed here';
    setTimeout(() => {
      copy.textContent = text;
    }, TOLD_FOR);
  });
  document.querySelector('#download')?.addEventListener('click', () => {
    const address = URL.createObjectURL(new Blob([csvOf(view)], { type: 'text/csv' }));
    const link = make('a');
    link.href = address;
    link.download = 'ranking.csv';
    link.click();
    setTimeout(() => {
      URL.revokeObjectURL(address);
    }, TOLD_FOR);
  });
}

function csvOf({ columns, shown }: RankingView): string {
  return [columns, ...shown.map(({ values }) => values)].map((cells) => `${cells.map(cellText).join(',')}\n`).join('');
}

function cellText(value: CellValue): string {
  const text = String(value ?? '');
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false; // refused, or no clipboard on a page that came without encryption
  }
}
