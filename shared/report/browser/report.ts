import { offerCsv } from './csv.ts';
import { addEvidence } from './evidence.ts';
import { addFilters } from './filters.ts';
import { addSorting } from './sorting.ts';
import { RankingView } from './view.ts';

const table = document.querySelector<HTMLTableElement>('#ranking');
const data = document.querySelector('#data');
if (table !== null && data !== null) {
  document.documentElement.classList.add('scripted');
  const view = new RankingView(table, JSON.parse(data.textContent ?? ''));
  addEvidence(view);
  addSorting(view);
  addFilters(view);
  offerCsv(view);
}
